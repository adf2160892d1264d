import { describe, expect, it } from 'vitest';
import { depthLimit, parseLambda } from '../syntax/parser.ts';
import type { Node } from '../syntax/node.ts';
import { readConversations } from '../testdata/conversations.contract.ts';
import type { Cell, Column, ValueType } from './column.ts';
import type { LambdaOptions, LambdaRun } from './compiled.ts';
import { OutputColumn } from './output-column.ts';
import { LambdaProgram } from './program.ts';

type Value = readonly [ValueType, Cell];
type Row = Readonly<Record<string, Value>>;

function expressionOf(source: string): Node {
  const lambda = parseLambda(source);
  if (!lambda.ok || lambda.value.expression === undefined) throw new Error(`does not parse: ${source}`);
  return lambda.value.expression;
}

function compile(source: string, options: LambdaOptions = {}): LambdaProgram {
  const program = LambdaProgram.compile(expressionOf(source), options);
  if (!program.ok) throw new Error(program.error);
  return program.value;
}

interface Recorder extends LambdaRun {
  readonly errors: string[];
}

function recorder(program: LambdaProgram): Recorder {
  const errors: string[] = [];
  return {
    now: 1_500_000_000_000_000_000n,
    groups: undefined,
    states: program.createStates(),
    errors,
    onError: (_row, message) => errors.push(message),
  };
}

/** The result for one row, or its error, in either mode and back end. */
function evaluateRow(source: string, row: Row, mode: 'value' | 'predicate' = 'value'): Cell | string | undefined {
  const results = (['generated', 'closures'] as const).map((backEnd) => {
    const program = compile(source, { backEnd });
    const run = recorder(program);
    const columns = program.references.map((name): Column => {
      const value = row[name];
      return value === undefined ? { type: 'missing', values: [] } : { type: value[0], values: [value[1]] };
    });
    const compiled = program.forColumns(columns);
    const result = mode === 'value' ? compiled.value(columns, 0, run) : compiled.test(columns, 0, run);
    return run.errors.length > 0 ? `error: ${run.errors.join(' | ')}` : result;
  });
  expect(results[0]).toEqual(results[1]);
  return results[0];
}

const data: Row = {
  i: ['int', 7],
  f: ['float', 1.5],
  s: ['string', 'x'],
  b: ['bool', true],
  time: ['time', 1_500_000_000_123_456_789n],
};

function mismatched(types: string): string {
  return `mismatched type to binary operator. got ${types}. see bool(), int(), float(), string(), duration()`;
}

describe('errors, letter for letter as 1.5.4', () => {
  it.each(readConversations('lambda-errors.txt').map(({ input, output }) => [input, output] as const))(
    '%s',
    (source, message) => {
      expect(evaluateRow(source, data)).toBe(`error: ${message}`);
    },
  );

  it.each([
    ['"i"', 'TypeGuard: expression returned unexpected type int, expected boolean'],
    ['"f" + "f"', 'expression returned unexpected type float64'],
    ['"s" + "s"', 'expression returned unexpected type <nil>'],
    ['"none"', 'reference "none" is missing value'],
  ])('%s as a predicate', (source, message) => {
    expect(evaluateRow(source, data, 'predicate')).toBe(`error: ${message}`);
  });

  it.each([
    [
      '1 + 1.0',
      'mismatched type to binary operator. got int + float. see bool(), int(), float(), string(), duration()',
    ],
    ["'a' > (1 + TRUE)", `Failed to handle right node: ${mismatched('int + boolean')}`],
    ['abs(*)', 'Failed to handle 1 argument: Given node type is not valid evaluation node: *ast.StarNode'],
    ['x > 3', 'Failed to handle left node: Given node type is not valid evaluation node: *ast.IdentifierNode'],
    ['!(*)', 'Failed to handle node: Given node type is not valid evaluation node: *ast.StarNode'],
  ])('%s does not compile', (source, message) => {
    expect(LambdaProgram.compile(expressionOf(source))).toEqual({ ok: false, error: message });
  });
});

