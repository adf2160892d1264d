import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLambda } from '../syntax/parser.ts';
import type { Cell, Column, ValueType } from './column.ts';
import type { LambdaRun } from './compiled.ts';
import { intFromBig } from './int64.ts';
import { OutputColumn } from './output-column.ts';
import { LambdaProgram } from './program.ts';
import { RowFailure, evaluateReference } from './reference-evaluator.contract.ts';
import type { ReferenceState, ReferenceValue } from './reference-evaluator.contract.ts';

const columnTypes: Readonly<Record<string, ValueType>> = {
  f: 'float',
  g: 'float',
  i: 'int',
  j: 'int',
  s: 'string',
  t: 'string',
  b: 'bool',
  time: 'time',
};

type Kind = 'float' | 'int' | 'string' | 'bool' | 'duration';

const literals: Readonly<Record<Kind, readonly string[]>> = {
  float: ['1.5', '0.0', '2.0', '1000000000000000000000.0'],
  int: ['0', '1', '7', '9223372036854775807', '9007199254740991'],
  string: ["''", "'x'", "'é'", "'12'", "'😀'"],
  bool: ['TRUE', 'FALSE'],
  duration: ['1s', '5m', '1u', '1w'],
};
const references: Readonly<Record<Kind, readonly string[]>> = {
  float: ['"f"', '"g"'],
  int: ['"i"', '"j"'],
  string: ['"s"', '"t"'],
  bool: ['"b"'],
  duration: ['1ms'],
};

/** Well typed expressions, mostly: now and then a part has another type, or reads what no row has. */
function expressionOf(kind: Kind, depth: number): fc.Arbitrary<string> {
  const leaf = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...references[kind]) },
    { weight: 3, arbitrary: fc.constantFrom(...literals[kind]) },
    { weight: 1, arbitrary: fc.constantFrom('"nothing"', '"f"', "'odd'", '"time"') },
  );
  if (depth === 0) return leaf;
  const sub = (inner: Kind): fc.Arbitrary<string> => expressionOf(inner, depth - 1);
  const infix = (left: Kind, signs: readonly string[], right: Kind): fc.Arbitrary<string> =>
    fc.tuple(sub(left), fc.constantFrom(...signs), sub(right)).map(([a, sign, b]) => `(${a} ${sign} ${b})`);
  const call = (name: string, ...args: readonly Kind[]): fc.Arbitrary<string> =>
    fc.tuple(...args.map(sub)).map((parts) => `${name}(${parts.join(', ')})`);
  const choice = call('if', 'bool', kind, kind);
  switch (kind) {
    case 'float':
      return fc.oneof(
        leaf,
        infix('float', ['+', '-', '*', '/'], 'float'),
        call('abs', 'float'),
        call('sqrt', 'float'),
        call('float', 'int'),
        call('spread', 'float'),
        choice,
        sub('float').map((inner) => `-(${inner})`),
      );
    case 'int':
      return fc.oneof(
        leaf,
        infix('int', ['+', '-', '*', '/', '%'], 'int'),
        call('int', 'float'),
        call('int', 'string'),
        call('strLength', 'string'),
        choice,
        call('count'),
        infix('duration', ['/'], 'duration'),
        fc.constantFrom('unixNano("time")', 'hour("time")'),
        sub('int').map((inner) => `-(${inner})`),
      );
    case 'string':
      return fc.oneof(leaf, infix('string', ['+'], 'string'), call('string', 'int'), call('string', 'bool'), choice);
    case 'duration':
      return fc.oneof(
        leaf,
        infix('duration', ['+', '-'], 'duration'),
        infix('duration', ['*', '/'], 'int'),
        infix('float', ['*'], 'duration'),
      );
    case 'bool':
      return fc.oneof(
        leaf,
        infix('bool', ['AND', 'OR', '==', '!='], 'bool'),
        infix('float', ['<', '<=', '==', '!=', '>', '>='], 'int'),
        infix('int', ['<', '==', '>='], 'int'),
        infix('string', ['<', '<=', '==', '!=', '>', '>='], 'string'),
        infix('duration', ['<', '>='], 'duration'),
        sub('string').map((inner) => `(${inner} =~ /^[x1]|é$/)`),
        sub('bool').map((inner) => `!(${inner})`),
        call('strHasPrefix', 'string', 'string'),
        call('bool', 'int'),
        fc.constantFrom('"f"', '"s"', '"nothing"').map((name) => `isPresent(${name})`),
      );
  }
}

