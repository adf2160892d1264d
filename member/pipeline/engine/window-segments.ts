/**
 * The blocks that windows hold points of. Small blocks are gathered into larger ones, of the same measurement, as a
 * block of one point takes forty times the room of its point.
 */
import { assert } from '../../base/assert.ts';
import type { Column } from '../../tick/lambda/column.ts';
import { fieldOf } from './rows.ts';
import type { Rows } from './rows.ts';
import { RowsBuilder } from './rows-builder.ts';

/** Rows that a gathered block has at most. */
const gatheredLimit = 4096;

export class Segment {
  rows: Rows;
  /** Points in use, and one while it is being read in or gathered. */
  held = 1;
  private lastName = '';
  private lastColumn: Column | undefined;

  constructor(rows: Rows) {
    this.rows = rows;
  }

  column(name: string): Column | undefined {
    if (this.lastName !== name) {
      this.lastName = name;
      this.lastColumn = fieldOf(this.rows, name);
    }
    return this.lastColumn;
  }

  replaceRows(rows: Rows): void {
    this.rows = rows;
    this.lastName = '';
  }
}

interface Gathering {
  readonly index: number;
  readonly builder: RowsBuilder;
}

export class WindowSegments {
  /** Rows of all blocks held. */
  rowCount = 0;
  private readonly segments: (Segment | undefined)[] = [];
  private readonly free: number[] = [];
  /** By measurement. */
  private readonly gathering = new Map<string, Gathering>();

  at(index: number): Segment | undefined {
    return this.segments[index];
  }

  /** Keeps a block; whoever adds it holds it. */
  add(rows: Rows): number {
    const index = this.free.pop() ?? this.segments.length;
    this.segments[index] = new Segment(rows);
    this.rowCount += rows.length;
    return index;
  }

  /** A gathered block that rows like these can be added to; there is room for at least `count`. */
  gather(rows: Rows, count: number): Gathering {
    const known = this.gathering.get(rows.name);
    if (known?.builder.takes(rows) === true && known.builder.length + count <= gatheredLimit) return known;
    if (known !== undefined) this.finishGathering(rows.name, known);
    const builder = new RowsBuilder(rows);
    const made = { index: this.add(builder.finish()), builder };
    this.gathering.set(rows.name, made);
    return made;
  }

  /** Copies a row to the end of a gathered block, where it is seen after `publish`; returns its place. */
  append({ builder }: Gathering, rows: Rows, row: number): number {
    const isCopied = builder.copyRow(rows, row, 0);
    assert(isCopied, 'a row fits into a block that takes its like');
    return builder.length - 1;
  }

  publish({ index, builder }: Gathering): void {
    const segment = this.segments[index];
    if (segment === undefined) return;
    this.rowCount += builder.length - segment.rows.length;
    segment.replaceRows(builder.finish());
  }

  finishAll(): void {
    for (const [name, gathering] of this.gathering) this.finishGathering(name, gathering);
  }

  hold(index: number): void {
    const segment = this.segments[index];
    if (segment !== undefined) segment.held++;
  }

  release(index: number): void {
    const segment = this.segments[index];
    if (segment === undefined) return;
    segment.held--;
    if (segment.held > 0) return;
    this.rowCount -= segment.rows.length;
    this.segments[index] = undefined;
    this.free.push(index);
  }

  private finishGathering(name: string, gathering: Gathering): void {
    this.publish(gathering);
    this.gathering.delete(name);
    this.release(gathering.index);
  }
}
