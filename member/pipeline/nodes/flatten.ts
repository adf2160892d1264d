import { ok } from '../../base/result.ts';
import { method, variadicMethod } from '../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import { forEachPoint, PartBatch } from '../engine/batch.ts';
import type { Batch } from '../engine/batch.ts';
import { GroupStates } from '../engine/group-states.ts';
import type { Group } from '../engine/groups.ts';
import { Machine } from '../engine/machine.ts';
import type { Barrier, MachineContext } from '../engine/machine.ts';
import { PrefixedNames } from '../engine/prefixed-fields.ts';
import { FieldList, RowOutput } from '../engine/row-output.ts';
import { rehouse, RehousingTurn } from '../engine/kept-points.ts';
import type { KeptPoint } from '../engine/kept-points.ts';
import { isPresent } from '../engine/rows.ts';
import type { Rows } from '../engine/rows.ts';
import { TimeGrid } from '../engine/times.ts';
import { chainNode } from '../graph/chain-node.ts';
import type { NodeModule } from '../graph/chain-node.ts';
import { PipelineNode } from '../graph/node.ts';
import type { EdgeType, Graph } from '../graph/node.ts';
import { durationField, textField } from '../graph/own-field.ts';

const flattenDefinition: ObjectDefinition<FlattenNode> = {
  goType: '*pipeline.FlattenNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    on: variadicMethod([], 'string', (node, _args, tags) => {
      node.tags = tags;
    }),
    delimiter: textField('delimiter'),
    tolerance: durationField('toleranceNs'),
    dropOriginalFieldName: variadicMethod([], 'bool', (node, _args, [drops, ...more]) => {
      node.dropsFieldName = more.length > 0 || (drops ?? true);
    }),
  },
  chainMethods: {},
};

/** `flatten`: makes one point of the points of one time in a group, their tags becoming part of the fields' names. */
class FlattenNode extends PipelineNode {
  readonly definition = flattenDefinition;
  readonly kind = 'flatten';
  tags: readonly string[] = [];
  delimiter = '.';
  toleranceNs = 0n;
  dropsFieldName = false;

  constructor(graph: Graph, edge: EdgeType) {
    super(graph, edge, edge);
  }

  override createMachine(context: MachineContext) {
    return ok(new FlattenMachine(context, this));
  }
}

interface Collecting {
  readonly name: string;
  readonly group: Group;
  /** The points' time, rounded; not a number before the first one. */
  seconds: number;
  nanos: number;
  points: KeptPoint[];
}

/** Prefixes whose names are remembered: many more than one point would be made of. */
const maxPrefixes = 4096;

class FlattenMachine extends Machine {
  private readonly node: FlattenNode;
  private readonly groups = new GroupStates<Collecting>();
  private readonly output: RowOutput;
  private readonly fields = new FieldList();
  private readonly names = new Map<string, PrefixedNames>();
  private readonly grid: TimeGrid;
  private readonly turn = new RehousingTurn();

  constructor(context: MachineContext, node: FlattenNode) {
    super(context);
    this.node = node;
    this.output = new RowOutput(context.groups.tags);
    this.grid = new TimeGrid(node.toleranceNs);
  }

  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const row = selected[i] ?? 0;
      this.addPoint(this.stateOf(rows.name, this.context.groups.at(rows.groups[row] ?? 0)), rows, row);
    }
    if (this.turn.isDue(rows.length, this.groups.size)) rehouse(this.kept());
    for (const part of this.output.take()) this.emitRows(part.rows, part.selected, part.count);
  }

  override onBatch(batch: Batch): void {
    const { name, group } = batch.header;
    const state = newCollecting(name, group);
    this.groups.set(group.number, state);
    forEachPoint(batch, (rows, row) => this.addPoint(state, rows, row));
    this.addFlattened(state, true);
    this.emitBatch(new PartBatch(batch.header, this.output.take()));
  }

  override onBarrier(barrier: Barrier): void {
    this.stateOf(barrier.name, barrier.group);
    this.emitBarrier(barrier);
  }

  override onDeleteGroup(group: Group): void {
    if (this.groups.delete(group) !== undefined) this.emitDeleteGroup(group);
  }

  override cardinality(): number {
    return this.groups.size;
  }

  private *kept(): Iterable<KeptPoint> {
    for (const { points } of this.groups.values()) yield* points;
  }

  private stateOf(name: string, group: Group): Collecting {
    let state = this.groups.get(group.number);
    if (state === undefined) {
      state = newCollecting(name, group);
      this.groups.set(group.number, state);
    }
    return state;
  }

  private addPoint(state: Collecting, rows: Rows, row: number): void {
    const { grid } = this;
    grid.round(rows.seconds[row] ?? 0, rows.nanos[row] ?? 0);
    if (grid.seconds !== state.seconds || grid.nanos !== state.nanos) {
      this.addFlattened(state, false);
      state.seconds = grid.seconds;
      state.nanos = grid.nanos;
    }
    state.points.push({ rows, row });
  }

  /** A point without fields is left out, but for the last one of a batch. */
  private addFlattened(state: Collecting, keepsEmpty: boolean): void {
    if (state.points.length === 0) return;
    this.collectFields(state.points);
    state.points = [];
    if (this.fields.size === 0 && !keepsEmpty) return;
    const { name, group, seconds, nanos } = state;
    this.output.rowWith(name, this.fields).addRow(seconds, nanos, group.tags.id, group.number);
  }

  private collectFields(collected: readonly KeptPoint[]): void {
    const { tags, delimiter } = this.node;
    this.fields.clear();
    // A point that lacks a later tag leaves its prefix to the next one, as in 1.5.4.
    let prefix = '';
    points: for (const { rows, row } of collected) {
      const own = rows.tagTable.at(rows.tagIds[row] ?? 0);
      for (const [index, tag] of tags.entries()) {
        const value = own.get(tag);
        if (value === undefined) {
          this.report('point missing tag for flatten operation', `tag ${tag} is missing from point`);
          continue points;
        }
        prefix += index > 0 ? delimiter + value : value;
      }
      this.addFields(rows, row, prefix);
      prefix = '';
    }
  }

  private addFields({ fields }: Rows, row: number, prefix: string): void {
    const names = this.node.dropsFieldName ? undefined : this.namesBehind(prefix);
    for (let place = 0; place < fields.length; place++) {
      const field = fields[place];
      if (field === undefined || !isPresent(field.column, row)) continue;
      const { name, column } = field;
      this.fields.add(names?.at(place, name) ?? prefix, column.type, column.values[row] ?? 0);
    }
  }

  private namesBehind(prefix: string): PrefixedNames {
    let names = this.names.get(prefix);
    if (names === undefined) {
      if (this.names.size === maxPrefixes) this.names.clear();
      names = new PrefixedNames(prefix === '' ? '' : prefix + this.node.delimiter);
      this.names.set(prefix, names);
    }
    return names;
  }
}

function newCollecting(name: string, group: Group): Collecting {
  return { name, group, seconds: Number.NaN, nanos: 0, points: [] };
}

export const flattenModule: NodeModule = {
  chainMethods: {
    flatten: method([], (parent: PipelineNode) => parent.link(new FlattenNode(parent.graph, parent.provides))),
  },
};
