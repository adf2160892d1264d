import { earliest, never } from '../../base/deadline.ts';
import type { Millis } from '../../base/deadline.ts';
import { ok } from '../../base/result.ts';
import { nanosOf, secondsOf, timeNs } from '../../influx/block.ts';
import { field, method } from '../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import { PartBatch } from '../engine/batch.ts';
import type { Batch } from '../engine/batch.ts';
import { GroupStates } from '../engine/group-states.ts';
import type { Group } from '../engine/groups.ts';
import { Machine } from '../engine/machine.ts';
import type { Barrier, MachineContext } from '../engine/machine.ts';
import type { Rows } from '../engine/rows.ts';
import { isBefore, zeroTimeSeconds } from '../engine/times.ts';
import { chainNode } from '../graph/chain-node.ts';
import type { NodeModule } from '../graph/chain-node.ts';
import { PipelineNode } from '../graph/node.ts';
import type { EdgeType, Graph } from '../graph/node.ts';
import { durationField } from '../graph/own-field.ts';
import { boolValue } from '../graph/script-values.ts';

const barrierDefinition: ObjectDefinition<BarrierNode> = {
  goType: '*pipeline.BarrierNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    idle: durationField('idleNs'),
    period: durationField('periodNs'),
    delete: field(
      'bool',
      (node, value) => {
        node.isDeleting = value;
      },
      (node) => boolValue(node.isDeleting),
    ),
  },
  chainMethods: {},
};

/** `barrier`: tells the nodes behind it by the clock how far time has come, when no points do. */
class BarrierNode extends PipelineNode {
  readonly definition = barrierDefinition;
  readonly kind = 'barrier';
  idleNs = 0n;
  periodNs = 0n;
  isDeleting = false;

  constructor(graph: Graph, edge: EdgeType) {
    super(graph, edge, edge);
  }

  override validate(): string | undefined {
    if (this.idleNs !== 0n && this.periodNs !== 0n) return 'cannot specify both idle and period';
    if (this.periodNs === 0n && this.idleNs <= 0n) return 'idle must be greater than zero';
    if (this.idleNs === 0n && this.periodNs <= 0n) return 'period must be greater than zero';
    return undefined;
  }

  override createMachine(context: MachineContext) {
    return ok(new BarrierMachine(context, this));
  }
}

/** Of one group: how far its time has come. */
interface Progress {
  readonly group: Group;
  pointSeconds: number;
  pointNanos: number;
  barrierSeconds: number;
  barrierNanos: number;
  deadline: Millis;
}

class BarrierMachine extends Machine {
  private readonly node: BarrierNode;
  private readonly isIdle: boolean;
  private readonly intervalMs: Millis;
  private readonly progress = new GroupStates<Progress>();
  /** No group is due before. */
  private earliestDeadline = never;
  private kept = new Int32Array(0);

