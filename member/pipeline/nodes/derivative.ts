import { ok } from '../../base/result.ts';
import { method } from '../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import { goTypeNameOf } from '../engine/go-types.ts';
import type { MachineContext } from '../engine/machine.ts';
import { PointwiseMachine } from '../engine/pointwise-machine.ts';
import type { AddedField } from '../engine/pointwise-machine.ts';
import { fieldOf, isPresent } from '../engine/rows.ts';
import type { Rows } from '../engine/rows.ts';
import { chainNode } from '../graph/chain-node.ts';
import type { NodeModule } from '../graph/chain-node.ts';
import { PipelineNode } from '../graph/node.ts';
import type { EdgeType, Graph } from '../graph/node.ts';
import { durationField, textField } from '../graph/own-field.ts';

const derivativeDefinition: ObjectDefinition<DerivativeNode> = {
  goType: '*pipeline.DerivativeNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    field: textField('field'),
    as: textField('as'),
    unit: durationField('unitNs'),
    nonNegative: method([], (node) => {
      node.isNonNegative = true;
    }),
  },
  chainMethods: {},
};

/** `derivative`: the change of a field since the point before, per unit of time. */
export class DerivativeNode extends PipelineNode {
  readonly definition = derivativeDefinition;
  readonly kind = 'derivative';
  field: string;
  as: string;
  unitNs = 1_000_000_000n;
  isNonNegative = false;

  constructor(graph: Graph, edge: EdgeType, fieldName: string) {
    super(graph, edge, edge);
    this.field = fieldName;
    this.as = fieldName;
  }

  override createMachine(context: MachineContext) {
    return ok(new DerivativeMachine(context, this));
  }
}

interface Previous {
  /** Whether there was a usable point. */
  isKnown: boolean;
  /** A number at all times: V8 then writes it in place, where anything else makes an object for each point. */
  value: number;
  seconds: number;
  nanos: number;
}

class DerivativeMachine extends PointwiseMachine<Previous> {
  private readonly node: DerivativeNode;
  private readonly unitNs: number;

  constructor(context: MachineContext, node: DerivativeNode) {
    super(context);
    this.node = node;
    this.unitNs = Number(node.unitNs);
  }

  protected override added(): AddedField {
    return { name: this.node.as, type: 'float' };
  }

  protected override newState(): Previous {
    return { isKnown: false, value: Number.NaN, seconds: 0, nanos: 0 };
  }

  protected override visit(rows: Rows, row: number, previous: Previous, values: Float64Array): boolean {
    const column = fieldOf(rows, this.node.field);
    const type = column !== undefined && isPresent(column, row) ? column.type : undefined;
    if (column === undefined || (type !== 'float' && type !== 'int')) {
      const text = 'field is the wrong type';
      const found = type === undefined ? '<nil>' : goTypeNameOf(type);
      this.report('cannot perform derivative', text, ['field', this.node.field], ['type', found]);
      return false;
    }
    const { isKnown, value: before, seconds, nanos } = previous;
    previous.isKnown = true;
    previous.value = Number(column.values[row]);
    previous.seconds = rows.seconds[row] ?? 0;
    previous.nanos = rows.nanos[row] ?? 0;
    if (!isKnown) return false;
    // Go's difference of times ends at 64 bits.
    const elapsedNs = clamped((previous.seconds - seconds) * 1e9 + (previous.nanos - nanos));
    if (elapsedNs === 0) {
      this.report('cannot perform derivative', 'elaspsed time was 0');
      return false;
    }
    const difference = previous.value - before;
    if (this.node.isNonNegative && difference < 0) return false;
    values[row] = difference / (elapsedNs / this.unitNs);
    return true;
  }
}

function clamped(ns: number): number {
  return Math.max(-(2 ** 63), Math.min(2 ** 63, ns));
}

export const derivativeModule: NodeModule = {
  chainMethods: {
    derivative: method(['string'], (parent: PipelineNode, [fieldName]) =>
      parent.link(new DerivativeNode(parent.graph, parent.provides, fieldName)),
    ),
  },
};
