/**
 * Plays a folder of `resources/samples` on a running server that speaks the API of 1.5, ours or the original, and
 * answers what it did: the alerts its topic's handlers were given, or the points it wrote.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { StandIn } from '../../shell/autoscale/testing/stand-in.ts';
import type { InfluxdProcess } from './influxd-process.ts';
import type { MemberApi } from './member-api.ts';
import { until } from '../../shell/testing/until.ts';

export interface Sample {
  readonly name: string;
  readonly script: string;
  /** Line protocol. */
  readonly data: string;
  /** Of the alerts; null when it makes none. */
  readonly topic: string | null;
  /** Bodies of posted events, in their order. */
  readonly expectedAlerts: readonly AlertBody[];
  /** Line protocol, or null. */
  readonly expectedPoints: string | null;
}

export type AlertBody = Readonly<Record<string, unknown>>;

export const samplesFolder = join(import.meta.dirname, '../../../resources/samples');

export function readSample(name: string): Sample {
  const read = (file: string): string => readFileSync(join(samplesFolder, name, file), 'utf8');
  const has = (file: string): boolean => existsSync(join(samplesFolder, name, file));
  const script = read('script.tick');
  return {
    name,
    script,
    data: read('data.lp'),
    topic: /\.topic\('([^']*)'\)/.exec(script)?.[1] ?? null,
    expectedAlerts: has('expected-alerts.json') ? JSON.parse(read('expected-alerts.json')) : [],
    expectedPoints: has('expected-points.lp') ? read('expected-points.lp') : null,
  };
}

export interface Played {
  readonly alerts: readonly AlertBody[];
  /** Milliseconds from the begin of a write to the end of the next: for so long the server may have seen no point. */
  readonly longestGapMs: number;
}

/**
 * Waits for as many alerts as are expected, then for those that are not. `isPaced`: at least as far apart as their
 * times.
 */
export async function playStream(api: MemberApi, sample: Sample, inbox: StandIn, isPaced: boolean): Promise<Played> {
  const { name, script, topic } = sample;
  const handler = { id: 'inbox', kind: 'post', options: { url: inbox.url } };
  await api.post(`/alerts/topics/${topic}/handlers`, handler);
  await api.post('/tasks', { id: name, script, status: 'enabled' });
  let longestGapMs = 0;
  let last = { afterMs: 0, begunMs: performance.now() };
  for (const { afterMs, lines } of portions(sample.data)) {
    if (isPaced) await delay(afterMs - last.afterMs);
    const begunMs = performance.now();
    await api.write(lines, { db: 'telegraf', rp: 'autogen' });
    longestGapMs = Math.max(longestGapMs, performance.now() - last.begunMs);
    last = { afterMs, begunMs };
  }
  await until(
    () => inbox.asked,
    ({ length }) => length >= sample.expectedAlerts.length,
  );
  // Whatever else the task would send leaves before it has ended.
  await api.delete(`/tasks/${name}`);
  await api.delete(`/alerts/topics/${topic}/handlers/inbox`);
  const alerts = inbox.asked.splice(0).map(({ body }): AlertBody => JSON.parse(body));
  return { alerts, longestGapMs };
}

/** Lines of one time go together. */
function portions(data: string): readonly { readonly afterMs: number; readonly lines: string }[] {
  const groups = new Map<string, string>();
  for (const line of data.trimEnd().split('\n')) {
    const time = line.slice(line.lastIndexOf(' ') + 1);
    groups.set(time, `${groups.get(time) ?? ''}${line}\n`);
  }
  const [first = '0'] = groups.keys();
  return [...groups].map(([time, lines]) => ({ afterMs: Number(BigInt(time) - BigInt(first)) / 1e6, lines }));
}

/** A replay of the batch queries over the time of the data; answers what InfluxDB then holds, in lines. */
export async function playBatch(api: MemberApi, sample: Sample, influxd: InfluxdProcess): Promise<string> {
  const { name, script, data } = sample;
  await influxd.query('CREATE DATABASE telegraf');
  await influxd.write('telegraf', data);
  await api.post('/tasks', { id: name, script, status: 'disabled' });
  const times = portions(data);
  const last = times.at(-1)?.afterMs ?? 0;
  const startMs = Number(BigInt(/ (\d+)$/.exec(times[0]?.lines.trimEnd() ?? '')?.[1] ?? 0) / 1_000_000n);
  const start = new Date(startMs - 1).toISOString();
  const stop = new Date(startMs + last + 60_000).toISOString();
  const replay = { id: name, task: name, start, stop, clock: 'fast', 'recording-time': true };
  await api.post('/replays/batch', replay);
  const { status, error } = await api.ended(`/replays/${name}`);
  if (status !== 'finished') throw new Error(`the replay is ${String(status)}: ${String(error)}`);
  await api.delete(`/tasks/${name}`);
  return linesOf(await influxd.query('SELECT * FROM "coarse"."autogen"./.*/ GROUP BY *'));
}

interface Series {
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly (string | number | null)[])[];
}

/** Of numbers only: enough for what samples write. */
function linesOf(answer: string): string {
  const { results }: { readonly results: readonly { readonly series?: readonly Series[] }[] } = JSON.parse(answer);
  const lines = results.flatMap(({ series = [] }) =>
    series.flatMap(({ name, tags = {}, columns, values }) =>
      values.map((row) => {
        const key = [name, ...Object.entries(tags).map(([tag, value]) => `${tag}=${value}`)].join(',');
        const fields = columns.flatMap((column, i) => (i === 0 || row[i] === null ? [] : [`${column}=${row[i]}`]));
        return `${key} ${fields.join(',')} ${Date.parse(String(row[0]))}000000\n`;
      }),
    ),
  );
  return lines.join('');
}
