import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLambda } from '../syntax/parser.ts';
import type { Cell, Column, ValueType } from './column.ts';
import type { LambdaRun } from './compiled.ts';
import { intFromBig } from './int64.ts';
import { OutputColumn } from './output-column.ts';
import { functionLibrary } from './functions/library.ts';
import { LambdaProgram } from './program.ts';
import { columnTypes, exactLambdas, lambdas, rows } from './random-lambda.contract.ts';
import { evaluateReference } from './reference-evaluator.contract.ts';
import { referenceFunctions } from './reference-functions.contract.ts';
import { RowFailure } from './reference-values.contract.ts';
import type { ReferenceRow, ReferenceState, ReferenceValue } from './reference-values.contract.ts';

type Rows = readonly ReferenceRow[];
const typesByName: Readonly<Record<string, ValueType>> = columnTypes;
const nowNs = 1_611_111_111_111_111_111n;

function cellOf(value: ReferenceValue | undefined): Cell {
  if (value === undefined || value.type === 'missing') return 0;
  return typeof value.value === 'bigint' ? intFromBig(value.value) : value.value;
}

/** The rows as columns. Times in two parts when `isSplit`; a column without absent rows has no mask. */
function columnsFor(names: readonly string[], data: Rows, isSplit: boolean): Column[] {
  return names.map((name) => {
    const type = typesByName[name] ?? 'missing';
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
  const run: LambdaRun = {
    now: nowNs,
    groups,
    states: program.createStates(),
    onError: (row, message) => errors.push([row, message]),
  };
  const columns = columnsFor(program.references, data, isSplit);
  const compiled = program.forColumns(columns);
  const selection = Int32Array.from(data, (_, row) => row);
  const kept: number[] = [];
  const values: (Cell | undefined)[] = data.map(() => undefined);
  if (use === 'filter') {
    const count = compiled.filter(columns, selection, data.length, selection, run);
    kept.push(...selection.subarray(0, count));
  } else if (use === 'map') {
    const output = new OutputColumn(compiled.resultType, data.length);
    const count = compiled.map(columns, selection, data.length, output, selection, run);
    kept.push(...selection.subarray(0, count));
    for (const row of kept) values[row] = output.values[row];
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

const settings = { numRuns: 250 };
const patienceMs = 60_000;

/** In approximations.test.ts. */
const approximated = 'erf erfc exp2 gamma hypot j0 j1 jn log10 log2 logb pow pow10 sigma y0 y1 yn'.split(' ');

describe('the two back ends', () => {
  it.each<[Use, Use]>([
    ['filter', 'test'],
    ['map', 'value'],
  ])(
    '%s and %s give the same, in both',
    (ofBlock, ofRow) => {
      fc.assert(
        fc.property(lambdas, rows, fc.boolean(), (source, data, isSplit) => {
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
        fc.property(exactLambdas, rows, (source, data) => {
          const program = programFor(source, 'generated');
          if (program === undefined) return;
          const { values, errors } = play(program, data, 'map', false);
          const lambda = parseLambda(source);
          const states: ReferenceState[] = [0, 1].map(() => ({ count: 0n, min: Infinity, max: -Infinity }));
          data.forEach((row, index) => {
            const state = states[index % 2];
            if (!lambda.ok || lambda.value.expression === undefined || state === undefined)
              throw new Error('unreachable');
            let wanted: Cell | undefined;
            try {
              wanted = cellOf(evaluateReference(lambda.value.expression, { row, state, nowNs }));
            } catch (error) {
              if (!(error instanceof RowFailure)) throw error;
            }
            expect([index, values[index]]).toEqual([index, wanted]);
            expect(errors.some(([failed]) => failed === index)).toBe(wanted === undefined);
          });
        }),
        { numRuns: 1000 },
      );
    },
    patienceMs,
  );

  it('have no function that is held against nothing', () => {
    const unknown = [...functionLibrary.keys()].filter((name) => !referenceFunctions.includes(name));
    expect(unknown.toSorted()).toEqual([...approximated].toSorted());
  });
});
