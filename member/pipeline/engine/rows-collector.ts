import { assert } from '../../base/assert.ts';
import { allRows } from './rows.ts';
import type { Rows, RowSelection } from './rows.ts';
import { RowsBuilder } from './rows-builder.ts';

/** Collects points of any kind, in order, into as few blocks as their types allow. */
export class RowsCollector {
  private readonly finished: RowSelection[] = [];
  private builder: RowsBuilder | undefined;

  add(rows: Rows, row: number, group: number): void {
    if (this.builder?.copyRow(rows, row, group) === true) return;
    this.finishBuilder();
    this.builder = new RowsBuilder(rows);
    const isCopied = this.builder.copyRow(rows, row, group);
    assert(isCopied, 'a row fits into an empty block');
  }

  take(): RowSelection[] {
    this.finishBuilder();
    return this.finished.splice(0);
  }

  /** Points of equal times keep their order. */
  sortedByTime(): readonly RowSelection[] {
    const parts = this.take();
    const points = parts.flatMap(({ rows, selected, count }) =>
      Array.from({ length: count }, (_, i) => ({ rows, row: selected[i] ?? 0 })),
    );
    const compare = (a: Point, b: Point): number =>
      (a.rows.seconds[a.row] ?? 0) - (b.rows.seconds[b.row] ?? 0) ||
      (a.rows.nanos[a.row] ?? 0) - (b.rows.nanos[b.row] ?? 0);
    if (points.every((point, index) => index === 0 || compare(points[index - 1] ?? point, point) <= 0)) return parts;
    points.sort(compare);
    const sorted = new RowsCollector();
    for (const { rows, row } of points) sorted.add(rows, row, rows.groups[row] ?? 0);
    return sorted.take();
  }

  private finishBuilder(): void {
    if (this.builder === undefined) return;
    const rows = this.builder.finish();
    this.finished.push({ rows, selected: allRows(rows.length), count: rows.length });
    this.builder = undefined;
  }
}

interface Point {
  readonly rows: Rows;
  readonly row: number;
}
