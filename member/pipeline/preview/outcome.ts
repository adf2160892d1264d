/** What a preview shows. Plain data: it crosses from a worker as it is. */
import type { Level } from '../../alerts/publication.ts';
import type { ResultValue } from '../../influx/result.ts';
import type { JsonValue } from '../../base/store.ts';
import type { TaskType } from '../definition.ts';
import type { LogEntry } from '../environment.ts';

export type PreviewOutcome = PreviewRefusal | PreviewShown;

export interface PreviewRefusal {
  readonly kind: 'refused';
  /** `script`: it is no task, or cannot start; `data`: the sample cannot be read. */
  readonly of: 'script' | 'data';
  /** As the API would say it. */
  readonly message: string;
  /** Of the script, from 1; 0 when the error has no place. */
  readonly line: number;
  readonly char: number;
}

export interface PreviewShown {
  readonly kind: 'shown';
  readonly type: TaskType;
  /** Graphviz text with what went over each edge. */
  readonly dot: string;
  /** In the order of the graph. */
  readonly nodes: readonly PreviewNode[];
  readonly alerts: readonly PreviewAlert[];
  readonly cutAlerts: number;
  /** Why the task ended by itself: `alert2: …`. */
  readonly taskError: string | null;
  /** Points, or batches, that were played. */
  readonly played: number;
  /** False when a bound or a failure ended it early; `notes` say which. */
  readonly isComplete: boolean;
  readonly notes: readonly PreviewNote[];
}

export interface PreviewNote {
  readonly kind: 'time' | 'work' | 'groups' | 'input' | 'failure';
  /** A sentence to show. */
  readonly text: string;
}

export interface PreviewNode {
  /** `from1`. */
  readonly name: string;
  readonly kind: string;
  readonly provides: 'stream' | 'batch' | 'none';
  /** What it handed on: points of a stream, batches otherwise. */
  readonly emitted: number;
  /** The first of them. */
  readonly points: readonly PreviewPoint[];
  readonly batches: readonly PreviewBatch[];
  /** Points that are not shown, those of batches included. */
  readonly cutPoints: number;
  readonly cutBatches: number;
  readonly errors: number;
  readonly lastError: string | null;
  /** What it would have done to the world. */
  readonly sent: readonly PreviewEffect[];
  readonly cutSent: number;
  readonly stats: Readonly<Record<string, number>>;
}

export interface PreviewPoint {
  readonly name: string;
  /** As templates show it; empty when points are not grouped. */
  readonly group: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, ResultValue>>;
  readonly timeNs: bigint;
}

export interface PreviewBatch {
  readonly name: string;
  readonly group: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly timeNs: bigint;
  readonly points: readonly PreviewPoint[];
  readonly cutPoints: number;
}

export type PreviewEffect =
  | {
      readonly kind: 'http-post';
      /** The URL, or the name of an endpoint of the configuration. */
      readonly target: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | {
      readonly kind: 'influx-write';
      readonly cluster: string;
      readonly database: string;
      readonly retentionPolicy: string;
      readonly precision: string;
      readonly lines: string;
      readonly points: number;
    }
  | {
      /** Into the member's own intake: other tasks would get these points. */
      readonly kind: 'loopback';
      readonly database: string;
      readonly retentionPolicy: string;
      readonly lines: string;
      readonly points: number;
    }
  | { readonly kind: 'influx-query'; readonly cluster: string; readonly statement: string }
  | {
      readonly kind: 'scale';
      readonly system: 'kubernetes' | 'swarm' | 'ec2';
      /** The `id` of the configuration; empty for the default one. */
      readonly cluster: string;
      /** Of Kubernetes; empty elsewhere. */
      readonly namespace: string;
      readonly resourceKind: string;
      readonly name: string;
      readonly replicas: number;
    }
  /** Points given to a user-defined function, which gives none back in a preview. */
  | { readonly kind: 'udf'; readonly function: string; readonly points: number }
  | ({ readonly kind: 'log' } & LogEntry);

export interface PreviewAlert {
  /** Of the alert node. */
  readonly node: string;
  readonly topic: string;
  readonly id: string;
  readonly level: Level;
  readonly previousLevel: Level;
  readonly message: string;
  readonly details: string;
  readonly timeNs: bigint;
  readonly durationNs: bigint;
  readonly name: string;
  readonly group: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, number | bigint | string | boolean | null>>;
  readonly category: string;
  readonly recoverable: boolean;
  /** Held back by an alert that inhibits its category: no handler hears of it. */
  readonly isInhibited: boolean;
  /** The handlers the script gives it; those of the topic are the member's to know. */
  readonly handlers: readonly { readonly kind: string; readonly options: JsonValue }[];
}
