import type { KeptPoint } from '../../engine/kept-points.ts';
import { areEqual, isEarlier } from './join-group.ts';
import type { Joinable, Time } from './join-group.ts';

/** A value with its parent, on its way into a group. */
export interface Arrival {
  readonly source: number;
  readonly value: Joinable;
  /** Number of its own group. */
  readonly group: number;
}

/** Puts a value into the sets of a group. */
export type Deliver = (group: number, source: number, value: Joinable) => void;

interface Waiting {
  /** Grouped by more than the common dimensions. */
  specific: Arrival[];
  /** Grouped by the common dimensions alone: each joins with every specific one of its time. */
  general: Arrival[];
  readonly marks: Map<number, Time>;
}

/** `on()`: joins parents of which some are grouped by more tags than others, on the tags they have in common. */
export class JoinOn {
  private readonly parents: number;
  private readonly deliver: Deliver;
  private readonly waiting = new Map<number, Waiting>();
  private readonly reported = new Set<number>();

  constructor(parents: number, deliver: Deliver) {
    this.parents = parents;
    this.deliver = deliver;
  }

  /** `common` is the group by the common dimensions alone. */
  arrive(arrival: Arrival, common: number, isSpecific: boolean): void {
    this.reported.add(arrival.source);
    const haveAllReported = this.reported.size === this.parents;
    let waiting = this.waiting.get(common);
    if (waiting === undefined) {
      waiting = { specific: [], general: [], marks: new Map() };
      this.waiting.set(common, waiting);
    }
    const { time } = arrival.value;
    waiting.marks.set(arrival.source, time);
    const low = haveAllReported ? this.lowMark(waiting) : undefined;
    if (haveAllReported) this.releaseBefore(waiting, low);
    if (isSpecific) this.arriveSpecific(waiting, arrival, low, haveAllReported);
    else this.arriveGeneral(waiting, arrival);
  }

  *points(): Iterable<KeptPoint> {
    for (const { specific, general } of this.waiting.values()) {
      for (const { value } of [...specific, ...general]) if (value.kind === 'point') yield value;
    }
  }

  /** Undefined stands for the beginning of time: a parent that has shown nothing in this group yet. */
  private lowMark(waiting: Waiting): Time | undefined {
    let low: Time | undefined;
    for (let source = 0; source < this.parents; source++) {
      const mark = waiting.marks.get(source);
      // As 1.5.4 computes it: an unknown mark takes the place of the lowest, and the next known one replaces it.
      if (low === undefined || mark === undefined || isEarlier(mark, low)) low = mark;
    }
    return low;
  }

  /** Nothing general can come for these any more. */
  private releaseBefore(waiting: Waiting, low: Time | undefined): void {
    let count = 0;
    for (const arrival of waiting.specific) {
      if (low === undefined || !isEarlier(arrival.value.time, low)) break;
      this.deliver(arrival.group, arrival.source, arrival.value);
      count++;
    }
    if (count > 0) waiting.specific.splice(0, count);
  }

  private arriveSpecific(waiting: Waiting, arrival: Arrival, low: Time | undefined, haveAllReported: boolean): void {
    const { time } = arrival.value;
    let isMatched = false;
    let passed = 0;
    for (const general of waiting.general) {
      if (areEqual(general.value.time, time)) {
        this.deliverPair(arrival, general);
        isMatched = true;
      }
      if (low === undefined || !isEarlier(general.value.time, low)) break;
      passed++;
    }
    if (haveAllReported && passed > 0) waiting.general.splice(0, passed);
    if (isMatched) return;
    if (haveAllReported && low !== undefined && isEarlier(time, low))
      this.deliver(arrival.group, arrival.source, arrival.value);
    else waiting.specific.push(arrival);
  }

  private arriveGeneral(waiting: Waiting, arrival: Arrival): void {
    waiting.general.push(arrival);
    let count = 0;
    for (const specific of waiting.specific) {
      if (!areEqual(specific.value.time, arrival.value.time)) break;
      this.deliverPair(specific, arrival);
      count++;
    }
    if (count > 0) waiting.specific.splice(0, count);
  }

  /** Both go into the specific one's group. */
  private deliverPair(specific: Arrival, general: Arrival): void {
    this.deliver(specific.group, specific.source, specific.value);
    this.deliver(specific.group, general.source, general.value);
  }
}
