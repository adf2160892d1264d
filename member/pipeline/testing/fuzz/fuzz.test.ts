/** A short slice of what `npm run fuzz` does for minutes. */
import { expect, test } from 'vitest';
import { present } from '../../../base/assert.ts';
import { randomCase, smallerCases } from './fuzz-case.ts';
import type { FuzzCase } from './fuzz-case.ts';
import { moments } from './fuzz-function.ts';
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
    expect([...nodeShapes.map(({ name }) => name), '@udf'].filter((name) => !run.has(name))).toEqual([]);
  },
  patienceMs,
);

test('smaller cases have less of everything, and end', () => {
  const fuzzCase = present(
    casesOf(100).find(({ functions }) => functions.some(({ quirks }) => quirks.length > 2)),
    'a case with functions',
  );
  const size = ({ script, ...rest }: FuzzCase): number => scriptText(script).length + JSON.stringify(rest).length;
  const smaller = [...smallerCases(fuzzCase)];
  expect(smaller.length).toBeGreaterThan(5);
  expect(smaller.every((candidate) => size(candidate) < size(fuzzCase))).toBe(true);
});

test('functions are plain JSON, have every quirk and do everything that does not belong there', () => {
  const seen = new Set<string>();
  for (const { functions } of casesOf(2000)) {
    expect(JSON.parse(JSON.stringify(functions))).toEqual(functions);
    for (const quirk of functions.flatMap(({ quirks }) => quirks)) {
      seen.add(quirk.kind);
      if (quirk.kind === 'does') seen.add(`${quirk.kind} at ${quirk.at}`).add(quirk.deed.kind);
    }
  }
  const quirks = 'makes repeats gathers pieces slow narrow timeout unreachable refuses ignores keeps ends does';
  const deeds = [
    'bytes',
    'frame',
    'says',
    'error',
    'spoils',
    'cuts',
    'closes',
    'falls silent',
    'stops reading',
    'logs',
  ];
  const wanted = [...quirks.split(' '), ...deeds, ...moments.map((moment) => `does at ${moment}`)];
  expect(wanted.filter((kind) => !seen.has(kind))).toEqual([]);
});

function casesOf(count: number): readonly FuzzCase[] {
  return Array.from({ length: count }, (_, index) => randomCase(seed, index));
}
