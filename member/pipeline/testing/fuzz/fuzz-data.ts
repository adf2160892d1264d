/** What befalls a running script: bodies of points, answers of InfluxDB, time that passes. All of it plain JSON. */
import type { Draw } from './draw.ts';

export type Step =
  | { readonly kind: 'write'; readonly lines: readonly string[]; readonly target: 'db.rp' | 'other.rp' | 'loop.rp' }
  /** A body of bytes, which need not be UTF-8 nor line protocol. */
  | { readonly kind: 'bytes'; readonly bytes: readonly number[] }
  | { readonly kind: 'batch'; readonly query: number; readonly batch: BatchData }
  /** Lines that InfluxDB answers to the queries asked so far, with an error at the end or none. */
  | { readonly kind: 'answer'; readonly lines: readonly string[]; readonly error: string | null }
  | { readonly kind: 'pass'; readonly ms: number }
  /** From here on requests are answered at once, or not until this comes again. */
  | { readonly kind: 'hold'; readonly isHolding: boolean }
  /** All that the HTTP API reads of a task. */
  | { readonly kind: 'look' }
  /** What the task would go on from is asked for. */
  | { readonly kind: 'save' }
  /** No more data comes, and what is under way has some time to end. */
  | { readonly kind: 'finish' }
  /** The task ends and goes on from its snapshot. */
  | { readonly kind: 'restart' };

export interface BatchData {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly byName: boolean;
  /** Nanoseconds as decimal text. */
  readonly time: string | null;
  readonly times: readonly string[];
  readonly fields: readonly { readonly name: string; readonly values: readonly (number | string | boolean | null)[] }[];
}

const names = ['m', 'm', 'm', 'm', 'm', 'm2'];
const oddNames = ['grüße', 'a\\ b', 'none', 'm\\,x', '', '"m"', 'm\\'];
const hosts = ['a', 'b', 'c'];
const oddHosts = ['é', 'a\\ b', 'a\\,b', '\\=', '😀', '', '"a"', 'a\\'];

interface Clock {
  seconds: number;
}

export function randomSteps(draw: Draw, isStream: boolean): readonly Step[] {
  const clock = { seconds: 1000 };
  const count = draw.between(2, 10);
  const steps = Array.from({ length: count }, () => randomStep(draw, clock, isStream));
  return draw.chance(0.2) ? [...steps, { kind: 'finish' }] : steps;
}

function randomStep(draw: Draw, clock: Clock, isStream: boolean): Step {
  const turn = draw.below(100);
  if (turn < 62) return isStream ? writeStep(draw, clock) : batchStep(draw, clock);
  if (turn < 80) return { kind: 'pass', ms: draw.mostly([500, 1000, 5000, 10_000, 60_000], [0, 0.25, 3_600_000]) };
  if (turn < 86) return { kind: 'look' };
  if (turn < 89) return { kind: 'hold', isHolding: draw.chance(0.5) };
  if (turn < 92) return { kind: 'restart' };
  if (turn < 93) return draw.chance(0.7) ? { kind: 'save' } : { kind: 'finish' };
  if (turn < 95 && isStream)
    return { kind: 'bytes', bytes: draw.list(0, 60, () => draw.mostly(commonBytes, oddBytes)) };
  return isStream ? writeStep(draw, clock) : answerStep(draw, clock);
}

const commonBytes = Array.from('m,=v 1\\"it\n', (character) => character.charCodeAt(0));
const oddBytes = [0, 9, 13, 127, 128, 195, 237, 255, 35, 39];

function writeStep(draw: Draw, clock: Clock): Step {
  const lines = draw.list(1, draw.chance(0.1) ? 300 : 25, () => line(draw, clock));
  return { kind: 'write', lines, target: draw.chance(0.95) ? 'db.rp' : draw.pick(['other.rp', 'loop.rp'] as const) };
}

function line(draw: Draw, clock: Clock): string {
  if (draw.chance(0.01))
    return draw.pick([
      '',
      '# note',
      'm',
      'm v',
      'm v=',
      'm,host v=1',
      'm v=1 x',
      'm v=1i2',
      ',host=a v=1',
      'm v="open',
    ]);
  clock.seconds += draw.mostly([0, 0, 1, 1, 1, 2, 5], [-1, -4, 60, 3600, 100_000], 0.1);
  const tags = [
    draw.chance(0.8) && `host=${draw.mostly(hosts, oddHosts, 0.04)}`,
    draw.chance(0.3) && `core=${draw.below(3)}`,
  ].filter((tag) => tag !== false);
  const series = [draw.mostly(names, oddNames, 0.06), ...tags].join(',');
  return `${series} ${fields(draw)}${draw.chance(0.98) ? ` ${timeText(draw, clock.seconds)}` : ''}`;
}

