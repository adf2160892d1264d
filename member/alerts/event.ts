import type { JsonValue } from '../base/store.ts';
import type { Result } from '../base/result.ts';
import type { DataSeries, DataValue, Level } from './publication.ts';

/** An event as handlers see it: a publication together with what the topic held for its ID before. */
export interface AlertEvent {
  readonly topic: string;
  readonly id: string;
  readonly level: Level;
  /** Level of the same event ID in the same topic before this event; OK when there was none. */
  readonly previousLevel: Level;
  readonly timeNs: bigint;
  readonly durationNs: bigint;
  readonly message: string;
  readonly details: string;
  readonly series: readonly DataSeries[];
  readonly name: string;
  readonly task: string;
  readonly group: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, DataValue>>;
  readonly recoverable: boolean;
}

/** A handler as it was defined: standalone on a topic, or inline in a task (then `topic` is the task's own). */
export interface HandlerSpec {
  /** Unique in its topic. */
  readonly id: string;
  readonly topic: string;
  readonly kind: string;
  /** Null when none were given. */
  readonly options: { readonly [name: string]: JsonValue } | null;
  /** Lambda text; empty lets every event through. */
  readonly match: string;
}

/** What a `match` expression may ask for. Levels are numbers: OK 0, INFO 1, WARNING 2, CRITICAL 3. */
export interface MatchContext {
  readonly level: number;
  readonly changed: boolean;
  readonly name: string;
  readonly taskName: string;
  readonly durationNs: bigint;
  readonly tags: Readonly<Record<string, string>>;
}

/** A compiled `match`. An error (a missing tag, a wrong type) lets nothing through and is reported. */
export type Matcher = (context: MatchContext) => Result<boolean, string>;

/** What handling an event by this handler means to the core. */
export type HandlerEffect =
  /** The executor sends it out; an `attempted` input brings the result. */
  | { readonly kind: 'send' }
  /** The event goes on to other topics. */
  | { readonly kind: 'publish'; readonly topics: readonly string[] }
  /** Events of an interval become one event of another topic. */
  | {
      readonly kind: 'aggregate';
      readonly intervalNs: bigint;
      readonly topic: string;
      readonly event: string;
      readonly message: (count: number) => string;
    };

export interface PreparedHandler {
  readonly effect: HandlerEffect;
  /** Null when the handler has no `match`. */
  readonly matches: Matcher | null;
}

/** Turns a definition into something that can run; injected, as the core knows neither options nor lambdas. */
export type PrepareHandler = (spec: HandlerSpec) => Result<PreparedHandler, string>;
