/** A pipeline at work. */
import type { Millis } from '../base/deadline.ts';
import type { JsonValue } from '../base/store.ts';
import type { WriteBody } from '../influx/block.ts';
import type { QueriedBatch } from '../influx/queried-batch.ts';
import type { QueryResult } from '../influx/result.ts';
import type { Batch } from './engine/batch.ts';
import type { MachineContext } from './engine/machine.ts';
import type { Rows } from './engine/rows.ts';
import type { PipelineEnvironment } from './environment.ts';

export interface PipelineRun {
  /**
   * Processes a body to the end, as far as no node waits for an answer. Bodies of any database may be given; the
   * run takes what its dbrps and its `from` nodes ask for.
   */
  write(body: WriteBody): void;
  /** Hands a batch to one of a batch task's queries, by its place among the definition's plans. */
  collectBatch(query: number, batch: QueriedBatch): void;
  readonly queryCount: number;
  /** No more data comes: what was held back for later data goes on. Answers may still be waited for. */
  finish(): void;
  /** Does what is due. */
  wake(now: Millis): void;
  /** When `wake` wants to be called; asks again after every `write` and `wake`. */
  nextDeadline(): Millis;
  /** Rows held back because a node waits for an answer: hold back writers while it is large. */
  backlog(): number;
  /** Why the task ended by itself: `alert2: …`. Nothing is processed any more. */
  error(): string | null;
  stats(): RunStats;
  /** Graphviz text of an executing task. */
  dot(view: DotView): string;
  /** Names of the `httpOut` nodes. */
  httpOutputNames(): readonly string[];
  httpOutput(name: string): QueryResult | undefined;
  /** Finds out what `snapshot` is to tell, and calls back when that is known: at the latest when the run ends. */
  prepareSnapshot(done: () => void): void;
  /** State of the nodes that keep one over a restart; null when none does. */
  snapshot(): JsonValue | null;
  /** Flushes what is buffered and lets go of topics and inhibitors. */
  close(): void;
}

/** Looks on while a pipeline works: a preview shows what each node makes. It must leave alone what it is shown. */
export interface RunWatch {
  /** The world as one node sees it. */
  environmentOf(node: string): PipelineEnvironment;
  rows(of: MachineContext, rows: Rows, selected: Int32Array, count: number): void;
  batch(of: MachineContext, batch: Batch): void;
}

export type DotView = 'attributes' | 'labels';

export interface RunStats {
  /** Points, or batches of a batch task, per second. */
  readonly throughput: number;
  readonly nodes: readonly NodeStats[];
  readonly edges: readonly EdgeStats[];
}

export interface NodeStats {
  /** `from1`. */
  readonly name: string;
  /** `from`. */
  readonly kind: string;
  /** `avg_exec_time_ns`, `collected`, `emitted`, `errors`, `working_cardinality`, and what the node adds. */
  readonly values: Readonly<Record<string, number>>;
}

export interface EdgeStats {
  readonly parent: string;
  readonly child: string;
  readonly type: 'stream' | 'batch';
  readonly collected: number;
  readonly emitted: number;
}
