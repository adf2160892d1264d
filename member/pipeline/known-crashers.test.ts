/** Scripts and data at which the whole original stops: each is refused when defined, or a counted error of its node. */
import { describe, expect, test } from 'vitest';
import { definePipeline } from './define.ts';
import { RunningScript } from './testing/run-script.ts';

const from = `stream|from().measurement('m')`;

describe('refused when defined', () => {
  test.each([
    [`|movingAverage('v', 0)`, 'the window of movingAverage must be from 1 to 100000000 points, got 0'],
    [`|movingAverage('v', -1)`, 'the window of movingAverage must be from 1 to 100000000 points, got -1'],
    [
      `|movingAverage('v', 9223372036854775807)`,
      'the window of movingAverage must be from 1 to 100000000 points, got 9223372036854775807',
    ],
    [`|elapsed('v', 0s)`, 'the unit of elapsed must not be zero'],
    [
      `|window().periodCount(3).everyCount(3)|holtWinters('v', 3, 0, 0s)`,
      'the interval of holtWinters must not be zero',
    ],
    [`|window().periodCount(-1).everyCount(1)`, 'periodCount must be from 1 to 100000000, got -1'],
    [
      `|window().periodCount(9223372036854775807).everyCount(1)`,
      'periodCount must be from 1 to 100000000, got 9223372036854775807',
    ],
    [`|window().period(1s).every(1s)|top(-1, 'v')`, 'the number of points of top must not be negative, got -1'],
    [`|alert().history(9223372036854775807)`, 'history must be at most 1000000, got 9223372036854775807'],
  ])('%s', (nodes, message) => {
    expect(definePipeline(from + nodes)).toMatchObject({ ok: false, error: { message } });
  });
});

function errorsOf(script: RunningScript): readonly unknown[] {
  return script.world.logs.map(({ node, message, fields }) => [node, message, fields[0]?.[1]]);
}

describe('a counted error of the node', () => {
  test.each([
    ['1 / "n"', 'runtime error: integer divide by zero'],
    ['7 % "n"', 'runtime error: integer divide by zero'],
    ['1s / "n"', 'runtime error: integer divide by zero'],
    [`strSubstring("s", 4, 2)`, 'error calling "strSubstring": runtime error: slice bounds out of range [4:2]'],
  ])('%s', (lambda, error) => {
    const script = new RunningScript(`${from}|eval(lambda: ${lambda}).as('x')|httpPost('http://collector/o')`);
    script.write('m n=0i,s="abcdef" 1000000000', 'm n=0i,s="abcdef" 2000000000');
    expect(script.stat('eval2', 'errors')).toBe(2);
    expect(script.run.error()).toBeNull();
    expect(errorsOf(script)[0]).toEqual(['eval2', expect.any(String), error]);
  });

  test('more than four arguments of a function', () => {
    const script = new RunningScript(`${from}|where(lambda: strReplace("s", 'a', 'b', 1, 2) == 'x')`);
    script.write('m s="a" 1000000000');
    expect(script.stat('where2', 'errors')).toBe(1);
    expect(errorsOf(script)[0]).toEqual([
      'where2',
      expect.any(String),
      'too many arguments provided: Cannot call function "strReplace" with args (string,string,string,int,int), ' +
        'available signatures are [(string,string,string,int)].',
    ]);
  });

  test('holtWinters over many more intervals than points', () => {
    const script = new RunningScript(`${from}|window().periodCount(2).everyCount(2)|holtWinters('v', 3, 0, 1u)`);
    script.write('m v=1 1000000000', 'm v=2 2000000000');
    expect(errorsOf(script)).toEqual([
      [
        'holtWinters3',
        'failed to aggregate batch',
        'holtWinters is of at most 2000 values, got 1000000 intervals between the points and 3 forecasts',
      ],
    ]);
  });
});

test('holtWinters goes to an end when a point between is far off', () => {
  const script = new RunningScript(`${from}|window().periodCount(3).everyCount(3)|holtWinters('v', 3, 0, 1m)`);
  script.write('m v=1 1000000000', 'm v=2 1800000000000000000', 'm v=3 120000000000');
  expect(script.stat('holtWinters3', 'errors')).toBe(1);
});

test('combine takes points off the boundaries of its tolerance', () => {
  const script = new RunningScript(
    `${from}|combine(lambda: "v" > 1.0, lambda: TRUE).as('a', 'b').tolerance(10s)|httpPost('http://collector/o')`,
  );
  script.write('m v=1 1003000000000', 'm v=2 1004500000000', 'm v=3 1011000000000', 'm v=4 1033000000000');
  expect(script.posted('o')).toEqual([
    {
      series: [
        {
          name: 'm',
          columns: ['time', 'a.v', 'b.v'],
          values: [['1970-01-01T00:16:40Z', 2, 1]],
        },
      ],
    },
  ]);
});
