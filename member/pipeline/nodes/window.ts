import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { nanosOf, secondsOf, timeNs } from '../../influx/block.ts';
import { method } from '../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import { durationField, intField } from '../graph/own-field.ts';
import { SeenGroups } from '../engine/group-states.ts';
import type { Group } from '../engine/groups.ts';
import { Machine } from '../engine/machine.ts';
import type { Barrier, MachineContext } from '../engine/machine.ts';
import type { Rows } from '../engine/rows.ts';
import { truncateNs } from '../engine/times.ts';
import { WindowRings } from '../engine/window-ring.ts';
import { WindowStore } from '../engine/window-store.ts';
import { chainNode } from '../graph/chain-node.ts';
import type { NodeModule } from '../graph/chain-node.ts';
import { PipelineNode } from '../graph/node.ts';
import type { Graph } from '../graph/node.ts';

const windowDefinition: ObjectDefinition<WindowNode> = {
  goType: '*pipeline.WindowNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    period: durationField('periodNs'),
    every: durationField('everyNs'),
    periodCount: intField('periodCount'),
    everyCount: intField('everyCount'),
    align: method([], (node) => {
      node.isAligned = true;
    }),
    fillPeriod: method([], (node) => {
      node.isFilled = true;
    }),
  },
  chainMethods: {},
};

/** Points that a window may be of: each group holds as many. */
const longestPeriod = 100_000_000n;

/** `window`: batches of the points of a period, or of the last so many points. */
class WindowNode extends PipelineNode {
  readonly definition = windowDefinition;
  readonly kind = 'window';
  periodNs = 0n;
  everyNs = 0n;
  periodCount = 0n;
  everyCount = 0n;
  isAligned = false;
  isFilled = false;

  constructor(graph: Graph) {
    super(graph, 'stream', 'batch');
  }

  override validate(): string | undefined {
    if (this.periodCount === 0n) return undefined;
    if (this.periodNs !== 0n) return 'cannot specify both period and periodCount';
    if (this.isAligned) return 'can only align windows based off time, not count';
    if (this.everyCount <= 0n) return 'everyCount must be greater than zero';
    // With such the whole original stops at the first point.
    if (this.periodCount < 0n || this.periodCount > longestPeriod)
      return `periodCount must be from 1 to ${longestPeriod}, got ${this.periodCount}`;
    return undefined;
  }

  override createMachine(context: MachineContext): Result<Machine, string> {
    if (this.periodNs !== 0n) return ok(new TimeWindowMachine(context, this));
    if (this.periodCount !== 0n) return ok(new CountWindowMachine(context, this));
    return err('window node must have either a non zero period or non zero period count');
  }
}

/** What both kinds of window share: the store, the groups, and how a batch begins. */
abstract class WindowMachine extends Machine {
  protected readonly node: WindowNode;
  protected readonly store = new WindowStore();
  private readonly seen = new SeenGroups();
  /** Name of a group's first point: that of all its batches. */
  private readonly names: string[] = [];
  private readonly batchGroups: (Group | undefined)[] = [];

  constructor(context: MachineContext, node: WindowNode) {
    super(context);
    this.node = node;
  }

  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    const known = this.context.groups.size;
    this.seen.addRows(rows.groups, selected, count, known);
    this.store.reserveGroups(known);
    this.reserve(known);
    const segment = this.store.open(rows, selected, count);
    for (let i = 0; i < count; i++) {
      const row = selected[i] ?? 0;
      const group = rows.groups[row] ?? 0;
      this.onPoint(group, rows, row, segment.index, segment.rowAt[i] ?? 0);
    }
    this.store.close(segment);
  }

  override onDeleteGroup(group: Group): void {
    if (!this.seen.delete(group)) return;
    this.store.clear(group.number);
    this.forget(group.number);
    this.emitDeleteGroup(group);
  }

  override cardinality(): number {
    return this.seen.size;
  }

  /** Makes room for groups up to that number. */
  protected abstract reserve(groups: number): void;
  protected abstract forget(group: number): void;
  protected abstract onPoint(group: number, rows: Rows, row: number, segment: number, segmentRow: number): void;

  protected see(group: Group): void {
    this.seen.add(group);
    this.store.reserveGroups(group.number + 1);
    this.reserve(group.number + 1);
  }

  protected begin(group: number, name: string): void {
    while (this.names.length <= group) this.names.push('');
    this.names[group] = name;
  }

  protected emitWindow(group: number, seconds: number, nanos: number): void {
    const { groups } = this.context;
    const name = this.names[group] ?? '';
    while (this.batchGroups.length <= group) this.batchGroups.push(undefined);
    let batchGroup = this.batchGroups[group];
    if (batchGroup === undefined) {
      const of = groups.at(group);
      batchGroup = groups.ofBatch(name, of.tags, of.dimensions.byName);
      this.batchGroups[group] = batchGroup;
    }
    const batch = this.store.batch(group, { name, group: batchGroup, tags: batchGroup.tags, seconds, nanos });
    this.emitBatch(batch);
    batch.end();
  }
}

