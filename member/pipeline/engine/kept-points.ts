/**
 * Points that groups keep until later ones come. Each keeps the whole block it came in, so a few silent groups could
 * keep many blocks: from time to time all kept points are copied together.
 */
import { assert } from '../../base/assert.ts';
import type { Rows } from './rows.ts';
import { RowsBuilder } from './rows-builder.ts';

/** A point by its place in a block; `rehouse` may move it to another. */
export interface KeptPoint {
  rows: Rows;
  row: number;
}

/** Rows that may come before kept points are copied, beside four times the number of those. */
const spareRows = 262_144;

export class RehousingTurn {
  private arrived = 0;

  /** Called with every block: whether it is time to rehouse. `kept`: about how many points are. */
  isDue(rows: number, kept: number): boolean {
    this.arrived += rows;
    if (this.arrived < spareRows + 4 * kept) return false;
    this.arrived = 0;
    return true;
  }
}

/** Copies kept points into as few blocks as their types allow. */
export function rehouse(points: Iterable<KeptPoint>): void {
  let builder: RowsBuilder | undefined;
  let moved: KeptPoint[] = [];
  const settle = (): void => {
    const rows = builder?.finish();
    if (rows !== undefined) moved.forEach((point, row) => Object.assign(point, { rows, row }));
    moved = [];
  };
  for (const point of points) {
    if (builder?.copyRow(point.rows, point.row, groupOf(point)) !== true) {
      settle();
      builder = new RowsBuilder(point.rows);
      const isCopied = builder.copyRow(point.rows, point.row, groupOf(point));
      assert(isCopied, 'a row fits into an empty block');
    }
    moved.push(point);
  }
  settle();
}

function groupOf({ rows, row }: KeptPoint): number {
  return rows.groups[row] ?? 0;
}