  constructor(context: MachineContext, node: BarrierNode) {
    super(context);
    this.node = node;
    this.isIdle = node.idleNs !== 0n;
    this.intervalMs = Number(this.isIdle ? node.idleNs : node.periodNs) / 1e6;
  }

  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    const now = this.context.environment.clock.monotonicMs();
    if (this.kept.length < count) this.kept = new Int32Array(Math.max(count, 1024));
    const { kept } = this;
    let keptCount = 0;
    for (let i = 0; i < count; i++) {
      const row = selected[i] ?? 0;
      const progress = this.progressOf(rows.groups[row] ?? 0, now);
      if (this.takes(progress, rows.seconds[row] ?? 0, rows.nanos[row] ?? 0, now)) kept[keptCount++] = row;
    }
    this.emitRows(rows, kept, keptCount);
  }

  override onBatch(batch: Batch): void {
    const now = this.context.environment.clock.monotonicMs();
    const progress = this.progressOf(batch.header.group.number, now);
    const parts = batch.parts().map(({ rows, selected, count }) => ({
      rows,
      ...this.taken(progress, rows, selected.subarray(0, count), now),
    }));
    this.emitBatch(
      new PartBatch(
        batch.header,
        parts.filter((part) => part.count > 0),
      ),
    );
  }

  override onBarrier(barrier: Barrier): void {
    const now = this.context.environment.clock.monotonicMs();
    const progress = this.progressOf(barrier.group.number, now);
    if (!this.takes(progress, barrier.seconds, barrier.nanos, now)) return;
    if (this.isIdle) {
      progress.barrierSeconds = barrier.seconds;
      progress.barrierNanos = barrier.nanos;
    }
    this.emitBarrier(barrier);
  }

  override onDeleteGroup(group: Group): void {
    if (this.progress.delete(group) !== undefined) this.emitDeleteGroup(group);
  }

  override nextDeadline(): Millis {
    return this.earliestDeadline;
  }

  override wake(now: Millis): void {
    let next = never;
    for (const progress of this.progress.values()) {
      if (progress.deadline <= now) this.raise(progress, now);
      if (this.progress.get(progress.group.number) === progress) next = earliest(next, progress.deadline);
    }
    this.earliestDeadline = next;
  }

  /** What is behind has finished with this node, and takes no barrier any more. */
  override finish(): void {
    this.earliestDeadline = never;
  }

  override cardinality(): number {
    return this.progress.size;
  }

  private raise(progress: Progress, now: Millis): void {
    const { clock } = this.context.environment;
    const time = this.isIdle ? timeNs(progress.pointSeconds, progress.pointNanos) + this.node.idleNs : clock.wallNs();
    progress.barrierSeconds = secondsOf(time);
    progress.barrierNanos = nanosOf(time);
    progress.pointSeconds = progress.barrierSeconds;
    progress.pointNanos = progress.barrierNanos;
    progress.deadline = this.isIdle ? now + this.intervalMs : this.nextTick(progress.deadline, now);
    const { group, barrierSeconds: seconds, barrierNanos: nanos } = progress;
    this.emitBarrier({ group, name: 'barrier', seconds, nanos });
    if (!this.node.isDeleting) return;
    // As if the node in front had told of it: what is counted there per group goes, too.
    for (const edge of this.inputs) edge.groupCounts?.delete(group);
    this.onDeleteGroup(group);
  }

  /** As a ticker: on its beat, without those that were missed. */
  private nextTick(last: Millis, now: Millis): Millis {
    return last + this.intervalMs * (Math.floor((now - last) / this.intervalMs) + 1);
  }

  private progressOf(group: number, now: Millis): Progress {
    let progress = this.progress.get(group);
    if (progress === undefined) {
      const wall = this.context.environment.clock.wallNs();
      progress = {
        group: this.context.groups.at(group),
        pointSeconds: secondsOf(wall),
        pointNanos: nanosOf(wall),
        barrierSeconds: zeroTimeSeconds,
        barrierNanos: 0,
        deadline: now + this.intervalMs,
      };
      this.progress.set(group, progress);
      this.earliestDeadline = earliest(this.earliestDeadline, progress.deadline);
    }
    return progress;
  }

  /** Nothing older than the last barrier passes. */
  private takes(progress: Progress, seconds: number, nanos: number, now: Millis): boolean {
    if (isBefore(seconds, nanos, progress.barrierSeconds, progress.barrierNanos)) return false;
    progress.pointSeconds = seconds;
    progress.pointNanos = nanos;
    if (this.isIdle) progress.deadline = now + this.intervalMs;
    return true;
  }

  private taken(progress: Progress, rows: Rows, selected: Int32Array, now: Millis) {
    const kept = selected.filter((row) => this.takes(progress, rows.seconds[row] ?? 0, rows.nanos[row] ?? 0, now));
    return { selected: kept, count: kept.length };
  }
}

export const barrierModule: NodeModule = {
  chainMethods: {
    barrier: method([], (parent: PipelineNode) => parent.link(new BarrierNode(parent.graph, parent.provides))),
  },
};