describe('values', () => {
  it.each<[string, Cell]>([
    ['"i" + 9223372036854775807', -9223372036854775802n],
    ['-"i" / 2', -3],
    ['-"i" % 2', -1],
    ['"i" * 9007199254740993', 63050394783186951n],
    ['-9223372036854775807 - 1', -9223372036854775808n],
    ['"i" == 7.0', true],
    ['9007199254740993 > 9007199254740992.0', false],
    ['-"b"', false],
    ['"s" =~ /^x$/ AND "s" !~ /y/', true],
    ['FALSE AND ("none" > 1)', false],
    ['TRUE OR ("i" / 0 > 1)', true],
    ['if("b", "i", 0)', 7],
    ['isPresent("none")', false],
    ['isPresent("i")', true],
    ['if(isPresent("none"), 1, 2)', 2],
    ['unixNano("time")', 1_500_000_000_123_456_789n],
    ['hour("time")', 2],
    ['weekday("time")', 5],
    ['day("time")', 14],
    ['month("time")', 7],
    ['year("time")', 2017],
    ['minute(now())', 40],
    ['string(1h + 30m)', '90m'],
    ['string(1000000000000000000000.0)', '1000000000000000000000'],
    ['duration("i", 1m)', 420_000_000_000],
    ["duration('1h', 1s)", 3_600_000_000_000],
    ['1s * 1.5', 1_500_000_000],
    ['5m / 2m', 2],
    ['int(2.9) + int(-2.9)', 0],
    ['int(-0.5)', 0],
    ["strLength('grüße')", 7],
    ["strIndex('grüße', 'ß')", 4],
    ["strSubstring('grüße', 2, 4)", 'ü'],
    ["strReplace('aaa', 'a', 'b', 2)", 'bba'],
    ["strCount('cheese', '')", 7],
    ["strToUpper('straße ᾳ')", 'STRAßE ᾼ'],
    ["strTrim('xxaxx', 'x')", 'a'],
    ["strTrimSuffix('a.b', '')", 'a.b'],
    ["strContainsAny('abc', 'xyzc')", true],
    ["strLastIndexAny('go gopher', 'go')", 4],
    ["regexReplace(/(\\w)(\\d)/, 'a1 b2', '$2$1')", '1a 2b'],
    ['humanBytes(82854982)', '83 MB'],
    ['humanBytes(1536.0)', '1.5 kB'],
    ['humanBytes(9)', '9 B'],
    ['humanBytes(-1)', '18 EB'],
    ['log10(1000.0)', 3],
    ['pow(2.0, 0.5)', Math.SQRT2],
    ['gamma(5.0)', 24],
    ['pow10(3)', 1000],
    ['max(1.0, 2.0) - min(1.0, 2.0)', 1],
  ])('%s', (source, value) => {
    expect(evaluateRow(source, data)).toEqual(value);
  });

  it.each<[string, number]>([
    ['erf(0.5)', 0.5204998778130465],
    ['erfc(3.0)', 2.2090496998585445e-5],
    ['gamma(0.5)', 1.772453850905516],
    ['gamma(-1.5)', 2.3632718012073544],
    ['j0(1.0)', 0.7651976865579666],
    ['j1(30.0)', -0.1187510626166229],
    ['jn(5, 10.0)', -0.23406152818679363],
    ['y0(1.0)', 0.08825696421567698],
    ['y1(2.5)', 0.14591813796678565],
    ['yn(3, 4.0)', -0.1820221159534848],
    ['hypot(3.0, 4.0)', 5],
    ['logb(8.5)', 3],
    ['exp2(10.0)', 1024],
  ])('%s is close to %d', (source, value) => {
    const result = Number(evaluateRow(source, data));
    expect(Math.abs(result - value)).toBeLessThanOrEqual(1e-12 * Math.abs(value));
  });

  it('time functions answer in the zone given', () => {
    const program = compile('hour("time") * 100 + day("time")', { zone: () => 22 * 3600 });
    const columns: Column[] = [{ type: 'time', values: [1_500_000_000], nanos: [0] }];
    expect(program.forColumns(columns).value(columns, 0, recorder(program))).toBe(15);
  });

  it('functions that stand for a value of the row are read like references', () => {
    const program = compile('level() >= 2 AND changed() AND "host" == \'a\'', {
      rowFunctions: new Set(['level', 'changed']),
    });
    expect(program.references).toEqual(['level()', 'changed()', 'host']);
    const columns: Column[] = [
      { type: 'int', values: [2] },
      { type: 'bool', values: [true] },
      { type: 'string', values: ['a'] },
    ];
    expect(program.forColumns(columns).test(columns, 0, recorder(program))).toBe(true);
  });
});

