/** What a preview is made of. Plain data: it crosses to a worker as it is. */
import type { Precision } from '../../influx/line-protocol/scan-time.ts';
import type { VarsJson } from '../../tick/evaluate/vars-json.ts';
import type { DeadmanSettings, Dbrp, TaskType } from '../definition.ts';
import type { ServerInfo } from '../environment.ts';
import type { UdfInfo } from '../nodes/udf/messages.ts';

export interface PreviewInput {
  readonly script: string;
  /** As chosen beside the script; null takes the type that the script says. */
  readonly type: TaskType | null;
  /** Beside those of the script's own statements; the sample's place when neither names any. */
  readonly dbrps?: readonly Dbrp[];
  /** As the API carries them. */
  readonly vars?: VarsJson;
  readonly taskId?: string;
  readonly server?: ServerInfo;
  readonly deadman?: DeadmanSettings;
  /** User-defined functions, as they describe themselves: those the script may name. */
  readonly udfs?: ReadonlyMap<string, UdfInfo>;
  /** The wall clock, nanoseconds since 1970: for points without a time, and for `now()` while time stands still. */
  readonly wallNs: bigint;
  /**
   * `data`, the default: the clock goes with the times of the points, as if they came live, so that deadman, stats
   * and barriers are seen at work. `still`: everything comes at `wallNs`.
   */
  readonly clock?: 'data' | 'still';
  /** How long the clock goes on behind the last point. */
  readonly restNs?: bigint;
  /**
   * `closed`, the default: behind the last point the task ends, as after a replay, and what was held back for later
   * points goes on. `open`: it would go on.
   */
  readonly ending?: 'closed' | 'open';
  /** Of a stream task: written one after the other. */
  readonly writes?: readonly PreviewWrite[];
  /** Of a batch task: by the name of a `query` node (`query1`), what InfluxDB answers it. */
  readonly answers?: Readonly<Record<string, readonly PreviewAnswer[]>>;
  readonly limits?: Partial<PreviewLimits>;
}

export interface PreviewWrite {
  /** The task's first by default. */
  readonly place?: Dbrp;
  /** Of line protocol; nanoseconds by default. */
  readonly precision?: Precision;
  readonly points: string | readonly PreviewRow[];
}

/** A bigint is an integer, a number is a float. */
export interface PreviewRow {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, number | bigint | string | boolean>>;
  readonly timeNs: bigint;
}

/** One run of a query. */
export interface PreviewAnswer {
  /** Where the time range of this run ends, nanoseconds since 1970. */
  readonly stopNs: bigint;
  /** As InfluxDB answers: lines of JSON, times as RFC3339 text. */
  readonly json: string;
}

export interface PreviewLimits {
  readonly timeMs: number;
  /** Rows and wake-ups that all nodes together may deal with. */
  readonly work: number;
  readonly inputRows: number;
  /** Characters of sample data. */
  readonly inputLength: number;
  readonly groups: number;
  readonly nodes: number;
  /** Of each node: the first so many are shown, the others counted. Requests and log lines likewise. */
  readonly pointsPerNode: number;
  readonly alerts: number;
  /** Characters of any one text of the outcome. */
  readonly textLength: number;
}

export const defaultLimits: PreviewLimits = {
  timeMs: 2_000,
  work: 1_000_000,
  inputRows: 20_000,
  inputLength: 4_000_000,
  groups: 10_000,
  nodes: 200,
  pointsPerNode: 100,
  alerts: 200,
  textLength: 10_000,
};
