import { describe, expect, test } from 'vitest';
import { RunningScript } from './testing/run-script.ts';

const scripts: Readonly<Record<string, string>> = {
  httpOut: `|httpOut('kept')`,
  aggregate: `|sum('v')|httpOut('kept')`,
  selector: `|max('v')|httpOut('kept')`,
  window: `|window().period(10s).every(10s)|httpOut('kept')`,
  flatten: `|flatten().on('core')|httpOut('kept')`,
};

function lines(host: string, second: number, count: number): readonly string[] {
  return Array.from(
    { length: count },
    (_, i) => `m,host=${host},core=${i % 2} v=${(i % 4) + 1},w="${host}" ${second}000000000`,
  );
}

/** Points of one group, then of another for long, then of the first again. */
function keptOf(nodes: string, times: number): unknown {
  const script = new RunningScript(`stream|from().measurement('m').groupBy('host')${nodes}`);
  script.write(...lines('silent', 1, 2));
  const loud = script.parse(new TextEncoder().encode(lines('loud', 2, 3000).join('\n')));
  const limits = script.parse(new TextEncoder().encode(lines('loud', 20, 1).join('\n')));
  for (let i = 0; i < times; i++) {
    script.run.write(loud);
    script.run.write(limits);
  }
  script.write(...lines('silent', 12, 1), ...lines('silent', 13, 1));
  return script.run.httpOutput('kept')?.series?.find((row) => row?.tags['host'] === 'silent');
}

describe('points of a silent group outlast the blocks they came in', () => {
  test.each(Object.entries(scripts))('%s', (_name, nodes) => {
    const soon = keptOf(nodes, 1);
    expect(soon).toBeDefined();
    expect(keptOf(nodes, 120)).toEqual(soon);
  });

  test('join: both parents, one of which lags', () => {
    const script = `var a = stream|from().measurement('a').groupBy('host')
var b = stream|from().measurement('b').groupBy('host')
a|join(b).as('a', 'b')|httpOut('kept')`;
    const running = new RunningScript(script);
    running.write('a,host=silent v=1 1000000000');
    const loud = Array.from(
      { length: 3000 },
      (_, i) => `${i % 2 === 0 ? 'a' : 'b'},host=loud v=${i} ${1 + (i >> 1)}000000000`,
    );
    const body = running.parse(new TextEncoder().encode(loud.join('\n')));
    for (let i = 0; i < 200; i++) running.run.write(body);
    running.write('b,host=silent v=2 1000000000');
    expect(running.run.httpOutput('kept')?.series?.find((row) => row?.tags['host'] === 'silent')?.values).toEqual([
      [{ timeNs: 1_000_000_000n }, 1, 2],
    ]);
  });
});
