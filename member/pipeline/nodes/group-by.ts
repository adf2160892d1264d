import { ok } from '../../base/result.ts';
import { method, variadicMethod } from '../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import { goTypeOf } from '../../tick/evaluate/value.ts';
import type { ScriptValue } from '../../tick/evaluate/value.ts';
import { PartBatch } from '../engine/batch.ts';
import type { Batch, BatchHeader } from '../engine/batch.ts';
import { checkDimensions, dimensionsFor, Grouper, groupingOf } from '../engine/grouper.ts';
import type { Grouping } from '../engine/grouper.ts';
import type { Group } from '../engine/groups.ts';
import { inHalves } from '../engine/lambda-input.ts';
import { Machine } from '../engine/machine.ts';
import type { Barrier, MachineContext } from '../engine/machine.ts';
import { withGroups } from '../engine/rows.ts';
import type { Rows } from '../engine/rows.ts';
import { RowsCollector } from '../engine/rows-collector.ts';
import { zeroTimeSeconds } from '../engine/times.ts';
import { chainNode } from '../graph/chain-node.ts';
import type { NodeModule } from '../graph/chain-node.ts';
import { PipelineNode } from '../graph/node.ts';
import type { EdgeType, Graph } from '../graph/node.ts';

const groupByDefinition: ObjectDefinition<GroupByNode> = {
  goType: '*pipeline.GroupByNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    byMeasurement: method([], (node) => {
      node.isByMeasurement = true;
    }),
    exclude: variadicMethod([], 'string', (node, _args, names) => {
      node.excluded.push(...names);
    }),
  },
  chainMethods: {},
};

/** `groupBy`: groups points anew. */
class GroupByNode extends PipelineNode {
  readonly definition = groupByDefinition;
  readonly kind = 'groupby';
  readonly dimensions: readonly ScriptValue[];
  readonly excluded: string[] = [];
  isByMeasurement = false;

  constructor(graph: Graph, edge: EdgeType, dimensions: readonly ScriptValue[]) {
    super(graph, edge, edge);
    this.dimensions = dimensions;
  }

  override validate(): string | undefined {
    return checkDimensions(this.dimensions, this.excluded, goTypeOf);
  }

  override createMachine(context: MachineContext) {
    return ok(new GroupByMachine(context, groupingOf(this.dimensions, this.excluded, this.isByMeasurement)));
  }
}

interface Buffered {
  readonly header: BatchHeader;
  readonly points: RowsCollector;
}

class GroupByMachine extends Machine {
  private readonly grouping: Grouping;
  private readonly plain: Grouper;
  /** For points that were grouped by measurement before: they stay so. */
  private readonly byName: Grouper;
  private buffered = new Map<number, Buffered>();
  private lastSeconds = zeroTimeSeconds;
  private lastNanos = 0;

  constructor(context: MachineContext, grouping: Grouping) {
    super(context);
    this.grouping = grouping;
    this.plain = new Grouper(context.groups, grouping);
    this.byName = new Grouper(context.groups, { ...grouping, byName: true });
  }

  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    if (count === 0) return;
    const { groups } = this.context;
    const isByName = (index: number): boolean => groups.at(rows.groups[selected[index] ?? 0] ?? 0).dimensions.byName;
    const first = isByName(0);
    for (let i = 1; i < count; i++) {
      if (isByName(i) === first) continue;
      inHalves(selected, count, (part, length) => this.onRows(rows, part, length));
      return;
    }
    const grouper = first ? this.byName : this.plain;
    this.emitRows(withGroups(rows, grouper.groupsOf(rows, selected, count)), selected, count);
  }

  /** The points of all batches of one time are dealt out anew; they go on when another time begins. */
  override onBatch(batch: Batch): void {
    const { header } = batch;
    this.emitBefore(header.seconds, header.nanos);
    const byName = this.grouping.byName || header.group.dimensions.byName;
    for (const { rows, selected, count } of batch.parts()) {
      for (let i = 0; i < count; i++) {
        const row = selected[i] ?? 0;
        const tags = rows.tagTable.at(rows.tagIds[row] ?? 0);
        const group = this.context.groups.of(header.name, tags, dimensionsFor({ ...this.grouping, byName }, tags.keys));
        let held = this.buffered.get(group.number);
        if (held === undefined) {
          held = { header: { ...header, group, tags: group.tags }, points: new RowsCollector() };
          this.buffered.set(group.number, held);
        }
        held.points.add(rows, row, group.number);
      }
    }
  }

  override onBarrier(barrier: Barrier): void {
    this.emitBefore(barrier.seconds, barrier.nanos);
    this.emitBarrier(barrier);
  }

  override onDeleteGroup(group: Group): void {
    this.emitDeleteGroup(group);
  }

  override cardinality(): number {
    return this.buffered.size;
  }

  private emitBefore(seconds: number, nanos: number): void {
    if (seconds === this.lastSeconds && nanos === this.lastNanos) return;
    this.lastSeconds = seconds;
    this.lastNanos = nanos;
    const held = [...this.buffered.values()];
    this.buffered = new Map();
    for (const { header, points } of held) this.emitBatch(new PartBatch(header, points.sortedByTime()));
  }
}

export const groupByModule: NodeModule = {
  chainMethods: {
    groupBy: variadicMethod([], 'any', (parent: PipelineNode, _args, dimensions) =>
      parent.link(new GroupByNode(parent.graph, parent.provides, dimensions)),
    ),
  },
};