const unbegun = Number.NaN;

class TimeWindowMachine extends WindowMachine {
  private nextSeconds: Float64Array = new Float64Array(0);
  private nextNanos: Int32Array = new Int32Array(0);
  private readonly period: Span;
  private readonly every: Span;
  private readonly rings: WindowRings;

  constructor(context: MachineContext, node: WindowNode) {
    super(context, node);
    this.rings = new WindowRings(this.store);
    this.period = spanOf(node.periodNs);
    this.every = spanOf(node.everyNs);
  }

  protected override reserve(groups: number): void {
    if (this.nextSeconds.length >= groups) return;
    this.rings.reserveGroups(groups);
    const capacity = Math.max(64, 2 * groups);
    const seconds = new Float64Array(capacity).fill(unbegun, this.nextSeconds.length);
    seconds.set(this.nextSeconds);
    this.nextSeconds = seconds;
    const nanos = new Int32Array(capacity);
    nanos.set(this.nextNanos);
    this.nextNanos = nanos;
  }

  protected override forget(group: number): void {
    this.nextSeconds[group] = unbegun;
    this.rings.forget(group);
  }

  protected override onPoint(group: number, rows: Rows, row: number, segment: number, segmentRow: number): void {
    const seconds = rows.seconds[row] ?? 0;
    const nanos = rows.nanos[row] ?? 0;
    let next = this.nextSeconds[group] ?? unbegun;
    if (Number.isNaN(next)) {
      this.beginGroup(group, rows.name, seconds, nanos);
      next = this.nextSeconds[group] ?? 0;
    }
    // Without `every` each point ends a window, itself included; else a window ends before the point that is due.
    if (this.node.everyNs === 0n) this.rings.push(group, segment, segmentRow, seconds, nanos);
    if (seconds > next || (seconds === next && nanos >= (this.nextNanos[group] ?? 0)))
      this.emitDue(group, seconds, nanos);
    if (this.node.everyNs !== 0n) this.rings.push(group, segment, segmentRow, seconds, nanos);
  }

  /** A barrier ends what is due; it does not itself go on. */
  override onBarrier(barrier: Barrier): void {
    const { group, seconds, nanos } = barrier;
    this.see(group);
    if (Number.isNaN(this.nextSeconds[group.number] ?? unbegun))
      this.beginGroup(group.number, barrier.name, seconds, nanos);
    const next = this.nextSeconds[group.number] ?? 0;
    if (seconds > next || (seconds === next && nanos >= (this.nextNanos[group.number] ?? 0)))
      this.emitDue(group.number, seconds, nanos);
  }

  private beginGroup(group: number, name: string, seconds: number, nanos: number): void {
    this.begin(group, name);
    const { periodNs, everyNs, isAligned, isFilled } = this.node;
    const now = timeNs(seconds, nanos);
    const first = now + (isFilled ? periodNs : everyNs);
    let next = isAligned ? truncateNs(first, everyNs) : first;
    // Aligned and filled, the first window must end after a whole period.
    if (isAligned && isFilled && next <= first) next += everyNs;
    this.nextSeconds[group] = secondsOf(next);
    this.nextNanos[group] = nanosOf(next);
  }

