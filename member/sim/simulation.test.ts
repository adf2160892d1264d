import { describe, expect, test } from 'vitest';
import { failureText, runSeed, type RunReport } from './random-run.ts';

/** Seeds that broke an invariant once, by the mistake they found. */
const regressions = [
  [42, 'events that waited in the store were handled before the handlers were known'],
  [76, 'what gossip said before the start of the cluster core took up waiting events without handlers'],
  [215, 'a removal and a later membership in one message erased the newer record from the disk'],
] as const;

const budgetMs = 50_000;

describe('simulated clusters hold the invariants of cluster.md section 11', () => {
  test('a hundred short runs, as many as fit into the time', { timeout: 120_000 }, async () => {
    const startMs = performance.now();
    const reports: RunReport[] = [];
    for (let seed = 1; seed <= 100 && performance.now() - startMs < budgetMs; seed++)
      reports.push(await runSeed(seed, 'short'));
    expect(reports.filter(({ violations }) => violations.length > 0).map(failureText)).toEqual([]);
    const total = (figure: keyof RunReport['done']): number => reports.reduce((sum, { done }) => sum + done[figure], 0);
    // A run that does nothing proves nothing.
    expect(reports.length).toBeGreaterThanOrEqual(10);
    for (const figure of ['events', 'deliveries', 'faults', 'memberOperations', 'handlerChanges'] as const) {
      expect(`${figure} ${total(figure) > reports.length ? 'enough' : total(figure)}`).toBe(`${figure} enough`);
    }
  });

  test.each(regressions)('seed %i: %s', { timeout: 60_000 }, async (seed) => {
    const report = await runSeed(seed, 'short');
    expect(report.violations.length === 0 ? '' : failureText(report)).toBe('');
  });

  test('one seed is one run: the same figures and the same trace each time', { timeout: 60_000 }, async () => {
    const traces: string[][] = [[], []];
    for (const trace of traces) await runSeed(3, 'short', (line) => trace.push(line));
    expect(traces[0]?.length).toBeGreaterThan(100);
    expect(traces[1]).toEqual(traces[0]);
  });
});
