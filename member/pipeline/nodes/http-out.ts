import { ok } from '../../base/result.ts';
import type { QueryResult, ResultRow } from '../../influx/result.ts';
import { method } from '../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import { PartBatch } from '../engine/batch.ts';
import type { Batch } from '../engine/batch.ts';
import { SeenGroups } from '../engine/group-states.ts';
import type { Group } from '../engine/groups.ts';
import { LatestPoints } from '../engine/latest-points.ts';
import { Machine } from '../engine/machine.ts';
import type { Barrier, MachineContext } from '../engine/machine.ts';
import { batchRow, pointRow } from '../engine/result-rows.ts';
import { isUngrouped } from '../engine/rows.ts';
import type { Rows } from '../engine/rows.ts';
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

export class HttpOutMachine extends Machine {
  readonly endpoint: string;
  private readonly seen = new SeenGroups();
  /** Of a stream. */
  private readonly points = new LatestPoints();
  /** By group number: the latest batch. */
  private readonly batches: (Batch | undefined)[] = [];
  /** By group number: its place in the order in which groups first came; 0 for those that are not there. */
  private readonly places: number[] = [];
  private lastPlace = 0;

  constructor(context: MachineContext, endpoint: string) {
    super(context);
    this.endpoint = endpoint;
  }

  result(): QueryResult {
    // An empty list only once there was something to show.
    if (this.lastPlace === 0) return { series: null };
    const placeOf = (group: number): number => this.places[group] ?? 0;
    const shown = [...this.places.keys()].filter((group) => placeOf(group) > 0);
    const series = shown.sort((a, b) => placeOf(a) - placeOf(b)).map((group) => this.latestOf(group));
    return { series };
  }

  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    this.seen.addRows(rows.groups, selected, count, this.context.groups.size);
    const last = lastRows(rows, selected, count, this.context.groups.size);
    this.points.put(rows, last.rows, last.groups, last.found);
    for (let i = 0; i < last.found; i++) {
      const group = last.groups[i] ?? 0;
      this.show(group);
      last.rows[group] = -1;
    }
    this.emitRows(rows, selected, count);
  }

  override onBatch(batch: Batch): void {
    const { group } = batch.header;
    this.seen.add(group);
    this.show(group.number);
    while (this.batches.length <= group.number) this.batches.push(undefined);
    this.batches[group.number] = new PartBatch(batch.header, batch.parts());
    this.emitBatch(batch);
  }

  override onBarrier(barrier: Barrier): void {
    this.seen.add(barrier.group);
    this.show(barrier.group.number);
    this.emitBarrier(barrier);
  }

  override onDeleteGroup(group: Group): void {
    if (!this.seen.delete(group)) return;
    // Whatever was seen has a place.
    this.places[group.number] = 0;
    this.points.delete(group.number);
    if (group.number < this.batches.length) this.batches[group.number] = undefined;
    this.emitDeleteGroup(group);
  }

  override cardinality(): number {
    return this.seen.size;
  }

  /** Null for a group of which only a barrier came. */
  private latestOf(group: number): ResultRow | null {
    const point = this.points.at(group);
    if (point !== undefined) return pointRow(point.rows, point.row);
    const batch = this.batches[group];
    return batch === undefined ? null : batchRow(batch);
  }

  private show(group: number): void {
    while (this.places.length <= group) this.places.push(0);
    if (this.places[group] === 0) this.places[group] = ++this.lastPlace;
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
function lastRows(block: Rows, selected: Int32Array, count: number, groupCount: number): LastRows {
  if (shared.rows.length < groupCount)
    shared = { rows: new Int32Array(2 * groupCount).fill(-1), groups: new Int32Array(2 * groupCount), found: 0 };
  const { rows, groups: order } = shared;
  const { groups } = block;
  let found = 0;
  // Of one group only the last row matters.
  const first = isUngrouped(block) ? Math.max(0, count - 1) : 0;
  for (let i = first; i < count; i++) {
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
