/**
 * What a running pipeline asks of the world around it: plain synchronous functions. Nothing here waits; what takes
 * time answers later through a callback, never from within the call itself.
 */
import type { Millis } from '../base/deadline.ts';
import type { Result } from '../base/result.ts';
import type { EventState } from '../alerts/alerts-io.ts';
import type { HandlerSpec } from '../alerts/event.ts';
import type { Inhibitors } from '../alerts/inhibitors.ts';
import type { Publication } from '../alerts/publication.ts';
import type { AutoscalePort, LoopbackPort, SideloadPort } from './node-ports.ts';
import type { UdfPort } from './nodes/udf/udf-port.ts';

export interface PipelineEnvironment {
  readonly taskId: string;
  /** First part of the names of inline topics: `main`, or a replay's. */
  readonly taskMaster: string;
  /** For templates: `{{ .ServerInfo.Hostname }}` … */
  readonly server: ServerInfo;
  /** Set in a replay: goes into publications (D22). */
  readonly replay: string | null;
  readonly clock: Clock;
  readonly alerts: AlertPort;
  readonly http: HttpPort;
  readonly influx: InfluxPort;
  readonly loopback: LoopbackPort;
  readonly sideload: SideloadPort;
  readonly autoscale: AutoscalePort;
  /** Absent: there are no user-defined functions here. */
  readonly udf?: UdfPort;
  readonly log: (entry: LogEntry) => void;
  /** One execution of a node in that many is timed; `[stats] timing-sample-rate` is its inverse. */
  readonly timingInterval: number;
  /** Generated code by default; a page whose content policy forbids that asks for closures. */
  readonly lambdaBackEnd?: 'generated' | 'closures';
}

/** What lambdas at work ask of the world around them. */
export type LambdaWorld = Pick<PipelineEnvironment, 'clock' | 'lambdaBackEnd'>;

export interface ServerInfo {
  readonly hostname: string;
  readonly clusterId: string;
  readonly serverId: string;
}

export interface Clock {
  /** Nanoseconds since 1970. */
  wallNs(): bigint;
  /** Monotonic, with fractions. */
  monotonicMs(): Millis;
}

// ---- alerts ----

export interface AlertPort {
  /**
   * Called once per alert node with inline handlers, before the first point. Restores the topic's state from
   * earlier runs. An error refuses to start the task.
   */
  registerInlineTopic(topic: string, handlers: readonly HandlerSpec[]): Result<void, string>;
  /** The task ends: the topic's handlers go, its state stays for a later run. */
  closeInlineTopic(topic: string): void;
  /** An error is counted at the node: the event was dropped. */
  publish(publication: Publication): Result<void, string>;
  /** The event was held back because its category is inhibited. */
  inhibited(publication: Publication): void;
  eventState(topic: string, event: string): EventState | undefined;
  /** Overwrites an event's state without telling handlers. */
  updateEvent(topic: string, event: string, state: EventState): void;
  /** Of the member, shared by all its tasks. */
  readonly inhibitors: Inhibitors;
}

// ---- outgoing requests ----

export interface HttpRequest {
  readonly target:
    { readonly kind: 'url'; readonly url: string } | { readonly kind: 'endpoint'; readonly name: string };
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** 0: none. */
  readonly timeoutNs: bigint;
  /** Whether the answer's body is wanted for the error text. */
  readonly captureResponse: boolean;
}

export type HttpOutcome =
  | { readonly kind: 'answer'; readonly status: number; readonly body: string }
  | { readonly kind: 'failed'; readonly reason: string };

export interface HttpPort {
  /** An `[[httppost]]` endpoint of the configuration; undefined when there is none of that name. */
  endpoint(name: string): { readonly rowTemplate: string } | undefined;
  post(request: HttpRequest, done: (outcome: HttpOutcome) => void): void;
}

// ---- InfluxDB ----

export interface InfluxWrite {
  readonly cluster: string;
  readonly database: string;
  readonly retentionPolicy: string;
  readonly consistency: string;
  /** `n`, `u`, `ms`, `s`, `m`, `h` or empty: the unit of the times in `lines`. */
  readonly precision: string;
  /** Line protocol, lines ended by a newline. */
  readonly lines: string;
  readonly points: number;
}

export interface InfluxFailure {
  readonly message: string;
  /** InfluxDB was not there, or not able: the same request may succeed later. */
  readonly isTransient: boolean;
}

export interface AnswerReceiver {
  line(text: string): void;
  /** Called once behind the last line, unless the query was cancelled. */
  done(error: string | null): void;
  /** False: no more lines for now; the rest of the answer stays with InfluxDB. Absent: there is always room. */
  hasRoom?(): boolean;
}

export interface InfluxPort {
  /** Whether the cluster is configured; the error refuses to start the task. Empty means the default one. */
  check(cluster: string): Result<void, string>;
  write(request: InfluxWrite, done: (failure: InfluxFailure | null) => void): void;
  /** A statement without an answer. */
  execute(cluster: string, statement: string, done: (failure: InfluxFailure | null) => void): void;
  /** A SELECT whose answer comes in lines, one JSON document with a chunk of the rows each. Returns its cancellation. */
  select(cluster: string, statement: string, receiver: AnswerReceiver): () => void;
}

// ---- log ----

export type LogLevel = 'debug' | 'info' | 'error';

export type LogValue =
  | string
  | number
  | bigint
  | boolean
  | { readonly timeNs: bigint }
  | { readonly durationNs: bigint }
  | readonly string[];

/** A line of the member's log. `service=kapacitor`, the task master and the task are added by the receiver. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly message: string;
  readonly node: string;
  readonly fields: readonly (readonly [key: string, value: LogValue])[];
  /** Points of a `log` node: `tag_K` and `field_K` in logfmt, objects `tag` and `field` in JSON. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, LogValue>>;
}
