/**
 * The base of every node at work. A machine is stepped with blocks of rows, batches, barriers and deleted groups,
 * and hands what it makes to its outputs at once: no queue, no promise, nothing allocated per point.
 *
 * It never throws for what data or the world may do: an error of operation is `report`ed, which counts it, and
 * `fail` ends the task.
 */
import { never } from '../../base/deadline.ts';
import type { Millis } from '../../base/deadline.ts';
import type { JsonValue } from '../../base/store.ts';
import { ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { Dbrp } from '../definition.ts';
import type { LogValue, PipelineEnvironment } from '../environment.ts';
import type { RunWatch } from '../run.ts';
import type { Batch } from './batch.ts';
import { MovingAverage } from './execution-timer.ts';
import type { ExecutionTimer, TimedSpan } from './execution-timer.ts';
import type { GroupCounts } from './group-counts.ts';
import type { Group, GroupTable } from './groups.ts';
import type { Rows } from './rows.ts';

/** No earlier point of the group will come: from `barrier` nodes and idle groups. */
export interface Barrier {
  readonly group: Group;
  readonly name: string;
  readonly seconds: number;
  readonly nanos: number;
}

/** What a machine knows of the run it belongs to. */
export interface MachineContext {
  readonly environment: PipelineEnvironment;
  readonly groups: GroupTable;
  readonly timer: ExecutionTimer;
  readonly name: string;
  readonly kind: string;
  readonly isQuiet: boolean;
  readonly provides: 'stream' | 'batch' | 'none';
  /** Of the task. */
  readonly dbrps: readonly Dbrp[];
  /** Batches came into the task other than by `write`. */
  countSource(batches: number): void;
  /** Ends the task; the message is without the node's name. What was handed on before still goes its way. */
  fail(message: string): void;
  /** Whether this node, or one behind it, has failed: it hands on nothing more. Set by the run. */
  isStopped: boolean;
  /** Asks for `flush` before the run's present step ends. */
  wantsFlush(machine: Machine): void;
  /** Another node of the run, by name; all are there once the run starts. */
  machineOf(name: string): Machine | undefined;
  /** A callback is about to act: the run flushes behind it and asks for deadlines anew. */
  readonly outside: (work: () => void) => void;
  /** Looks on at what every node hands on. */
  readonly watch: RunWatch | null;
}

export interface Edge {
  readonly parent: Machine;
  readonly child: Machine;
  readonly type: 'stream' | 'batch';
  /** Which of the child's parents this is, in the order they were joined. */
  readonly source: number;
  readonly span: TimedSpan;
  /** Points, or batches. */
  collected: number;
  /** Points per group; only where a `stats` node asks for them. */
  groupCounts: GroupCounts | undefined;
}

export abstract class Machine {
  readonly context: MachineContext;
  readonly inputs: Edge[] = [];
  readonly outputs: Edge[] = [];
  errorCount = 0;
  readonly executionTime = new MovingAverage();
  isWaitingForFlush = false;

  constructor(context: MachineContext) {
    this.context = context;
  }

  // ---- what a node may override ----

  /** Before the first data, parents first. An error refuses to start the task. */
  start(): Result<void, string> {
    return ok(undefined);
  }

  onRows(_rows: Rows, _selected: Int32Array, _count: number, _source: number): void {
    this.context.fail(`${this.context.kind} does not support stream data`);
  }

  onBatch(_batch: Batch, _source: number): void {
    this.context.fail(`${this.context.kind} does not support batch data`);
  }

  onBarrier(barrier: Barrier, _source: number): void {
    this.emitBarrier(barrier);
  }

  onDeleteGroup(group: Group, _source: number): void {
    this.emitDeleteGroup(group);
  }

  /** Hands on rows that were held back to make a block of them. */
  flush(): void {}

  nextDeadline(): Millis {
    return never;
  }

  wake(_now: Millis): void {}

  /** Rows or batches held back until an answer comes. */
  backlog(): number {
    return 0;
  }

  /** Groups this node keeps state for. */
  cardinality(): number {
    return 0;
  }

  /** Statistics beside those every node has. */
  ownStats(): Readonly<Record<string, number>> {
    return {};
  }

  /** Finds out what `snapshot` is to tell, and calls back when it is known: at the latest when the machine closes. */
  prepareSnapshot(done: () => void): void {
    done();
  }

  snapshot(): JsonValue | null {
    return null;
  }

  restore(_snapshot: JsonValue): void {}

  /** No more data comes: what was held back for later data goes on. */
  finish(): void {}

  /** `finish` was called, and something that came before it has not come out yet. */
  isFinishing(): boolean {
    return false;
  }

  /** The task ends. */
  close(): void {}

  // ---- what a node calls ----

  protected emitRows(rows: Rows, selected: Int32Array, count: number): void {
    if (count === 0) return;
    const { context, outputs } = this;
    context.watch?.rows(context, rows, selected, count);
    for (let i = 0; i < outputs.length; i++) {
      const edge = outputs[i];
      if (edge === undefined || context.isStopped) return;
      edge.collected += count;
      edge.groupCounts?.addRows(rows.groups, selected, count);
      if (context.timer.isDue()) timedRows(edge, rows, selected, count);
      else edge.child.onRows(rows, selected, count, edge.source);
    }
  }

  protected emitBatch(batch: Batch): void {
    this.context.watch?.batch(this.context, batch);
    for (const edge of this.outputs) {
      if (this.context.isStopped) return;
      edge.collected++;
      edge.groupCounts?.add(batch.header.group.number, batch.count);
      if (this.context.timer.isDue()) timedBatch(edge, batch);
      else edge.child.onBatch(batch, edge.source);
    }
  }

  protected emitBarrier(barrier: Barrier): void {
    for (const edge of this.outputs) if (!this.context.isStopped) edge.child.onBarrier(barrier, edge.source);
  }

  protected emitDeleteGroup(group: Group): void {
    for (const edge of this.outputs) {
      if (this.context.isStopped) return;
      edge.groupCounts?.delete(group);
      edge.child.onDeleteGroup(group, edge.source);
    }
  }

  protected wantFlush(): void {
    if (this.isWaitingForFlush) return;
    this.isWaitingForFlush = true;
    this.context.wantsFlush(this);
  }

  /** An error of operation: counted, and logged unless the node is quiet. */
  protected report(message: string, error: string, ...fields: readonly (readonly [string, LogValue])[]): void {
    this.errorCount++;
    if (this.context.isQuiet) return;
    this.context.environment.log({
      level: 'error',
      message,
      node: this.context.name,
      fields: [['err', error], ...fields],
    });
  }
}

function timedRows(edge: Edge, rows: Rows, selected: Int32Array, count: number): void {
  const timer = edge.child.context.timer;
  timer.begin(edge.span);
  edge.child.onRows(rows, selected, count, edge.source);
  timer.end(edge.span, count, edge.child.executionTime);
}

function timedBatch(edge: Edge, batch: Batch): void {
  const timer = edge.child.context.timer;
  timer.begin(edge.span);
  edge.child.onBatch(batch, edge.source);
  timer.end(edge.span, batch.count, edge.child.executionTime);
}
