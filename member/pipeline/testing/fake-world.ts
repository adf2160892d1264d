/** A world for pipelines under test: a clock that stands still, a collector of posts, topics with post handlers. */
import { Inhibitors } from '../../alerts/inhibitors.ts';
import type { EventState } from '../../alerts/alerts-io.ts';
import type { HandlerSpec } from '../../alerts/event.ts';
import type { DataValue, Level, Publication } from '../../alerts/publication.ts';
import { formatRfc3339 } from '../../base/rfc3339.ts';
import { err, ok } from '../../base/result.ts';
import type { WriteBody } from '../../influx/block.ts';
import type { ScalingCluster, SideloadFiles } from '../node-ports.ts';
import type { UdfPort } from '../nodes/udf/udf-port.ts';
import type {
  AlertPort,
  AnswerReceiver,
  HttpOutcome,
  HttpRequest,
  InfluxFailure,
  InfluxWrite,
  LogEntry,
  PipelineEnvironment,
} from '../environment.ts';

const startNs = 1_800_000_000_000_000_000n;

export interface FakeTopic {
  handlers: readonly HandlerSpec[];
  readonly events: Map<string, EventState & { readonly previous: Level }>;
}

export class FakeWorld {
  readonly posts: {
    readonly label: string;
    readonly body: unknown;
    readonly headers: Readonly<Record<string, string>>;
  }[] = [];
  readonly topics = new Map<string, FakeTopic>();
  readonly publications: Publication[] = [];
  readonly writes: InfluxWrite[] = [];
  readonly selects: { readonly statement: string; readonly receiver: AnswerReceiver }[] = [];
  readonly logs: LogEntry[] = [];
  readonly loopbacks: WriteBody[] = [];
  /** Why the intake takes nothing more. */
  loopbackProblem = '';
  /** What InfluxDB answers to writes and statements; null: they succeed. */
  influxFailure: InfluxFailure | null = null;
  readonly statements: string[] = [];
  /** What every sideload source holds. */
  sideloadFiles: SideloadFiles = new Map();
  openSideloads = 0;
  /** By name: how many replicas each resource has. Those whose name begins with `stuck` cannot be changed. */
  readonly replicas = new Map<string, number>();
  readonly scalingCalls: string[] = [];
  /** Undefined: there are no user-defined functions. */
  udf: UdfPort | undefined;
  nowMs = 0;
  private readonly answers: (() => void)[] = [];

  environment(taskId = '@CASE@'): PipelineEnvironment {
    return {
      taskId,
      taskMaster: 'main',
      server: { hostname: '@HOSTNAME@', clusterId: '@UUID@', serverId: '@UUID@' },
      replay: null,
      clock: { wallNs: () => this.wallNs, monotonicMs: () => this.nowMs },
      alerts: this.alertPort(),
      http: {
        endpoint: () => undefined,
        post: (request, done) => {
          this.answers.push(() => done(this.collect(request)));
        },
      },
      influx: {
        check: (cluster) => (cluster === '' ? ok(undefined) : err(`no such InfluxDB config ${cluster}`)),
        write: (request, done) => {
          this.writes.push(request);
          this.answers.push(() => done(this.influxFailure));
        },
        select: (_cluster, statement, receiver) => {
          this.selects.push({ statement, receiver });
          return () => {};
        },
        execute: (_cluster, statement, done) => {
          this.statements.push(statement);
          this.answers.push(() => done(this.influxFailure));
        },
      },
      loopback: {
        write: (body) => {
          if (this.loopbackProblem !== '') return err(this.loopbackProblem);
          this.loopbacks.push(body);
          return ok(undefined);
        },
      },
      sideload: {
        open: (url) => {
          if (!url.startsWith('file://')) return err(`no such source ${url}`);
          this.openSideloads++;
          return ok({ files: () => this.sideloadFiles, close: () => this.openSideloads-- });
        },
      },
      autoscale: {
        cluster: (system, id) =>
          id === '' ? ok(this.scalingCluster()) : err(`unknown ${system} cluster "${id}", cannot get client`),
      },
      ...(this.udf === undefined ? {} : { udf: this.udf }),
      log: (entry) => this.logs.push(entry),
      timingInterval: 10,
    };
  }

