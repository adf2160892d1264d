/** What a script means: the entry points `definePipeline` (define.ts) and `startPipeline` (start.ts) stand on these types. */
import type { Result } from '../base/result.ts';
import type { Program } from '../tick/syntax/node.ts';
import type { Var } from '../tick/evaluate/vars.ts';
import type { PipelineEnvironment } from './environment.ts';
import type { PipelineRun, RunWatch } from './run.ts';
import type { JsonValue } from '../base/store.ts';
import type { UdfInfo } from './nodes/udf/messages.ts';

export type TaskType = 'stream' | 'batch';

export interface Dbrp {
  readonly db: string;
  readonly rp: string;
}

/** The `[deadman]` section: what `deadman()` writes into the alert nodes it makes. */
export interface DeadmanSettings {
  readonly isGlobal: boolean;
  readonly threshold: number;
  readonly intervalNs: bigint;
  readonly id: string;
  readonly message: string;
}

export interface DefineOptions {
  /** Values of the script's variables. */
  readonly vars?: ReadonlyMap<string, Var>;
  /** A template: variables without a value get the zero value of their type. */
  readonly isTemplate?: boolean;
  /** The wall clock, nanoseconds since 1970, for `now()` in the script. */
  readonly wallNs?: bigint;
  readonly deadman?: DeadmanSettings;
  /** User-defined functions, as they describe themselves. */
  readonly udfs?: ReadonlyMap<string, UdfInfo>;
}

/** The message is the original's, complete but for the prefix of a task's definition. */
export interface DefineError {
  /** `script`: the API's message begins with `invalid TICKscript: `; `type`: it has no prefix. */
  readonly kind: 'script' | 'type';
  readonly message: string;
  /** 0 when the error has no place. */
  readonly line: number;
  readonly char: number;
}

export interface PipelineDefinition {
  readonly type: TaskType;
  /** Of the script's own `dbrp` statements. */
  readonly dbrps: readonly Dbrp[];
  /** The variables the script declares, with defaults. */
  readonly declaredVars: ReadonlyMap<string, Var>;
  /** Names of the nodes (`stream0`, `from1`, …) in the order of the graph's text. */
  readonly nodeNames: readonly string[];
  /** What the `from` nodes of a stream task name; the empty name stands for every measurement. */
  readonly measurements: readonly string[];
  /**
   * The queries that a batch task would have run in a range of time, one plan for each `query` node in the order of
   * the graph. The error is the one of a task that cannot be started.
   */
  planQueries(options: PlanOptions): Result<readonly QueryPlan[], string>;
  /** Graphviz text of a task that is not executing. */
  dot(taskId: string): string;
  /** Starts a run of its own each time. The error is complete, e.g. `endpoint 'x' does not exist`. */
  start(environment: PipelineEnvironment, options: StartOptions): Result<PipelineRun, string>;
}

export interface PlanOptions {
  /** Those of the task: its queries may ask for nothing else. */
  readonly dbrps: readonly Dbrp[];
  readonly startNs: bigint;
  readonly stopNs: bigint;
  /** The wall clock: nothing of the future is asked for. */
  readonly nowNs: bigint;
}

export interface QueryPlan {
  readonly cluster: string;
  readonly isByMeasurement: boolean;
  /** Batches keep the times of their newest intervals; others take the end of their range. */
  readonly isGroupedByTime: boolean;
  readonly ranges: Iterable<QueryRange>;
}

export interface QueryRange {
  readonly stopNs: bigint;
  readonly statement: string;
}

export interface StartOptions {
  /** Databases and retention policies whose points the task takes. */
  readonly dbrps: readonly Dbrp[];
  /** Of an earlier run; ignored when the nodes are others now. */
  readonly snapshot?: JsonValue | null;
  readonly watch?: RunWatch;
}

export type DefinePipeline = (
  script: string | Program,
  options?: DefineOptions,
) => Result<PipelineDefinition, DefineError>;
