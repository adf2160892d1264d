/** `stateCount` and `stateDuration`: for how many points, or how long, a condition has held in a group. */
import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { field, method } from '../../tick/evaluate/describe.ts';
import type { FieldDefinition, ObjectDefinition } from '../../tick/evaluate/describe.ts';
import type { LambdaNode } from '../../tick/syntax/node.ts';
import type { Group } from '../engine/groups.ts';
import type { Machine, MachineContext } from '../engine/machine.ts';
import { PointwiseMachine } from '../engine/pointwise-machine.ts';
import type { AddedField } from '../engine/pointwise-machine.ts';
import { Predicate } from '../engine/predicate.ts';
import type { Rows } from '../engine/rows.ts';
import { chainNode } from '../graph/chain-node.ts';
import type { NodeModule } from '../graph/chain-node.ts';
import { PipelineNode } from '../graph/node.ts';
import type { EdgeType, Graph } from '../graph/node.ts';
import { durationField } from '../graph/own-field.ts';
import { stringValue } from '../graph/script-values.ts';

const as: FieldDefinition<StateNode> = field(
  'string',
  (node, value) => {
    node.as = value;
  },
  (node) => stringValue(node.as),
);

const countDefinition: ObjectDefinition<StateNode> = {
  goType: '*pipeline.StateCountNode',
  isNode: true,
  embeds: [chainNode],
  properties: { as },
  chainMethods: {},
};

const durationDefinition: ObjectDefinition<StateNode> = {
  goType: '*pipeline.StateDurationNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    as,
    unit: durationField('unitNs'),
  },
  chainMethods: {},
};

class StateNode extends PipelineNode {
  readonly definition: ObjectDefinition;
  readonly kind: 'state_count' | 'state_duration';
  readonly condition: LambdaNode;
  as: string;
  unitNs = 1_000_000_000n;

  constructor(graph: Graph, edge: EdgeType, kind: StateNode['kind'], condition: LambdaNode) {
    super(graph, edge, edge);
    this.kind = kind;
    this.definition = kind === 'state_count' ? countDefinition : durationDefinition;
    this.condition = condition;
    this.as = kind;
  }

  override createMachine(context: MachineContext): Result<Machine, string> {
    if (this.condition.expression === undefined) {
      return err(`nil expression passed to ${this.kind === 'state_count' ? 'StateCountNode' : 'StateDurationNode'}`);
    }
    const predicate = Predicate.compile(this.condition.expression, context.environment);
    return predicate.ok ? ok(new StateMachine(context, this, predicate.value)) : predicate;
  }
}

interface Tracked {
  count: number;
  /** Undefined while the condition does not hold. */
  seconds: number | undefined;
  nanos: number;
}

const isFalse = 0;
const isTrue = 1;
const isError = 2;

class StateMachine extends PointwiseMachine<Tracked> {
  private readonly node: StateNode;
  private readonly predicate: Predicate;
  private readonly unitNs: number;
  private outcomes = new Uint8Array(0);
  private holding = new Int32Array(0);

  constructor(context: MachineContext, node: StateNode, predicate: Predicate) {
    super(context);
    this.node = node;
    this.predicate = predicate;
    this.unitNs = Number(node.unitNs);
  }

  protected override added(): AddedField {
    return { name: this.node.as, type: this.node.kind === 'state_count' ? 'int' : 'float' };
  }

  protected override newState(): Tracked {
    return { count: 0, seconds: undefined, nanos: 0 };
  }

  /** Evaluates the condition for all points at once. */
  protected override prepare(rows: Rows, selected: Int32Array, count: number): number {
    if (this.outcomes.length < rows.length) this.outcomes = new Uint8Array(rows.length);
    else this.outcomes.fill(isFalse, 0, rows.length);
    if (this.holding.length < count) this.holding = new Int32Array(count);
    const holding = this.predicate.filter(rows, selected, count, this.holding, this.onError);
    for (let i = 0; i < holding; i++) this.outcomes[this.holding[i] ?? 0] = isTrue;
    return count;
  }

  protected override visit(rows: Rows, row: number, state: Tracked, values: Float64Array): boolean {
    const outcome = this.outcomes[row];
    if (outcome === isError) return false;
    if (outcome !== isTrue) {
      state.count = 0;
      state.seconds = undefined;
      values[row] = -1;
      return true;
    }
    if (this.node.kind === 'state_count') {
      values[row] = ++state.count;
      return true;
    }
    const seconds = rows.seconds[row] ?? 0;
    const nanos = rows.nanos[row] ?? 0;
    if (state.seconds === undefined) {
      state.seconds = seconds;
      state.nanos = nanos;
    }
    values[row] = ((seconds - state.seconds) * 1e9 + (nanos - state.nanos)) / this.unitNs;
    return true;
  }

  override onDeleteGroup(group: Group): void {
    this.predicate.dropGroup(group);
    super.onDeleteGroup(group);
  }

  private readonly onError = (row: number, message: string): void => {
    this.outcomes[row] = isError;
    this.report('error while evaluating expression', message);
  };
}

export const stateTrackingModule: NodeModule = {
  chainMethods: {
    stateCount: method(['lambda'], (parent: PipelineNode, [condition]) =>
      parent.link(new StateNode(parent.graph, parent.provides, 'state_count', condition)),
    ),
    stateDuration: method(['lambda'], (parent: PipelineNode, [condition]) =>
      parent.link(new StateNode(parent.graph, parent.provides, 'state_duration', condition)),
    ),
  },
};
