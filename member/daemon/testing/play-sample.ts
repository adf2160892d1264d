/**
 * Plays a folder of `resources/samples` on a running server that speaks the API of 1.5, ours or the original, and
 * answers what it did: the alerts its topic's handlers were given, or the points it wrote.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { InfluxdProcess } from './influxd-process.ts';

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

export interface Inbox {
  readonly url: string;
  readonly bodies: AlertBody[];
  close(): Promise<void>;
}

export async function openInbox(): Promise<Inbox> {
  const bodies: AlertBody[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(JSON.parse(Buffer.concat(chunks).toString('utf8')));
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    bodies,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** `api` ends with `/kapacitor/v1`. */
export async function call(
  api: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  const response = await fetch(api + path, { method, ...(text === undefined ? {} : { body: text }) });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
  return answer === '' ? {} : JSON.parse(answer);
}

const limitMs = 15_000;

/** Waits for as many alerts as are expected, then for those that are not. `paceMs`: as far apart as their times. */
export async function playStream(
  api: string,
  sample: Sample,
  inbox: Inbox,
  isPaced: boolean,
): Promise<readonly AlertBody[]> {
  const { name, script, topic } = sample;
  const handler = { id: 'inbox', kind: 'post', options: { url: inbox.url } };
  await call(api, 'POST', `/alerts/topics/${topic}/handlers`, handler);
  await call(api, 'POST', '/tasks', { id: name, script, status: 'enabled' });
  const begun = performance.now();
  for (const { afterMs, lines } of portions(sample.data)) {
    if (isPaced) await delay(Math.max(0, afterMs - (performance.now() - begun)));
    await call(api, 'POST', '/write?db=telegraf&rp=autogen', lines);
  }
  const end = performance.now() + limitMs;
  while (inbox.bodies.length < sample.expectedAlerts.length && performance.now() < end) await delay(20);
  // Whatever else the task would send leaves before it has ended.
  await call(api, 'DELETE', `/tasks/${name}`);
  await call(api, 'DELETE', `/alerts/topics/${topic}/handlers/inbox`);
  return inbox.bodies.splice(0);
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
export async function playBatch(api: string, sample: Sample, influxd: InfluxdProcess): Promise<string> {
  const { name, script, data } = sample;
  await influxd.query('CREATE DATABASE telegraf');
  await influxd.write('telegraf', data);
  await call(api, 'POST', '/tasks', { id: name, script, status: 'disabled' });
  const times = portions(data);
  const last = times.at(-1)?.afterMs ?? 0;
  const startMs = Number(BigInt(/ (\d+)$/.exec(times[0]?.lines.trimEnd() ?? '')?.[1] ?? 0) / 1_000_000n);
  const start = new Date(startMs - 1).toISOString();
  const stop = new Date(startMs + last + 60_000).toISOString();
  const replay = { id: name, task: name, start, stop, clock: 'fast', 'recording-time': true };
  await call(api, 'POST', '/replays/batch', replay);
  const end = performance.now() + limitMs;
  while ((await call(api, 'GET', `/replays/${name}`))['status'] === 'running' && performance.now() < end)
    await delay(20);
  const { status, error } = await call(api, 'GET', `/replays/${name}`);
  if (status !== 'finished') throw new Error(`the replay is ${String(status)}: ${String(error)}`);
  await call(api, 'DELETE', `/tasks/${name}`);
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
