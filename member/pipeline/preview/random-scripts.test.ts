import { expect, test } from 'vitest';
import { randomCase } from '../testing/fuzz/fuzz-case.ts';
import { scriptText } from '../testing/fuzz/fuzz-script.ts';
import { preview } from './preview.ts';

const seed = 11;
const cases = 150;

test('random scripts on random data are shown or refused within the bounds, as plain data', { timeout: 60_000 }, () => {
  const kinds = new Set<string>();
  for (let index = 0; index < cases; index++) {
    const { script, steps } = randomCase(seed, index);
    const lines = steps.flatMap((step) => (step.kind === 'write' ? step.lines : []));
    const outcome = preview(
      {
        script: scriptText(script),
        type: null,
        wallNs: 1_700_000_000_000_000_000n,
        dbrps: [{ db: 'db', rp: 'rp' }],
        writes: lines.map((points) => ({ points })).slice(0, 1),
        restNs: 60_000_000_000n,
        limits: { work: 2_000, pointsPerNode: 20 },
      },
      () => 0,
    );
    const kept = structuredClone(outcome);
    kinds.add(kept.kind);
    if (kept.kind === 'refused') continue;
    const failures = kept.notes.filter(({ kind }) => kind === 'failure');
    expect({ index, failures }).toEqual({ index, failures: [] });
    expect(Math.max(...kept.nodes.map(({ points }) => points.length))).toBeLessThanOrEqual(20);
  }
  expect([...kinds].toSorted()).toEqual(['refused', 'shown']);
});
