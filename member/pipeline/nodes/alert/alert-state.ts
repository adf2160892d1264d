import type { Inhibitor } from '../../../alerts/inhibitors.ts';
import type { TagSet } from '../../../influx/tag-table.ts';
import { zeroTimeSeconds } from '../../engine/times.ts';
import type { AlertNode } from './alert.ts';
import type { LevelRank } from './levels.ts';
import type { EventSubject } from './templates.ts';

/** The newest change counts this much more than the oldest, in the measure of flapping. */
const weightDifference = 1.5;
const largestWeight = 1.2;

const zeroTimeNs = BigInt(zeroTimeSeconds) * 1_000_000_000n;
const longestNs = 2n ** 63n - 1n;

/** What names the events of points with these tags, with the rendered id: shared by all of them. */
export interface NamedEvent {
  readonly measurement: string;
  readonly tags: TagSet;
  readonly subject: EventSubject;
  readonly id: string;
}

/** What an alert node remembers of a group. */
export class AlertState {
  private readonly node: AlertNode;
  private readonly history: Uint8Array;
  private index = 0;
  isFlapping = false;
  /** Whether the last event's level was another than the one before. */
  hasChanged = false;
  /** Whether the interval of `stateChangesOnly` has passed since the last event that went out. */
  isExpired = false;
  private firstTriggeredNs = zeroTimeNs;
  private lastTriggeredNs = zeroTimeNs;
  readonly inhibitors: readonly Inhibitor[];
  /** Of the last event; the points of a group mostly have the same tags. */
  named: NamedEvent | undefined;

  constructor(node: AlertNode, inhibitors: readonly Inhibitor[]) {
    this.node = node;
    this.history = new Uint8Array(Math.max(2, Number(node.history)));
    this.inhibitors = inhibitors;
  }

  get level(): LevelRank {
    return this.history[this.index] ?? 0;
  }

  /** Since the first event after the last OK; the longest there is when that one was suppressed. */
  get durationNs(): bigint {
    const duration = this.lastTriggeredNs - this.firstTriggeredNs;
    return duration > longestNs ? longestNs : duration;
  }

  addEvent(level: LevelRank): void {
    this.hasChanged = this.level !== level;
    this.index = this.index + 1 === this.history.length ? 0 : this.index + 1;
    this.history[this.index] = level;
    const { flapping } = this.node;
    if (flapping !== undefined) this.updateFlapping(flapping.low, flapping.high);
    this.isExpired = false;
  }

  /** Sets `isExpired`, where the node has an interval, by the time of the event that was added. */
  expire(timeNs: bigint): void {
    const { stateChangesIntervalNs } = this.node;
    this.isExpired =
      !this.hasChanged &&
      stateChangesIntervalNs !== 0n &&
      elapsed(timeNs, this.lastTriggeredNs) >= stateChangesIntervalNs;
  }

  /** An event goes out. */
  trigger(timeNs: bigint): void {
    this.lastTriggeredNs = timeNs;
    const previous = this.index === 0 ? this.history.length - 1 : this.index - 1;
    if (this.history[previous] === 0) this.firstTriggeredNs = timeNs;
    for (const inhibitor of this.inhibitors) inhibitor.isInhibiting = this.level !== 0;
  }

  private updateFlapping(low: number, high: number): void {
    const change = this.changeRate();
    if (this.isFlapping && change < low) this.isFlapping = false;
    else if (!this.isFlapping && change > high) this.isFlapping = true;
  }

  /** Share of changes in the history, newer ones weighing more. */
  private changeRate(): number {
    const length = this.history.length;
    let weight = largestWeight / weightDifference;
    const step = (largestWeight - weight) / (length - 1);
    let changes = 0;
    for (let i = 0; i < length - 1; i++) {
      const at = (i + this.index) % length;
      const before = at === 0 ? length - 1 : at - 1;
      if (this.history[at] !== this.history[before]) changes += weight;
      weight += step;
    }
    return changes / (length - 1);
  }
}

function elapsed(toNs: bigint, fromNs: bigint): bigint {
  const duration = toNs - fromNs;
  return duration > longestNs ? longestNs : duration;
}
