import { setOwn } from '../../base/own-members.ts';
import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { variadicMethod } from '../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import type { LambdaNode } from '../../tick/syntax/node.ts';
import type { Batch } from '../engine/batch.ts';
import { forEachPoint } from '../engine/batch.ts';
import { GroupStates } from '../engine/group-states.ts';
import type { Group } from '../engine/groups.ts';
import { Machine } from '../engine/machine.ts';
import type { Barrier, MachineContext } from '../engine/machine.ts';
import { Predicate } from '../engine/predicate.ts';
import { PrefixedFields, PrefixedNames } from '../engine/prefixed-fields.ts';
import { RowOutput } from '../engine/row-output.ts';
import { rehouse, RehousingTurn } from '../engine/kept-points.ts';
import type { KeptPoint } from '../engine/kept-points.ts';
import type { Rows } from '../engine/rows.ts';
import { TimeGrid } from '../engine/times.ts';
import { chainNode } from '../graph/chain-node.ts';
import type { NodeModule } from '../graph/chain-node.ts';
import { PipelineNode } from '../graph/node.ts';
import type { EdgeType, Graph } from '../graph/node.ts';
import { durationField, intField, textField } from '../graph/own-field.ts';

const combineDefinition: ObjectDefinition<CombineNode> = {
  goType: '*pipeline.CombineNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    as: variadicMethod([], 'string', (node, _args, names) => {
      node.names = names;
    }),
    delimiter: textField('delimiter'),
    tolerance: durationField('toleranceNs'),
    max: intField('max'),
  },
  chainMethods: {},
};

/** `combine`: joins the points of one time in a group with each other, in every combination that its lambdas choose. */
class CombineNode extends PipelineNode {
  readonly definition = combineDefinition;
  readonly kind = 'combine';
  readonly lambdas: readonly LambdaNode[];
  names: readonly string[] = [];
  delimiter = '.';
  toleranceNs = 0n;
  max = 1_000_000n;

  constructor(graph: Graph, edge: EdgeType, lambdas: readonly LambdaNode[]) {
    super(graph, edge, 'stream');
    this.lambdas = lambdas;
  }

  override validate(): string | undefined {
    const { names, delimiter } = this;
    if (names.length === 0) return 'a call to combine.as() is required to specify the output stream prefixes.';
    if (names.length !== this.lambdas.length) {
      return 'number of prefixes specified by combine.as() must match the number of combine expressions';
    }
    for (const name of names) {
      if (name === '') return 'must provide a prefix name for the combine node, see .as() property method';
      if (name.includes(delimiter)) {
        return `cannot use name ${name} as field prefix, it contains the delimiter character ${delimiter}`;
      }
    }
    const isDoubled = new Set(names).size < names.length;
    return isDoubled ? 'cannot use the same prefix name see .as() property method' : undefined;
  }

  override createMachine(context: MachineContext): Result<Machine, string> {
    const predicates: Predicate[] = [];
    for (const [index, { expression }] of this.lambdas.entries()) {
      if (expression === undefined) return err(`Failed to compile ${index} expression: no expression`);
      const predicate = Predicate.compile(expression, context.environment);
      if (!predicate.ok) return err(`Failed to compile ${index} expression: ${predicate.error}`);
      predicates.push(predicate.value);
    }
    return ok(new CombineMachine(context, this, predicates));
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

class CombineMachine extends Machine {
  private readonly node: CombineNode;
  private readonly predicates: readonly Predicate[];
  private readonly groups = new GroupStates<Collecting>();
  private readonly output: RowOutput;
  private readonly fields: PrefixedFields;
  /** Per expression, as the fields: the names of the tags that are not dimensions. */
  private readonly tagNames: readonly PrefixedNames[];
  private readonly grid: TimeGrid;
  private readonly turn = new RehousingTurn();

  constructor(context: MachineContext, node: CombineNode, predicates: readonly Predicate[]) {
    super(context);
    this.node = node;
    this.predicates = predicates;
    this.output = new RowOutput(context.groups.tags);
    const prefixes = node.names.map((name) => name + node.delimiter);
    this.fields = new PrefixedFields(prefixes);
    this.tagNames = prefixes.map((prefix) => new PrefixedNames(prefix));
    this.grid = new TimeGrid(node.toleranceNs);
  }

  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const row = selected[i] ?? 0;
      const group = rows.groups[row] ?? 0;
      let state = this.groups.get(group);
      if (state === undefined) {
        state = newCollecting(rows.name, this.context.groups.at(group));
        this.groups.set(group, state);
      }
      if (!this.addPoint(state, rows, row)) return;
    }
    if (this.turn.isDue(rows.length, this.groups.size)) rehouse(this.kept());
    this.emitOutput();
  }

  override onBatch(batch: Batch): void {
    const { name, group } = batch.header;
    const state = newCollecting(name, group);
    this.groups.set(group.number, state);
    let isGoing = true;
    forEachPoint(batch, (rows, row) => {
      isGoing &&= this.addPoint(state, rows, row);
    });
    if (isGoing && this.combine(state)) this.emitOutput();
    state.points = [];
  }

