/** What goes to a function: rows and batches in order, encoded piece by piece as far as there is room for the bytes. */
import type { Batch, BatchHeader } from '../../engine/batch.ts';
import type { GroupTable } from '../../engine/groups.ts';
import { allRows, compacted } from '../../engine/rows.ts';
import type { Rows, RowSelection } from '../../engine/rows.ts';
import { PointEncoder } from './point-encoder.ts';
import type { UdfConnection } from './udf-port.ts';
import { WireWriter } from './wire-writer.ts';

/** Rows that wait do not keep a block in memory of which they are a smaller part than one in so many. */
const sparseFactor = 4;
/** Bytes handed over at once. */
const pieceBytes = 64 * 1024;

interface WaitingRows {
  readonly kind: 'rows';
  rows: Rows;
  selected: Int32Array;
  count: number;
  next: number;
}

interface WaitingBatch {
  readonly kind: 'batch';
  readonly header: BatchHeader;
  readonly parts: readonly RowSelection[];
  readonly size: number;
  hasBegun: boolean;
  part: number;
  next: number;
}

export class UdfInput {
  /** Points that wait; a batch counts for one more, so that empty ones count as well. */
  waiting = 0;
  private readonly encoder: PointEncoder;
  private readonly writer = new WireWriter();
  private queue: (WaitingRows | WaitingBatch)[] = [];
  /** Where the first that waits stands in the queue. */
  private first = 0;
  /** A point has a value that the protocol cannot carry: it is left out. */
  private readonly refuse: () => void;

  constructor(groups: GroupTable, refuse: () => void) {
    this.encoder = new PointEncoder(groups);
    this.refuse = refuse;
  }

  addRows(rows: Rows, selected: Int32Array, count: number, connection: UdfConnection | undefined): void {
    const added: WaitingRows = { kind: 'rows', rows, selected, count, next: 0 };
    this.waiting += count;
    this.queue.push(added);
    if (connection !== undefined) this.write(connection);
    if (added.next === added.count) return;
    // The selection is the caller's.
    added.selected = selected.slice(added.next, count);
    added.count -= added.next;
    added.next = 0;
    if (rows.length <= sparseFactor * added.count) return;
    added.rows = compacted(rows, added.selected, added.count);
    added.selected = allRows(added.count);
  }

  addBatch(batch: Batch, connection: UdfConnection | undefined): void {
    const { header, count: size } = batch;
    this.waiting += size + 1;
    this.queue.push({ kind: 'batch', header, parts: batch.parts(), size, hasBegun: false, part: 0, next: 0 });
    if (connection !== undefined) this.write(connection);
  }

  write(connection: UdfConnection): void {
    while (this.first < this.queue.length && connection.hasRoom()) {
      while (this.writer.length < pieceBytes) {
        const first = this.queue[this.first];
        if (first === undefined) break;
        const isThrough = first.kind === 'rows' ? this.encodeRows(first) : this.encodeBatch(first);
        if (isThrough) this.advance();
      }
      if (this.writer.length > 0) connection.write(this.writer.take());
    }
  }

  clear(): void {
    this.queue = [];
    this.first = 0;
    this.waiting = 0;
  }

  private advance(): void {
    this.first++;
    if (this.first < 1024 && this.first < this.queue.length) return;
    this.queue = this.queue.slice(this.first);
    this.first = 0;
  }

  /** True when all of it is encoded. */
  private encodeRows(waiting: WaitingRows): boolean {
    const { encoder, writer } = this;
    const { rows, selected, count } = waiting;
    while (waiting.next < count) {
      if (writer.length >= pieceBytes) return false;
      const row = selected[waiting.next++] ?? 0;
      this.waiting--;
      if (!encoder.writeRow(writer, rows, row)) this.refuse();
    }
    return true;
  }

  private encodeBatch(waiting: WaitingBatch): boolean {
    const { encoder, writer } = this;
    const { header, parts, size } = waiting;
    if (!waiting.hasBegun) encoder.writeBegin(writer, header, size);
    waiting.hasBegun = true;
    for (let part = parts[waiting.part]; part !== undefined; part = parts[waiting.part]) {
      while (waiting.next < part.count) {
        if (writer.length >= pieceBytes) return false;
        const row = part.selected[waiting.next++] ?? 0;
        this.waiting--;
        if (!encoder.writeBatchRow(writer, header.group, part.rows, row)) this.refuse();
      }
      waiting.part++;
      waiting.next = 0;
    }
    encoder.writeEnd(writer, header);
    this.waiting--;
    return true;
  }
}