  private emitDue(group: number, seconds: number, nanos: number): void {
    const isEveryPoint = this.node.everyNs === 0n;
    const endSeconds = isEveryPoint ? seconds : (this.nextSeconds[group] ?? 0);
    const endNanos = isEveryPoint ? nanos : (this.nextNanos[group] ?? 0);
    const { period } = this;
    let oldestSeconds = endSeconds - period.seconds;
    let oldestNanos = endNanos - period.nanos;
    if (oldestNanos < 0) {
      oldestNanos += 1_000_000_000;
      oldestSeconds--;
    }
    this.rings.purge(group, oldestSeconds, oldestNanos, !isEveryPoint);
    this.emitWindow(group, endSeconds, endNanos);
    if (isEveryPoint) {
      this.nextSeconds[group] = seconds;
      this.nextNanos[group] = nanos;
    } else this.setNext(group, seconds, nanos);
  }

  /** From the point that came, not from the window that ended. */
  private setNext(group: number, seconds: number, nanos: number): void {
    const { every } = this;
    if (!this.node.isAligned) {
      let nextNanos = nanos + every.nanos;
      let nextSeconds = seconds + every.seconds;
      if (nextNanos >= 1_000_000_000) {
        nextNanos -= 1_000_000_000;
        nextSeconds++;
      }
      this.nextSeconds[group] = nextSeconds;
      this.nextNanos[group] = nextNanos;
      return;
    }
    if (every.nanos === 0) {
      this.nextSeconds[group] = truncatedSeconds(seconds + every.seconds, every.seconds);
      this.nextNanos[group] = 0;
      return;
    }
    const next = truncateNs(timeNs(seconds, nanos) + this.node.everyNs, this.node.everyNs);
    this.nextSeconds[group] = secondsOf(next);
    this.nextNanos[group] = nanosOf(next);
  }
}

class CountWindowMachine extends WindowMachine {
  private counts: Float64Array = new Float64Array(0);
  private nextEmits: Float64Array = new Float64Array(0);
  private readonly period: number;
  private readonly every: number;

  constructor(context: MachineContext, node: WindowNode) {
    super(context, node);
    this.period = Number(node.periodCount);
    this.every = Number(node.everyCount);
  }

  protected override reserve(groups: number): void {
    if (this.counts.length >= groups) return;
    const capacity = Math.max(64, 2 * groups);
    const counts = new Float64Array(capacity);
    counts.set(this.counts);
    this.counts = counts;
    const nextEmits = new Float64Array(capacity);
    nextEmits.set(this.nextEmits);
    this.nextEmits = nextEmits;
  }

  protected override forget(group: number): void {
    this.counts[group] = 0;
  }

  protected override onPoint(group: number, rows: Rows, row: number, segment: number, segmentRow: number): void {
    const count = (this.counts[group] ?? 0) + 1;
    this.counts[group] = count;
    if (count === 1) {
      this.begin(group, rows.name);
      this.nextEmits[group] = this.node.isFilled ? this.period : this.every;
    }
    this.store.push(group, segment, segmentRow);
    if (this.store.size(group) > this.period) this.store.shift(group);
    if (count !== this.nextEmits[group]) return;
    this.nextEmits[group] = count + this.every;
    this.emitWindow(group, rows.seconds[row] ?? 0, rows.nanos[row] ?? 0);
  }

  override onBarrier(barrier: Barrier): void {
    this.see(barrier.group);
    this.emitBarrier(barrier);
  }
}

interface Span {
  readonly seconds: number;
  readonly nanos: number;
}

function spanOf(ns: bigint): Span {
  return { seconds: secondsOf(ns), nanos: nanosOf(ns) };
}

const secondsToEpoch = 62135596800;

function truncatedSeconds(seconds: number, unit: number): number {
  if (unit <= 0) return seconds;
  const rest = (seconds + secondsToEpoch) % unit;
  return seconds - (rest < 0 ? rest + unit : rest);
}

export const windowModule: NodeModule = {
  chainMethods: {
    window: method([], (parent: PipelineNode, _args, call) =>
      parent.provides === 'stream' ? parent.link(new WindowNode(parent.graph)) : call.panic('cannot Window batch edge'),
    ),
  },
};