describe('a block', () => {
  const present = Uint8Array.of(1, 0, 1, 1);
  const columns: Column[] = [{ type: 'int', values: Float64Array.of(1, 2, 3, 4), present }];
  const all = Int32Array.of(0, 1, 2, 3);

  it('filter narrows the selection in place and reports the rows that fail', () => {
    const program = compile('"v" / ("v" - 3) > 1');
    const run = recorder(program);
    const selection = Int32Array.from(all);
    const kept = program.forColumns(columns).filter(columns, selection, 4, selection, run);
    expect([...selection.subarray(0, kept)]).toEqual([3]);
    expect(run.errors).toEqual(['invalid math operator - for type missing', 'runtime error: integer divide by zero']);
  });

  it('map widens its column at the first integer beyond 2^53', () => {
    const program = compile('"v" * 4503599627370496');
    const output = new OutputColumn('int', 4);
    const into = new Int32Array(4);
    const kept = program.forColumns(columns).map(columns, all, 4, output, into, recorder(program));
    expect(Array.from(into.subarray(0, kept), (row) => [row, output.values[row]])).toEqual([
      [0, 4503599627370496],
      [2, 13510798882111488n],
      [3, 18014398509481984n],
    ]);
  });

  it('a field and a tag of one name are an error for that row', () => {
    const program = compile('"v" > 0');
    const run = recorder(program);
    const clashing: Column[] = [
      { type: 'int', values: [1, 2], present: Uint8Array.of(0, 1), clash: Uint8Array.of(1, 0) },
    ];
    expect(program.forColumns(clashing).filter(clashing, Int32Array.of(0, 1), 2, new Int32Array(2), run)).toBe(1);
    expect(run.errors).toEqual(['cannot have field and tags with same name "v"']);
  });

  it('types may differ from block to block', () => {
    const program = compile('"v" >= 2');
    const run = recorder(program);
    const blocks: Column[][] = [
      [{ type: 'int', values: [2] }],
      [{ type: 'float', values: [2.5] }],
      [{ type: 'string', values: ['9'] }],
      [{ type: 'float', values: [1.5] }],
    ];
    expect(blocks.map((block) => program.forColumns(block).test(block, 0, run))).toEqual([true, true, false, false]);
    expect(run.errors).toHaveLength(1);
    expect(program.forColumns([{ type: 'int', values: [2] }])).toBe(program.specialize(['int']));
  });
});

describe('state', () => {
  it('is per group, and goes through JSON', () => {
    const program = compile('count() % 2 == 0 AND spread("v") > sigma("v")');
    expect(program.isStateful).toBe(true);
    const columns: Column[] = [{ type: 'float', values: [1, 5, 2, 9, 4, 4] }];
    const groups = [0, 1, 0, 1, 0, 1];
    const whole = { ...recorder(program), groups };
    const compiled = program.forColumns(columns);
    const wanted = groups.map((_, row) => compiled.test(columns, row, whole));
    const first = { ...recorder(program), groups };
    const before = [0, 1, 2].map((row) => compiled.test(columns, row, first));
    const second = { ...recorder(program), groups };
    second.states.restore(JSON.parse(JSON.stringify(first.states.snapshot())));
    expect([...before, ...[3, 4, 5].map((row) => compiled.test(columns, row, second))]).toEqual(wanted);
    second.states.drop(1);
    expect(Object.keys(second.states.snapshot().groups)).toEqual(['0']);
  });

  it('a function twice in one lambda counts on, a lambda within has its own, shared by all groups', () => {
    const inner: Node = {
      kind: 'lambda',
      position: { offset: 0, line: 1, char: 1 },
      expression: expressionOf('count()'),
    };
    const twice: Node = {
      kind: 'call',
      position: inner.position,
      callKind: 'global',
      name: 'string',
      args: [inner],
      isMultiLine: false,
    };
    const program = LambdaProgram.compile({
      kind: 'binary',
      position: inner.position,
      operator: '+',
      left: twice,
      right: expressionOf('string(count() + count())'),
      hasParens: false,
      isMultiLine: false,
    });
    if (!program.ok) throw new Error(program.error);
    const run = { ...recorder(program.value), groups: [0, 1, 0] };
    expect([0, 1, 2].map((row) => program.value.specialize([]).value([], row, run))).toEqual(['13', '23', '37']);
  });

  it('is untouched where evaluation stops before, or types are refused', () => {
    const program = compile('"b" AND count() > 0');
    const run = recorder(program);
    const columns: Column[] = [{ type: 'bool', values: [false, true] }];
    expect([0, 1].map((row) => program.forColumns(columns).test(columns, row, run))).toEqual([false, true]);
    expect(run.states.of(0).count).toBe(1);
    const absent: Column[] = [{ type: 'missing', values: [] }];
    program.forColumns(absent).test(absent, 0, run);
    expect(run.states.of(0).count).toBe(1);
  });
});

describe('the deepest expression that parses', () => {
  it.each([
    `1${' + 1'.repeat(depthLimit - 2)} > "v"`,
    `${'('.repeat(400)}"v" > 0${' AND TRUE)'.repeat(400)}`,
    `${'abs('.repeat(450)}float("v")${')'.repeat(450)} > 0.0`,
    `${'!('.repeat(450)}"v" > 0${')'.repeat(450)}`,
  ])('compiles and runs in both back ends (%#)', (source) => {
    expect(typeof evaluateRow(source, { v: ['int', 7] }, 'predicate')).toBe('boolean');
  });
});
