import { expect, test } from 'vitest';
import { present } from '../../base/assert.ts';
import { LineProtocolParser } from '../../influx/line-protocol/parse.ts';
import { rehouse, RehousingTurn } from './kept-points.ts';
import type { KeptPoint } from './kept-points.ts';
import { fieldOf, isPresent } from './rows.ts';

const parser = new LineProtocolParser();

function pointsOf(...lines: readonly string[]): KeptPoint[] {
  const request = { database: 'd', retentionPolicy: 'r', precision: 's', nowNs: 0n } as const;
  const body = parser.parse(new TextEncoder().encode(lines.join('\n')), request);
  if (!body.ok) throw new Error(body.error);
  return body.value.blocks.flatMap((block) => {
    const rows = { ...block, groups: new Uint32Array(block.length).map((_, row) => row + 5) };
    return Array.from({ length: block.length }, (_, row) => ({ rows, row }));
  });
}

function shown({ rows, row }: KeptPoint): string {
  const fields = ['v', 'w'].flatMap((name) => {
    const column = fieldOf(rows, name);
    return column !== undefined && isPresent(column, row) ? [`${name}=${String(column.values[row])}`] : [];
  });
  const tags = JSON.stringify(rows.tagTable.at(rows.tagIds[row] ?? 0).toRecord());
  return [rows.name, tags, rows.seconds[row], rows.groups[row], ...fields].join(' ');
}

test('rehoused points are the same in fewer blocks', () => {
  const points = ['m,h=a v=1 1', 'm v="x" 2', 'm,h=b w=3i 3', 'n v=true 4', 'm v=5 5', 'm v=6,w=7 6'].flatMap((line) =>
    pointsOf(line),
  );
  const before = points.map(shown);
  rehouse(points);
  expect(points.map(shown)).toEqual(before);
  // The string, the other measurement and the number after it each begin one.
  expect(new Set(points.map(({ rows }) => rows)).size).toBe(4);
  rehouse(points);
  expect(points.map(shown)).toEqual(before);
});

test('a point of a large block no longer keeps it', () => {
  const lines = Array.from({ length: 1000 }, (_, i) => `m v=${i} ${i}`);
  const point = present(pointsOf(...lines)[700], 'point');
  rehouse([point]);
  expect([point.rows.length, shown(point)]).toEqual([1, 'm {} 700 705 v=700']);
});

test('it is time to rehouse after many rows, and the later the more points are kept', () => {
  const callsUntilDue = (kept: number): number => {
    const turn = new RehousingTurn();
    let calls = 1;
    while (!turn.isDue(10_000, kept)) calls++;
    return calls;
  };
  expect([callsUntilDue(10), callsUntilDue(100_000)]).toEqual([27, 67]);
});