  override onBarrier(barrier: Barrier): void {
    if (this.groups.get(barrier.group.number) === undefined) {
      this.groups.set(barrier.group.number, newCollecting(barrier.name, barrier.group));
    }
    this.emitBarrier(barrier);
  }

  override onDeleteGroup(group: Group): void {
    if (this.groups.delete(group) === undefined) return;
    for (const predicate of this.predicates) predicate.dropGroup(group);
    this.emitDeleteGroup(group);
  }

  override cardinality(): number {
    return this.groups.size;
  }

  private *kept(): Iterable<KeptPoint> {
    for (const { points } of this.groups.values()) yield* points;
  }

  private emitOutput(): void {
    for (const { rows, selected, count } of this.output.take()) this.emitRows(rows, selected, count);
  }

  /** False when the task ends. */
  private addPoint(state: Collecting, rows: Rows, row: number): boolean {
    this.grid.round(rows.seconds[row] ?? 0, rows.nanos[row] ?? 0);
    const { seconds, nanos } = this.grid;
    if (seconds === state.seconds && nanos === state.nanos) {
      state.points.push({ rows, row });
      return true;
    }
    if (!this.combine(state)) return false;
    state.seconds = seconds;
    state.nanos = nanos;
    state.points = [{ rows, row }];
    return true;
  }

  private combine(state: Collecting): boolean {
    const { points } = state;
    if (points.length === 0) return true;
    const matches = this.predicates.map((predicate) =>
      points.map(({ rows, row }) => predicate.test(rows, row, this.onError)),
    );
    const size = this.predicates.length;
    const total = combinations(points.length, size);
    if (total > Number(this.node.max)) {
      this.emitOutput();
      this.context.fail(
        `refusing to perform combination as total combinations ${total} exceeds max combinations ${this.node.max}`,
      );
      return false;
    }
    forEachCombination(points.length, size, (indexes) => {
      const chosen = assigned(indexes, matches);
      if (chosen !== undefined) this.addCombined(state, chosen);
    });
    this.fields.release();
    return true;
  }

  /** `chosen`: for each expression the place of its point. */
  private addCombined(state: Collecting, chosen: readonly number[]): void {
    const { dimensions } = state.group;
    const tags: Record<string, string> = {};
    for (const [index, place] of chosen.entries()) {
      const point = state.points[place];
      this.fields.points[index] = point;
      if (point !== undefined) this.addTags(point, index, dimensions.tagNames, tags);
    }
    const { groups } = this.context;
    const tagSet = groups.tags.internRecord(tags);
    const block = this.output.rowWith(state.name, this.fields);
    block.addRow(state.seconds, state.nanos, tagSet.id, groups.of(state.name, tagSet, dimensions).number);
  }

  private addTags(
    { rows, row }: KeptPoint,
    index: number,
    dimensions: readonly string[],
    tags: Record<string, string>,
  ): void {
    const { keys, values } = rows.tagTable.at(rows.tagIds[row] ?? 0);
    for (const [place, key] of keys.entries()) {
      const name = dimensions.includes(key) ? key : (this.tagNames[index]?.at(place, key) ?? key);
      setOwn(tags, name, values[place] ?? '');
    }
  }

  private readonly onError = (_row: number, message: string): void => {
    this.report('error evaluating lambda expression', message);
  };
}

function newCollecting(name: string, group: Group): Collecting {
  return { name, group, seconds: Number.NaN, nanos: 0, points: [] };
}

/** How many ways there are to choose; -1 when there are too few to choose from. */
function combinations(from: number, choose: number): number {
  if (from < choose) return -1;
  let count = 1;
  for (let i = 0; i < choose; i++) count = Math.floor((count * (from - i)) / (i + 1));
  return count;
}

/** In ascending order; nothing when there are too few to choose from. */
function forEachCombination(from: number, choose: number, visit: (indexes: readonly number[]) => void): void {
  if (from < choose) return;
  const indexes = Array.from({ length: choose }, (_, index) => index);
  for (;;) {
    visit(indexes);
    let i = choose - 1;
    while (i >= 0 && indexes[i] === i + from - choose) i--;
    if (i < 0) return;
    indexes[i] = (indexes[i] ?? 0) + 1;
    for (let j = i + 1; j < choose; j++) indexes[j] = (indexes[j - 1] ?? 0) + 1;
  }
}

/** For each expression the first of the points, not taken before, that it matches; undefined when one finds none. */
function assigned(indexes: readonly number[], matches: readonly (readonly boolean[])[]): number[] | undefined {
  const free = [...indexes];
  const chosen: number[] = [];
  for (const matched of matches) {
    const place = free.findIndex((index) => matched[index] === true);
    const [index] = place < 0 ? [] : free.splice(place, 1);
    if (index === undefined) return undefined;
    chosen.push(index);
  }
  return chosen;
}

export const combineModule: NodeModule = {
  chainMethods: {
    combine: variadicMethod([], 'lambda', (parent: PipelineNode, _args, lambdas) =>
      parent.link(new CombineNode(parent.graph, parent.provides, lambdas)),
    ),
  },
};
