/**
 * Points that windows hold, of all groups of a node: a queue per group, linked through typed arrays, whose entries
 * point into the blocks the points came in. A block is let go when its last point leaves.
 */
import { assert } from '../../base/assert.ts';
import { Batch } from './batch.ts';
import type { BatchHeader } from './batch.ts';
import type { FieldValues } from './field-values.ts';
import { allRows, compacted, isPresent, noGroups, rowRange, withGroups } from './rows.ts';
import type { Rows, RowSelection } from './rows.ts';
import { RowsBuilder } from './rows-builder.ts';
import { WindowSegments } from './window-segments.ts';

const none = -1;

/** Blocks with fewer chosen rows are gathered. */
const smallBlock = 64;
/** Rows that may be kept for nothing, beside four times those in use. */
const spareRows = 65_536;

export class WindowStore {
  private readonly segments = new WindowSegments();
  private pointCount = 0;
  private slotSegment = new Int32Array(1024);
  private slotRow = new Int32Array(1024);
  private slotNext = new Int32Array(1024);
  private freeSlot = none;
  private slotCount = 0;
  private heads: Int32Array = new Int32Array(0);
  private tails: Int32Array = new Int32Array(0);
  private sizes: Int32Array = new Int32Array(0);

  /** Makes room for groups up to that number. */
  reserveGroups(count: number): void {
    const before = this.heads.length;
    if (before >= count) return;
    const capacity = Math.max(64, 2 * count);
    this.heads = grown(this.heads, capacity, none);
    this.tails = grown(this.tails, capacity, none);
    this.sizes = grown(this.sizes, capacity, 0);
  }

  /**
   * Before points of these rows are pushed; the answer is to be given back with `close`. Few rows, or the fewer of a
   * block, are copied, so that the others need not be kept; `rowAt` then says where a row went.
   */
  open(rows: Rows, selected: Int32Array, count: number): OpenSegment {
    if (this.segments.rowCount > 4 * this.pointCount + spareRows) this.compact();
    if (count < smallBlock) return this.openGathered(rows, selected, count);
    const isSparse = 2 * count < rows.length;
    // Windows know the groups of their points by themselves; those of the block need not be kept with it.
    const kept = isSparse ? compacted(rows, selected, count) : withGroups(rows, noGroups(rows.length));
    return { index: this.segments.add(kept), rowAt: isSparse ? allRows(count) : selected };
  }

  close(open: OpenSegment): void {
    this.segments.release(open.index);
  }

  push(group: number, segment: number, row: number): void {
    const slot = this.takeSlot();
    this.slotSegment[slot] = segment;
    this.slotRow[slot] = row;
    this.slotNext[slot] = none;
    this.segments.hold(segment);
    this.pointCount++;
    const tail = this.tails[group] ?? none;
    if (tail === none) this.heads[group] = slot;
    else this.slotNext[tail] = slot;
    this.tails[group] = slot;
    this.sizes[group] = (this.sizes[group] ?? 0) + 1;
  }

  size(group: number): number {
    return this.sizes[group] ?? 0;
  }

  /** Whether the group's oldest point is at or after the time (after it, when exclusive). */
  keepsOldest(group: number, seconds: number, nanos: number, isInclusive: boolean): boolean {
    const head = this.heads[group] ?? none;
    if (head === none) return false;
    const rows = this.segments.at(this.slotSegment[head] ?? 0)?.rows;
    const row = this.slotRow[head] ?? 0;
    return isWithin(rows?.seconds[row] ?? 0, rows?.nanos[row] ?? 0, seconds, nanos, isInclusive);
  }

  shift(group: number): void {
    const head = this.heads[group] ?? none;
    if (head === none) return;
    const next = this.slotNext[head] ?? none;
    this.heads[group] = next;
    if (next === none) this.tails[group] = none;
    this.sizes[group] = (this.sizes[group] ?? 1) - 1;
    this.pointCount--;
    this.segments.release(this.slotSegment[head] ?? 0);
    this.slotNext[head] = this.freeSlot;
    this.freeSlot = head;
  }

  clear(group: number): void {
    while (this.size(group) > 0) this.shift(group);
  }

  /** A view of the group's points; it must be used up before the store changes, but for `parts()` it was asked for. */
  batch(group: number, header: BatchHeader): WindowBatch {
    return new WindowBatch(header, this.size(group), this, group);
  }