function timeText(draw: Draw, seconds: number): string {
  if (draw.chance(0.01))
    return draw.pick(['0', '-1', '9223372036854775806', '-9223372036854775806', '1', '-62135596800000000000']);
  return `${seconds}${draw.chance(0.9) ? '000000000' : String(draw.below(1_000_000_000)).padStart(9, '0')}`;
}

function fields(draw: Draw): string {
  const made = [
    draw.chance(0.9) && `v=${number(draw)}`,
    draw.chance(0.4) && `w=${number(draw)}`,
    draw.chance(0.4) &&
      `n=${draw.mostly(['1i', '2i', '-3i', '0i', '1000i'], ['9223372036854775807i', '-9223372036854775808i', '9007199254740993i', '5', '"x"'])}`,
    draw.chance(0.3) && `s=${string(draw)}`,
    draw.chance(0.3) && `b=${draw.pick(['t', 'false', 'TRUE', 'F'])}`,
    draw.chance(0.05) && draw.pick(['grüße=1', 'a\\ b=2', 'time=5', 'host="f"', 'mean=1', 'v=3']),
  ].filter((field) => field !== false);
  return made.length === 0 ? 'v=1' : made.join(',');
}

function number(draw: Draw): string {
  return draw.mostly(
    [String(draw.between(-5, 20)), String(draw.between(-40, 200) / 8)],
    [
      '1e300',
      '-1e300',
      '1.7976931348623157e308',
      '5e-324',
      '-0',
      '3i',
      '9223372036854775807i',
      '"text"',
      't',
      '0.1',
      '1e999',
      'NaN',
    ],
    0.05,
  );
}

function string(draw: Draw): string {
  return draw.mostly(
    ['"x"', '"it"', '"a-1"', '"/var/log"'],
    ['""', '"é😀"', '"a\\"b"', '"a\\\\b"', '"a,b =c"', '"12"', '"  "', '"line\nbreak"'],
  );
}

function batchStep(draw: Draw, clock: Clock): Step {
  const length = draw.mostly([1, 3, 8, 20], [0, 200]);
  const times = Array.from({ length }, () => {
    clock.seconds += draw.mostly([0, 1, 1, 2], [-3, 100], 0.1);
    return `${clock.seconds}000000000`;
  });
  const numeric = (): number | string | boolean | null =>
    draw.chance(0.1) ? draw.pick([null, 'text', true, 1e300, -0]) : draw.between(-40, 200) / 8;
  const fieldNames = draw.some(['v', 'w', 'n', 's', 'mean', 'grüße'], 0.5);
  return {
    kind: 'batch',
    query: draw.mostly([0, 0, 0, 1], [2]),
    batch: {
      name: draw.mostly(['m', 'm2'], ['grüße', '']),
      tags: Object.fromEntries(draw.some(['host', 'core'], 0.5).map((tag) => [tag, draw.mostly(hosts, ['é', ''])])),
      byName: draw.chance(0.2),
      time: draw.chance(0.95) ? `${clock.seconds}000000000` : null,
      times,
      fields: fieldNames.map((name) => ({
        name,
        values: times.map(() => (name === 's' ? draw.pick(['x', 'y', null]) : numeric())),
      })),
    },
  };
}

function answerStep(draw: Draw, clock: Clock): Step {
  const lines = draw.list(0, 3, () => {
    if (draw.chance(0.15))
      return draw.pick([
        '',
        '{',
        '[]',
        'null',
        '{"error":"x"}',
        '{"results":[{"error":"x"}]}',
        '{"results":5}',
        '{"results":[{"series":[{}]}]}',
      ]);
    const values = draw.list(0, 6, () => {
      clock.seconds += 1;
      const time = draw.mostly<unknown>([new Date(clock.seconds * 1000).toISOString()], [null, 'x', 5]);
      return [time, draw.mostly<unknown>([1, 2.5, null], ['text', true, []])];
    });
    const series = {
      name: 'm',
      tags: draw.chance(0.5) ? { host: draw.pick(hosts) } : undefined,
      columns: ['time', 'v'],
      values,
      partial: draw.chance(0.2),
    };
    return JSON.stringify({ results: [{ statement_id: 0, series: [series] }] });
  });
  return { kind: 'answer', lines, error: draw.chance(0.1) ? 'timeout' : null };
}
