/** Plays a recorded case of Kapacitor 1.5.4 through one pipeline, in memory. */
import { formatRfc3339 } from '../../base/rfc3339.ts';
import type { QueryResult, ResultRow, ResultValue } from '../../influx/result.ts';
import { LineProtocolParser } from '../../influx/line-protocol/parse.ts';
import { definePipeline } from '../define.ts';
import type { Dbrp } from '../definition.ts';
import type { PipelineRun } from '../run.ts';
import { FakeWorld } from './fake-world.ts';

export interface CaseSpec {
  readonly dbrps?: readonly Dbrp[];
  readonly writes?: readonly { readonly db: string; readonly rp: string; readonly file: string }[];
  readonly httpOut?: readonly string[];
  readonly headers?: readonly string[];
  readonly wallClock?: boolean;
  readonly waitMs?: number;
  readonly settleMs?: number;
  readonly steps?: readonly { readonly write?: string }[];
  readonly [key: string]: unknown;
}

export interface CaseFiles {
  readonly spec: CaseSpec;
  /** A file of the case; undefined when there is none of that name. */
  readonly read: (name: string) => string | undefined;
}

/** What a case leaves behind, in the form of a recording. */
export type Recording = Readonly<Record<string, unknown>>;

const collector = 'http://collector/@CASE@';
const outsideOnePipeline = ['tasks', 'files', 'tcp', 'replay', 'influx', 'handlers', 'topics', 'template', 'vars'];

/** Why one pipeline alone cannot play a case; undefined when it can. */
export function needsMore(spec: CaseSpec): string | undefined {
  if (spec.steps?.some(({ write }) => write === undefined) === true) return 'steps';
  return outsideOnePipeline.find((key) => spec[key] !== undefined);
}

export function playCase({ spec, read }: CaseFiles): Recording {
  const dbrps = spec.dbrps ?? [{ db: 'db', rp: 'rp' }];
  const script = (read('task.tick') ?? '').replaceAll('@OUT@', collector);
  const defined = definePipeline(script);
  if (!defined.ok) {
    const prefix = defined.error.kind === 'script' ? 'invalid TICKscript: ' : '';
    return scrubbed({ defineError: { status: 400, error: `${prefix}${defined.error.message}` } });
  }
  const world = new FakeWorld();
  const used = dbrps.length === 0 ? defined.value.dbrps : dbrps;
  const started = defined.value.start(world.environment(), { dbrps: used });
  if (!started.ok) return scrubbed({ defineError: { status: 500, error: started.error } });
  const run = started.value;
  const out: Record<string, unknown> = {};
  const player = new Player(world, run);
  const [first] = used;
  const target = dbrps.length === 0 ? undefined : first;
  const writes = spec.writes ?? (target === undefined ? [] : [{ ...target, file: 'input.lp' }]);
  for (const { db, rp, file } of writes) {
    const error = player.write(db, rp, read(file) ?? '');
    if (error !== undefined) out['writeError'] = { status: 400, error };
  }
  if (spec.wallClock === true) player.passTime(spec.waitMs, spec.settleMs);
  for (const { write } of spec.steps ?? []) {
    if (target !== undefined) player.write(target.db, target.rp, read(write ?? '') ?? '');
    if (spec.wallClock === true) player.passTime(undefined, spec.settleMs);
  }
  const recording = scrubbed({ ...out, ...leftBehind(run, spec), posts: postsOf(world, spec) });
  return spec.wallClock === true ? withoutClock(recording) : recording;
}

const defaultSettleMs = 250;

class Player {
  private readonly world: FakeWorld;
  private readonly run: PipelineRun;
  private readonly parser = new LineProtocolParser();

  constructor(world: FakeWorld, run: PipelineRun) {
    this.world = world;
    this.run = run;
  }

  /** Returns the error. */
  write(database: string, retentionPolicy: string, lines: string): string | undefined {
    const request = { database, retentionPolicy, precision: 'n', nowNs: this.world.wallNs } as const;
    const body = this.parser.parse(new TextEncoder().encode(lines), request);
    if (body.ok) this.run.write(body.value);
    this.world.answerAll();
    return body.ok ? undefined : body.error;
  }

