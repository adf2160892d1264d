/** Functions whose last digits depend on how they are computed, held against the plainest way to compute them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLambda } from '../syntax/parser.ts';
import type { Cell } from './column.ts';
import { LambdaProgram } from './program.ts';

function programOf(source: string): LambdaProgram {
  const lambda = parseLambda(source);
  if (!lambda.ok || lambda.value.expression === undefined) throw new Error(source);
  const program = LambdaProgram.compile(lambda.value.expression);
  if (!program.ok) throw new Error(program.error);
  return program.value;
}

/** What a lambda over `x` and `n` gives for each row. */
function valuesOf(
  source: string,
  rows: readonly (readonly [x: number, second: number])[],
  type: 'float' | 'int' = 'float',
): Cell[] {
  const program = programOf(source);
  const columns = program.references.map((name) =>
    name === 'x'
      ? { type: 'float' as const, values: rows.map(([x]) => x) }
      : { type, values: rows.map(([, second]) => second) },
  );
  const compiled = program.forColumns(columns.map((column) => ({ ...column, present: undefined })));
  const run = {
    now: 0,
    groups: rows.map(() => 0),
    states: program.createStates(),
    onError: (_row: number, message: string) => {
      throw new Error(message);
    },
  };
  return rows.map(
    (_, row) =>
      compiled.value(
        columns.map((column) => ({ ...column, present: undefined })),
        row,
        run,
      ) ?? 'failed',
  );
}

/** Simpson's rule. */
function integral(f: (at: number) => number, from: number, to: number, steps: number): number {
  const width = (to - from) / steps;
  let sum = f(from) + f(to);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * f(from + i * width);
  return (sum * width) / 3;
}

function erf(x: number): number {
  return (2 / Math.sqrt(Math.PI)) * integral((t) => Math.exp(-t * t), 0, x, 400);
}

/** Far right the asymptotic series is exact, and the product leads back. */
function gamma(x: number): number {
  let product = 1;
  let far = x;
  for (; far < 30; far++) product *= far;
  const series = 1 / (12 * far) - 1 / (360 * far ** 3) + 1 / (1260 * far ** 5);
  return (Math.sqrt((2 * Math.PI) / far) * Math.exp(far * Math.log(far) - far + series)) / product;
}

/** Bessel's integral. */
function besselJ(n: number, x: number): number {
  return integral((t) => Math.cos(n * t - x * Math.sin(t)), 0, Math.PI, 600) / Math.PI;
}

function besselY(n: number, x: number): number {
  const turning = integral((t) => Math.sin(x * Math.sin(t) - n * t), 0, Math.PI, 2000);
  const falling = integral(
    (t) => (Math.exp(n * t) + (-1) ** n * Math.exp(-n * t)) * Math.exp(-x * Math.sinh(t)),
    0,
    12,
    8000,
  );
  return (turning - falling) / Math.PI;
}

const between = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });

const ofOne: Readonly<
  Record<string, readonly [range: fc.Arbitrary<number>, way: (x: number) => number, digits: number]>
> = {
  erf: [between(-4, 4), erf, 1e-11],
  erfc: [between(-4, 3), (x) => 1 - erf(x), 1e-10],
  exp2: [between(-50, 50), (x) => Math.exp(x * Math.LN2), 1e-13],
  gamma: [between(0.05, 25), gamma, 1e-11],
  j0: [between(-40, 40), (x) => besselJ(0, x), 1e-9],
  j1: [between(-40, 40), (x) => besselJ(1, x), 1e-9],
  y0: [between(0.1, 40), (x) => besselY(0, x), 1e-8],
  y1: [between(0.1, 40), (x) => besselY(1, x), 1e-8],
  log10: [between(1e-9, 1e9), Math.log10, 1e-13],
  log2: [between(1e-9, 1e9), Math.log2, 1e-13],
  logb: [between(1.0001, 1e6), (x) => x.toString(2).split('.')[0]?.length ?? 0, 1],
};

