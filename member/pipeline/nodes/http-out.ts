import { ok } from '../../base/result.ts';
import type { QueryResult, ResultRow } from '../../influx/result.ts';
import { method } from '../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import type { Batch } from '../engine/batch.ts';
import { SeenGroups } from '../engine/group-states.ts';
import type { Group } from '../engine/groups.ts';
import { Machine } from '../engine/machine.ts';
import type { Barrier, MachineContext } from '../engine/machine.ts';
import { batchRow, pointRow } from '../engine/result-rows.ts';
import { compacted } from '../engine/rows.ts';
import type { Rows } from '../engine/rows.ts';
import { rehouse, RehousingTurn } from '../engine/kept-points.ts';
import type { KeptPoint } from '../engine/kept-points.ts';
import { chainNode } from '../graph/chain-node.ts';
import type { NodeModule } from '../graph/chain-node.ts';
import { PipelineNode } from '../graph/node.ts';
import type { EdgeType, Graph } from '../graph/node.ts';
import { textField } from '../graph/own-field.ts';

const httpOutDefinition: ObjectDefinition<HttpOutNode> = {
  goType: '*pipeline.HTTPOutNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    endpoint: textField('endpoint'),
  },
  chainMethods: {},
};

/** `httpOut`: keeps the latest point or batch of each group, for whoever asks the API. */
class HttpOutNode extends PipelineNode {
  readonly definition = httpOutDefinition;
  readonly kind = 'http_out';
  endpoint: string;

  constructor(graph: Graph, edge: EdgeType, endpoint: string) {
    super(graph, edge, edge);
    this.endpoint = endpoint;
  }

  override createMachine(context: MachineContext) {
    return ok(new HttpOutMachine(context, this.endpoint));
  }
}

/** The latest of one group: the block that holds its point, or a batch as it is to be shown. */
type Latest = Rows | ResultRow | undefined;

export class HttpOutMachine extends Machine {
  readonly endpoint: string;
  private readonly seen = new SeenGroups();
  /** By group number. */
  private readonly latest: Latest[] = [];
  /** By group number: the place of its point in the block. */
  private rowOf = new Int32Array(64);
  private readonly turn = new RehousingTurn();
  /** By group number: its place in the order in which groups first came; 0 for those that are not there. */
  private readonly places: number[] = [];
  private lastPlace = 0;
  private shownCount = 0;

  constructor(context: MachineContext, endpoint: string) {
    super(context);
    this.endpoint = endpoint;
  }

  result(): QueryResult {
    // An empty list only once there was something to show.
    if (this.lastPlace === 0) return { series: null };
    const placeOf = (group: number): number => this.places[group] ?? 0;
    const shown = [...this.places.keys()].filter((group) => placeOf(group) > 0);
    const series = shown
      .sort((a, b) => placeOf(a) - placeOf(b))
      .map((group) => {
        const latest = this.latest[group];
        if (latest === undefined) return null;
        return 'tagTable' in latest ? pointRow(latest, this.rowOf[group] ?? 0) : latest;
      });
    return { series };
  }

  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    this.seen.addRows(rows.groups, selected, count, this.context.groups.size);
    this.keepLatest(rows, selected, count);
    if (this.turn.isDue(rows.length, this.shownCount)) this.rehouse();
    this.emitRows(rows, selected, count);
  }

  override onBatch(batch: Batch): void {
    const { group } = batch.header;
    this.seen.add(group);
    this.put(group.number, batchRow(batch));
    this.emitBatch(batch);
  }

  override onBarrier(barrier: Barrier): void {
    this.seen.add(barrier.group);
    this.put(barrier.group.number, this.latest[barrier.group.number]);
    this.emitBarrier(barrier);
  }

  override onDeleteGroup(group: Group): void {
    if (!this.seen.delete(group)) return;
    // Whatever was seen has a place.
    this.latest[group.number] = undefined;
    this.places[group.number] = 0;
    this.shownCount--;
    this.emitDeleteGroup(group);
  }

  override cardinality(): number {
    return this.seen.size;
  }

  /** Copies the last row of each group, so that a whole block is not kept for a few of its rows. */
  private keepLatest(rows: Rows, selected: Int32Array, count: number): void {
    const groups = rows.groups;
    const rowOf = lastRows(groups, selected, count, this.context.groups.size);
    const chosen = new Int32Array(rowOf.found);
    for (let i = 0; i < rowOf.found; i++) chosen[i] = rowOf.rows[rowOf.groups[i] ?? 0] ?? 0;
    const kept = 2 * rowOf.found > rows.length ? rows : compacted(rows, chosen, rowOf.found);
    for (let i = 0; i < rowOf.found; i++) {
      const group = rowOf.groups[i] ?? 0;
      this.put(group, kept);
      this.rowOf[group] = kept === rows ? (chosen[i] ?? 0) : i;
      rowOf.rows[group] = -1;
    }
  }

  private rehouse(): void {
    const points: (KeptPoint & { readonly group: number })[] = [];
    this.latest.forEach((latest, group) => {
      if (latest !== undefined && 'tagTable' in latest)
        points.push({ group, rows: latest, row: this.rowOf[group] ?? 0 });
    });
    rehouse(points);
    for (const { group, rows, row } of points) {
      this.latest[group] = rows;
      this.rowOf[group] = row;
    }
  }

  private put(group: number, latest: Latest): void {
    if (group >= this.rowOf.length) {
      const grown = new Int32Array(2 * group);
      grown.set(this.rowOf);
      this.rowOf = grown;
    }
    while (this.latest.length <= group) {
      this.latest.push(undefined);
      this.places.push(0);
    }
    if (this.places[group] === 0) {
      this.places[group] = ++this.lastPlace;
      this.shownCount++;
    }
    this.latest[group] = latest;
  }
}

interface LastRows {
  /** By group number; -1 for groups that are not among the rows. Reset by the reader. */
  readonly rows: Int32Array;
  readonly groups: Int32Array;
  found: number;
}

let shared: LastRows = { rows: new Int32Array(256).fill(-1), groups: new Int32Array(256), found: 0 };

/** The last row of each group, groups in the order in which they first come. */
function lastRows(groups: Uint32Array, selected: Int32Array, count: number, groupCount: number): LastRows {
  if (shared.rows.length < groupCount)
    shared = { rows: new Int32Array(2 * groupCount).fill(-1), groups: new Int32Array(2 * groupCount), found: 0 };
  const { rows, groups: order } = shared;
  let found = 0;
  for (let i = 0; i < count; i++) {
    const row = selected[i] ?? 0;
    const group = groups[row] ?? 0;
    if (rows[group] === -1) order[found++] = group;
    rows[group] = row;
  }
  shared.found = found;
  return shared;
}

export const httpOutModule: NodeModule = {
  chainMethods: {
    httpOut: method(['string'], (parent: PipelineNode, [endpoint]) =>
      parent.link(new HttpOutNode(parent.graph, parent.provides, endpoint)),
    ),
  },
};
