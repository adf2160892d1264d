import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RunningScript } from './testing/run-script.ts';
import { inPieces, randomLines } from './testing/random-points.ts';

const scripts: Readonly<Record<string, string>> = {
  'where and eval': `
    |where(lambda: "v" > 1.0 AND count() % 3 != 0)
    |eval(lambda: "v" * 2.0, lambda: "twice" + 1.0).as('twice', 'more').keep()`,
  'eval into tags': `
    |eval(lambda: string(int("v") % 2)).as('odd').tags('odd').keep()
    |groupBy('odd')`,
  'groupBy of everything': `
    |groupBy(*).byMeasurement()
    |window().periodCount(3).everyCount(2)`,
  'window by time': `
    |window().period(5s).every(3s)`,
  'aligned window and aggregate': `
    |window().period(6s).every(2s).align()
    |mean('v')`,
  'window of every point': `
    |window().period(4s)
    |max('v')`,
  'aggregate of a stream': `
    |sum('v')`,
  'selector of a stream': `
    |last('v')`,
  'moving average': `
    |movingAverage('v', 3)`,
  alert: `
    |alert().id('{{ .Group }}').warn(lambda: "v" > 2.0).crit(lambda: "v" > 5.0).critReset(lambda: "v" < 3.0)
        .stateChangesOnly(4s).levelField('level')`,
  flapping: `
    |alert().id('{{ .Group }}').crit(lambda: "v" > 4.0).flapping(0.3, 0.5).topic('t')`,
  'changes of points': `
    |default().field('w', 'none')
    |changeDetect('w')
    |derivative('v').unit(2s)`,
  'time a state lasts': `
    |stateDuration(lambda: "v" > 2.0)
    |stateCount(lambda: "v" > 2.0)`,
  shift: `
    |shift(3s)
    |sample(2)
    |delete().field('w').tag('core')`,
  flatten: `
    |where(lambda: isPresent("core"))
    |flatten().on('core')`,
  combine: `
    |combine(lambda: "v" > 3.0, lambda: TRUE).as('big', 'any').tolerance(2s)`,
};

function outcome(nodes: string, pieces: readonly (readonly string[])[]): unknown {
  const script = new RunningScript(`
stream
    |from().measurement('m').groupBy('host')${nodes}
    |httpPost('http://collector/out')
`);
  for (const piece of pieces) script.write(...piece);
  const { nodes: counted, edges } = script.run.stats();
  return {
    posts: script.world.posts,
    publications: script.world.publications,
    edges,
    counts: counted.map(({ name, values }) => ({ name, ...values, avg_exec_time_ns: 0 })),
    error: script.run.error(),
  };
}

describe('what comes of points does not depend on the bodies they arrive in', () => {
  test.each(Object.entries(scripts))('%s', (_name, nodes) => {
    const lengths = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(randomLines, lengths, (lines, sizes) => {
        const whole = outcome(nodes, [lines]);
        expect(outcome(nodes, inPieces(lines, sizes))).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });
});
