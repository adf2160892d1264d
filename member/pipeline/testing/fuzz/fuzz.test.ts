/** A short slice of what `npm run fuzz` does for minutes. */
import { expect, test } from 'vitest';
import { randomCase, smallerCases } from './fuzz-case.ts';
import { nodesOf, scriptText } from './fuzz-script.ts';
import { nodeShapes } from './fuzz-nodes.ts';
import { playFuzzCase } from './play-fuzz-case.ts';

const seed = 7;
const cases = 500;
const patienceMs = 120_000;

test(
  'random scripts over every node, on random data, throw nothing and end the same when played again',
  () => {
    const run = new Set<string>();
    const differing: number[] = [];
    for (let index = 0; index < cases; index++) {
      const fuzzCase = randomCase(seed, index);
      try {
        const { outcome, digest } = playFuzzCase(fuzzCase);
        if (outcome === 'ran' || outcome === 'ended') for (const name of nodesOf(fuzzCase.script)) run.add(name);
        if (index % 8 === 0 && playFuzzCase(randomCase(seed, index)).digest !== digest) differing.push(index);
      } catch (error) {
        throw new Error(`npm run fuzz -- --seed ${seed} --case ${index}`, { cause: error });
      }
    }
    expect(differing).toEqual([]);
    expect(nodeShapes.map(({ name }) => name).filter((name) => !run.has(name))).toEqual([]);
  },
  patienceMs,
);

test('smaller cases have less of everything, and end', () => {
  const fuzzCase = randomCase(seed, 3);
  const size = (of: typeof fuzzCase): number => scriptText(of.script).length + JSON.stringify(of.steps).length;
  const smaller = [...smallerCases(fuzzCase)];
  expect(smaller.length).toBeGreaterThan(5);
  expect(smaller.every((candidate) => size(candidate) < size(fuzzCase))).toBe(true);
});