  /** The wall clock began at 2027-01-15T08:00:00Z. */
  get wallNs(): bigint {
    return startNs + BigInt(Math.round(this.nowMs * 1e6));
  }

  /** Has something answered with the requests. */
  later(answer: () => void): void {
    this.answers.push(answer);
  }

  /** Answers requests until none is open. */
  answerAll(): void {
    for (let answer = this.answers.shift(); answer !== undefined; answer = this.answers.shift()) answer();
  }

  topic(name: string): FakeTopic {
    let topic = this.topics.get(name);
    if (topic === undefined) {
      topic = { handlers: [], events: new Map() };
      this.topics.set(name, topic);
    }
    return topic;
  }

  private scalingCluster(): ScalingCluster {
    return {
      replicas: ({ name }, done) => {
        this.scalingCalls.push(`get ${name}`);
        const replicas = this.replicas.get(name);
        this.answers.push(() => done(replicas === undefined ? err(`${name} not found`) : ok(replicas)));
      },
      setReplicas: ({ name }, replicas, done) => {
        this.scalingCalls.push(`set ${name} ${replicas}`);
        const isStuck = name.startsWith('stuck');
        if (!isStuck) this.replicas.set(name, replicas);
        this.answers.push(() => done(isStuck ? err(`${name} is being changed`) : ok(undefined)));
      },
    };
  }

  private alertPort(): AlertPort {
    return {
      registerInlineTopic: (name, handlers) => {
        this.topic(name).handlers = handlers;
        return ok(undefined);
      },
      closeInlineTopic: (name) => {
        this.topic(name).handlers = [];
      },
      publish: (publication) => {
        this.publish(publication);
        return ok(undefined);
      },
      inhibited: () => {},
      eventState: (topic, event) => this.topics.get(topic)?.events.get(event),
      updateEvent: (topic, event, state) => {
        this.topic(topic).events.set(event, { ...state, previous: 'OK' });
      },
      inhibitors: new Inhibitors(),
    };
  }

  private publish(publication: Publication): void {
    this.publications.push(publication);
    const { events, handlers } = this.topic(publication.topic);
    const { event, level, timeNs, durationNs, message, details } = publication;
    const previous = events.get(event)?.level ?? 'OK';
    events.set(event, { level, timeNs, durationNs, message, details, previous });
    for (const handler of handlers) {
      const url = handler.options?.['url'];
      if (handler.kind === 'post' && typeof url === 'string') this.post(url, eventBody(publication, previous), {});
    }
  }

  private collect(request: HttpRequest): HttpOutcome {
    if (request.target.kind !== 'url') return { kind: 'failed', reason: 'no such endpoint' };
    const { url } = request.target;
    if (!url.startsWith('http://collector/')) return { kind: 'failed', reason: `Post ${url}: connection refused` };
    this.post(url, jsonOf(request.body), request.headers);
    return { kind: 'answer', status: Number(/[?&]status=(\d+)/.exec(url)?.[1] ?? 200), body: '{"ok":true}' };
  }

  private post(url: string, body: unknown, headers: Readonly<Record<string, string>>): void {
    const label = url.split('?')[0]?.split('/').at(-1) ?? '';
    this.posts.push({ label, body, headers });
  }
}

function eventBody(publication: Publication, previousLevel: Level): unknown {
  const { event, message, details, timeNs, durationNs, level, series, recoverable } = publication;
  return jsonOf(
    JSON.stringify({
      id: event,
      message,
      details,
      time: formatRfc3339(timeNs),
      duration: Number(durationNs),
      level,
      data: {
        series: series.map((row) => ({
          ...(row.name === '' ? {} : { name: row.name }),
          ...(Object.keys(row.tags).length === 0 ? {} : { tags: row.tags }),
          ...(row.columns.length === 0 ? {} : { columns: row.columns }),
          ...(row.values.length === 0 ? {} : { values: row.values.map((values) => values.map(dataJson)) }),
        })),
      },
      previousLevel,
      recoverable,
    }),
  );
}

function dataJson(value: DataValue, column: number): unknown {
  if (typeof value !== 'bigint') return value;
  return column === 0 ? formatRfc3339(value) : Number(value);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { raw: text };
  }
}