/** How far off, in parts of what is wanted when that is more than 1. */
function off(got: Cell | undefined, wanted: number): number {
  if (got === wanted || (Number.isNaN(got) && Number.isNaN(wanted))) return 0;
  const distance = Math.abs(Number(got) - wanted) / Math.max(1, Math.abs(wanted));
  return Number.isNaN(distance) ? Infinity : distance;
}

describe('functions of one number', () => {
  test.each(Object.entries(ofOne))('%s', (name, [range, way, digits]) => {
    fc.assert(
      fc.property(range, (x) => {
        expect(off(valuesOf(`${name}("x")`, [[x, 0]])[0], way(x))).toBeLessThanOrEqual(digits);
      }),
      { numRuns: 60 },
    );
  });

  test.each<readonly [name: string, xs: readonly number[], wanted: readonly number[]]>([
    ['gamma', [-1.5], [2.3632718012073544]],
    ['gamma', [-0.5], [-3.5449077018110318]],
    ['gamma', [171], [7.257415615307994e306]],
    ['gamma', [0, -0, -1, 172, NaN, Infinity, -Infinity], [Infinity, -Infinity, NaN, Infinity, NaN, Infinity, NaN]],
    ['erf', [Infinity, -Infinity, NaN], [1, -1, NaN]],
    ['erfc', [Infinity, -Infinity, NaN], [0, 2, NaN]],
    ['logb', [0, 1, 8, 0.125, -3, Infinity, 5e-324], [-Infinity, 0, 3, -3, 1, Infinity, -1074]],
    ['log2', [0, -1, 8, 0.125], [-Infinity, NaN, 3, -3]],
    ['y0', [0, -1, Infinity], [-Infinity, NaN, 0]],
    ['j1', [0, Infinity], [0, 0]],
  ])('%s of special numbers (%#)', (name, xs, wanted) => {
    const got = valuesOf(
      `${name}("x")`,
      xs.map((x) => [x, 0]),
    );
    wanted.forEach((value, index) => {
      expect(off(got[index], value)).toBeLessThan(1e-12);
    });
  });
});

describe('functions of two numbers', () => {
  test('hypot and pow', () => {
    fc.assert(
      fc.property(between(-1e3, 1e3), between(-20, 20), (x, y) => {
        expect(off(valuesOf('hypot("x", "n")', [[x, y]])[0], Math.sqrt(x * x + y * y))).toBeLessThanOrEqual(1e-12);
        const base = Math.abs(x) / 100 + 0.5;
        expect(off(valuesOf('pow("x", "n")', [[base, y]])[0], Math.exp(y * Math.log(base)))).toBeLessThanOrEqual(1e-11);
      }),
    );
  });

  test('pow10, jn and yn', () => {
    const order = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(order, between(1, 30), fc.integer({ min: -20, max: 20 }), (n, x, power) => {
        expect(off(valuesOf('jn("n", "x")', [[x, n]], 'int')[0], besselJ(n, x))).toBeLessThanOrEqual(1e-8);
        const y = besselY(n, x);
        // Towards 0 it falls without end.
        expect(Math.abs(y) < 1e4 ? off(valuesOf('yn("n", "x")', [[x, n]], 'int')[0], y) : 0).toBeLessThanOrEqual(1e-7);
        expect(off(Number(valuesOf('pow10("n")', [[x, power]], 'int')[0]) / 10 ** power, 1)).toBeLessThanOrEqual(1e-12);
      }),
      { numRuns: 60 },
    );
  });
});

test('sigma is the distance from the mean of all so far, in standard deviations of a sample', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 20 }), (xs) => {
      const got = valuesOf(
        'sigma("x")',
        xs.map((x) => [x, 0]),
      );
      xs.forEach((x, index) => {
        const sofar = xs.slice(0, index + 1);
        const mean = sofar.reduce((sum, value) => sum + value, 0) / sofar.length;
        const variance = sofar.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (sofar.length - 1);
        expect(off(got[index], variance > 1e-12 ? Math.abs(x - mean) / Math.sqrt(variance) : 0)).toBeLessThanOrEqual(
          1e-9,
        );
      });
    }),
  );
});