  readField(group: number, name: string, into: FieldValues): void {
    for (let slot = this.heads[group] ?? none; slot !== none; slot = this.slotNext[slot] ?? none) {
      const segment = this.segments.at(this.slotSegment[slot] ?? 0);
      if (segment === undefined) continue;
      const column = segment.column(name);
      const row = this.slotRow[slot] ?? 0;
      if (column === undefined || !isPresent(column, row)) into.addMissing();
      else into.add(column, segment.rows, row);
    }
  }

  /** The group's points as rows of their own, in the given group. */
  gather(group: number, batchGroup: number): readonly RowSelection[] {
    const parts: RowSelection[] = [];
    let builder: RowsBuilder | undefined;
    for (let slot = this.heads[group] ?? none; slot !== none; slot = this.slotNext[slot] ?? none) {
      const segment = this.segments.at(this.slotSegment[slot] ?? 0);
      if (segment === undefined) continue;
      const row = this.slotRow[slot] ?? 0;
      if (builder?.copyRow(segment.rows, row, batchGroup) === true) continue;
      if (builder !== undefined) parts.push(wholeOf(builder.finish()));
      builder = new RowsBuilder(segment.rows, this.size(group));
      const isCopied = builder.copyRow(segment.rows, row, batchGroup);
      assert(isCopied, 'a row fits into an empty block');
    }
    if (builder !== undefined) parts.push(wholeOf(builder.finish()));
    return parts;
  }

  private takeSlot(): number {
    const slot = this.freeSlot;
    if (slot !== none) {
      this.freeSlot = this.slotNext[slot] ?? none;
      return slot;
    }
    if (this.slotCount === this.slotRow.length) {
      const capacity = 2 * this.slotCount;
      this.slotSegment = grown(this.slotSegment, capacity, 0);
      this.slotRow = grown(this.slotRow, capacity, 0);
      this.slotNext = grown(this.slotNext, capacity, none);
    }
    return this.slotCount++;
  }

  private openGathered(rows: Rows, selected: Int32Array, count: number): OpenSegment {
    const gathering = this.segments.gather(rows, count);
    const start = gathering.builder.length;
    for (let i = 0; i < count; i++) this.segments.append(gathering, rows, selected[i] ?? 0);
    this.segments.publish(gathering);
    this.segments.hold(gathering.index);
    return { index: gathering.index, rowAt: rowRange(start, start + count) };
  }

  /** Copies the points in use, so that blocks can go of which a few points are left. */
  private compact(): void {
    const { segments } = this;
    segments.finishAll();
    for (let group = 0; group < this.heads.length; group++) {
      for (let slot = this.heads[group] ?? none; slot !== none; slot = this.slotNext[slot] ?? none) {
        const index = this.slotSegment[slot] ?? 0;
        const rows = segments.at(index)?.rows;
        if (rows === undefined) continue;
        const gathering = segments.gather(rows, 1);
        this.slotRow[slot] = segments.append(gathering, rows, this.slotRow[slot] ?? 0);
        this.slotSegment[slot] = gathering.index;
        segments.hold(gathering.index);
        segments.release(index);
      }
    }
    segments.finishAll();
  }
}

export interface OpenSegment {
  readonly index: number;
  /** For each chosen row, in order, its place in the block that is kept. */
  readonly rowAt: Int32Array;
}

class WindowBatch extends Batch {
  private readonly store: WindowStore;
  private readonly source: number;
  private gathered: readonly RowSelection[] | undefined;
  private isOver = false;

  constructor(header: BatchHeader, count: number, store: WindowStore, source: number) {
    super(header, count);
    this.store = store;
    this.source = source;
  }

  override parts(): readonly RowSelection[] {
    if (this.gathered === undefined) {
      assert(!this.isOver, 'who keeps a batch asks for its parts at once');
      this.gathered = this.store.gather(this.source, this.header.group.number);
    }
    return this.gathered;
  }

  override readField(name: string, into: FieldValues): void {
    assert(!this.isOver, 'who keeps a batch asks for its parts at once');
    this.store.readField(this.source, name, into);
  }

  /** The store is about to change. */
  end(): void {
    this.isOver = true;
  }
}

function wholeOf(rows: Rows): RowSelection {
  return { rows, selected: allRows(rows.length), count: rows.length };
}

function grown(values: Int32Array, capacity: number, filler: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity).fill(filler, values.length);
  larger.set(values);
  return larger;
}

/** Whether a time is at or after another (after it, when exclusive). */
export function isWithin(
  seconds: number,
  nanos: number,
  oldestSeconds: number,
  oldestNanos: number,
  isInclusive: boolean,
): boolean {
  return (
    seconds > oldestSeconds || (seconds === oldestSeconds && (isInclusive ? nanos >= oldestNanos : nanos > oldestNanos))
  );
}