  /** A fixed time, or until nothing was posted for a while. */
  passTime(waitMs: number | undefined, settleMs = defaultSettleMs): void {
    const { world, run } = this;
    let end = world.nowMs + (waitMs ?? settleMs);
    while (run.nextDeadline() <= end) {
      const posted = world.posts.length;
      world.nowMs = run.nextDeadline();
      run.wake(world.nowMs);
      world.answerAll();
      if (waitMs === undefined && world.posts.length > posted) end = world.nowMs + settleMs;
    }
    world.nowMs = end;
  }
}

/** As the conformance runner: no figure of the present is comparable, and equal posts count once. */
function withoutClock({ dot: _dot, posts, ...recording }: Recording): Recording {
  const present = /20[2-9]\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| (\+|&#43;)0000 UTC)/g;
  const text = JSON.stringify({ ...recording, posts }).replaceAll(present, '@NOW@');
  const left: { posts: Record<string, unknown[]> } = JSON.parse(text, (key, value: unknown) =>
    key === 'duration' ? '@DUR@' : value,
  );
  for (const [label, bodies] of Object.entries(left.posts)) {
    left.posts[label] = [...new Map(bodies.map((body) => [JSON.stringify(body), body])).values()];
  }
  return left;
}

function leftBehind(run: PipelineRun, spec: CaseSpec): Record<string, unknown> {
  const error = run.error();
  const nodes = error === null ? run.stats().nodes : [];
  const outputs = Object.fromEntries((spec.httpOut ?? []).map((name) => [name, queryJson(run.httpOutput(name))]));
  return {
    ...(spec.httpOut === undefined ? {} : { httpOut: outputs }),
    ...(error === null ? { dot: dotShape(run.dot('attributes')) } : { taskError: error }),
    executing: error === null,
    errors: Object.fromEntries(
      nodes.map(({ name, values }) => [name, values['errors'] ?? 0]).filter(([, errors]) => errors !== 0),
    ),
  };
}

function postsOf(world: FakeWorld, spec: CaseSpec): Record<string, unknown[]> {
  const posts: Record<string, unknown[]> = {};
  for (const { label, body, headers } of world.posts) {
    const kept =
      spec.headers === undefined
        ? body
        : {
            headers: Object.fromEntries(spec.headers.map((name) => [name.toLowerCase(), headerOf(headers, name)])),
            body,
          };
    (posts[label] ??= []).push(kept);
  }
  return posts;
}

function headerOf(headers: Readonly<Record<string, string>>, name: string): string | null {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1] ?? null;
}

function scrubbed(value: unknown): Recording {
  return JSON.parse(
    JSON.stringify(value).replaceAll(collector, '@OUT@').replaceAll(encodeURIComponent(collector), '@OUT@'),
  );
}

/** Without what varies from run to run. */
function dotShape(dot: string): string {
  return dot
    .replace(/graph \[throughput="[^"]*"\];\n*/, '')
    .replaceAll(/avg_exec_time_ns="[^"]*" ?/g, '')
    .replaceAll(' ]', ']')
    .trim();
}

function queryJson(result: QueryResult | undefined): unknown {
  return result === undefined
    ? undefined
    : { series: result.series?.map((row) => (row === null ? null : rowJson(row))) ?? null };
}

function rowJson(row: ResultRow): unknown {
  return {
    ...(row.name === '' ? {} : { name: row.name }),
    ...(Object.keys(row.tags).length === 0 ? {} : { tags: row.tags }),
    ...(row.columns.length === 0 ? {} : { columns: row.columns }),
    ...(row.values.length === 0 ? {} : { values: row.values.map((values) => values.map(valueJson)) }),
  };
}

function valueJson(value: ResultValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'object' && value !== null ? formatRfc3339(value.timeNs) : value;
}