const anyKind = fc.constantFrom<Kind>('float', 'int', 'string', 'bool', 'duration');
const expression = fc.oneof(
  { weight: 2, arbitrary: expressionOf('bool', 3) },
  { weight: 3, arbitrary: anyKind.chain((kind) => expressionOf(kind, 3)) },
);

const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -3n, max: 3n }),
  fc.constantFrom(9007199254740991n, -9007199254740992n, 2n ** 63n - 1n),
);
const cells: Readonly<Record<string, fc.Arbitrary<ReferenceValue>>> = {
  float: fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, -0, 1.5, NaN)).map((value) => ({ type: 'float', value })),
  int: int64.map((value) => ({ type: 'int', value })),
  string: fc
    .oneof(fc.string({ unit: 'grapheme', maxLength: 4 }), fc.constantFrom('', 'x', '12', '\uffee', '😀'))
    .map((value) => ({ type: 'string', value })),
  bool: fc.boolean().map((value) => ({ type: 'bool', value })),
  time: fc
    .oneof(fc.bigInt({ min: -(10n ** 18n), max: 2n * 10n ** 18n }), fc.constantFrom(0n, 1_500_000_000_123_456_789n))
    .map((value) => ({ type: 'time', value })),
};

/** Some rows, with a value for most names in most rows. */
const rows = fc.array(
  fc
    .tuple(
      ...Object.entries(columnTypes).map(([name, type]) =>
        fc.tuple(fc.constant(name), fc.option(cells[type] ?? fc.constant<ReferenceValue>({ type: 'missing' }), { freq: 6 })),
      ),
    )
    .map((entries) => new Map(entries.flatMap(([name, value]) => (value === null || value === undefined ? [] : [[name, value] as const])))),
  { minLength: 1, maxLength: 12 },
);
type Rows = readonly ReadonlyMap<string, ReferenceValue>[];

function cellOf(value: ReferenceValue | undefined): Cell {
  if (value === undefined || value.type === 'missing') return 0;
  return typeof value.value === 'bigint' ? intFromBig(value.value) : value.value;
}

/** The rows as columns. Times in two parts when `isSplit`; a column without absent rows has no mask. */
function columnsFor(names: readonly string[], data: Rows, isSplit: boolean): Column[] {
  return names.map((name) => {
    const type = columnTypes[name] ?? 'missing';
    const values = data.map((row) => cellOf(row.get(name)));
    const isFull = data.every((row) => row.has(name));
    const present = isFull || type === 'missing' ? undefined : Uint8Array.from(data, (row) => (row.has(name) ? 1 : 0));
    if (type !== 'time' || !isSplit) return { type, values, present };
    const seconds = data.map((row) => Number(floorDivide(nsOf(row.get(name)))));
    return {
      type,
      values: seconds,
      nanos: data.map((row, index) => Number(nsOf(row.get(name)) - BigInt(seconds[index] ?? 0) * 1_000_000_000n)),
      present,
    };
  });
}

function nsOf(value: ReferenceValue | undefined): bigint {
  return value?.type === 'time' ? value.value : 0n;
}

function floorDivide(ns: bigint): bigint {
  return (ns - (((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n)) / 1_000_000_000n;
}

function programFor(source: string, backEnd: 'generated' | 'closures'): LambdaProgram | undefined {
  const lambda = parseLambda(source);
  if (!lambda.ok || lambda.value.expression === undefined) throw new Error(`does not parse: ${source}`);
  const program = LambdaProgram.compile(lambda.value.expression, { backEnd });
  return program.ok ? program.value : undefined;
}

interface Outcome {
  readonly kept: readonly number[];
  readonly values: readonly (Cell | undefined)[];
  readonly errors: readonly (readonly [number, string])[];
}

type Use = 'filter' | 'map' | 'test' | 'value';

function play(program: LambdaProgram, data: Rows, use: Use, isSplit: boolean): Outcome {
  const errors: [number, string][] = [];
  const groups = data.map((_, row) => row % 2);
  const run: LambdaRun = { now: 0, groups, states: program.createStates(), onError: (row, message) => errors.push([row, message]) };
  const columns = columnsFor(program.references, data, isSplit);
  const compiled = program.forColumns(columns);
  const selection = Int32Array.from(data, (_, row) => row);
  const kept: number[] = [];
  const values: (Cell | undefined)[] = data.map(() => undefined);
  if (use === 'filter') {
    const count = compiled.filter(columns, selection, data.length, selection, run);
    kept.push(...selection.subarray(0, count));
  } else if (use === 'map') {
    const output = new OutputColumn();
    output.reset(compiled.resultType, data.length);
    const count = compiled.map(columns, selection, data.length, output, selection, run);
    kept.push(...selection.subarray(0, count));
    for (const row of kept) values[row] = output.values[row];
    if (data.some((_, row) => (output.present[row] === 1) !== kept.includes(row))) throw new Error('presence differs from what was kept');
  } else {
    data.forEach((_, row) => {
      const value = use === 'test' ? compiled.test(columns, row, run) : compiled.value(columns, row, run);
      if (value === undefined || (use === 'test' && value === false)) return;
      kept.push(row);
      if (use === 'value') values[row] = value;
    });
  }
  return { kept, values, errors };
}

const settings = { numRuns: 200 };
const patienceMs = 60_000;

describe('the two back ends', () => {
  it.each<[Use, Use]>([
    ['filter', 'test'],
    ['map', 'value'],
  ])(
    '%s and %s give the same, in both',
    (ofBlock, ofRow) => {
      fc.assert(
        fc.property(expression, rows, fc.boolean(), (source, data, isSplit) => {
          const generated = programFor(source, 'generated');
          const closures = programFor(source, 'closures');
          expect(generated === undefined).toBe(closures === undefined);
          if (generated === undefined || closures === undefined) return;
          const wanted = play(closures, data, ofRow, isSplit);
          expect(play(generated, data, ofRow, isSplit)).toEqual(wanted);
          expect(play(generated, data, ofBlock, !isSplit)).toEqual(wanted);
          expect(play(closures, data, ofBlock, isSplit)).toEqual(wanted);
        }),
        settings,
      );
    },
    patienceMs,
  );

  it(
    'give what walking the tree gives',
    () => {
      fc.assert(
        fc.property(expression, rows, (source, data) => {
          const program = programFor(source, 'generated');
          if (program === undefined) return;
          const { values, errors } = play(program, data, 'map', false);
          const lambda = parseLambda(source);
          const states: ReferenceState[] = [0, 1].map(() => ({ count: 0n, min: Infinity, max: -Infinity }));
          data.forEach((row, index) => {
            const state = states[index % 2];
            if (!lambda.ok || lambda.value.expression === undefined || state === undefined) throw new Error('unreachable');
            let wanted: Cell | undefined;
            try {
              wanted = cellOf(evaluateReference(lambda.value.expression, row, state));
            } catch (error) {
              if (!(error instanceof RowFailure)) throw error;
            }
            expect([index, values[index]]).toEqual([index, wanted]);
            expect(errors.some(([failed]) => failed === index)).toBe(wanted === undefined);
          });
        }),
        { numRuns: 400 },
      );
    },
    patienceMs,
  );
});
