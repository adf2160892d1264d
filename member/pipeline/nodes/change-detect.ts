import { ok } from '../../base/result.ts';
import { variadicMethod } from '../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import type { Cell, ValueType } from '../../tick/lambda/column.ts';
import type { MachineContext } from '../engine/machine.ts';
import { PointwiseMachine } from '../engine/pointwise-machine.ts';
import { fieldOf, isPresent } from '../engine/rows.ts';
import type { Rows } from '../engine/rows.ts';
import { chainNode } from '../graph/chain-node.ts';
import type { NodeModule } from '../graph/chain-node.ts';
import { PipelineNode } from '../graph/node.ts';
import type { EdgeType, Graph } from '../graph/node.ts';

const changeDetectDefinition: ObjectDefinition<ChangeDetectNode> = {
  goType: '*pipeline.ChangeDetectNode',
  isNode: true,
  embeds: [chainNode],
  properties: {},
  chainMethods: {},
};

/** `changeDetect`: lets a point through when one of the named fields differs from the point let through before. */
class ChangeDetectNode extends PipelineNode {
  readonly definition = changeDetectDefinition;
  readonly kind = 'changeDetect';
  readonly fields: readonly string[];

  constructor(graph: Graph, edge: EdgeType, fields: readonly string[]) {
    super(graph, edge, edge);
    this.fields = fields;
  }

  override createMachine(context: MachineContext) {
    return ok(new ChangeDetectMachine(context, this.fields));
  }
}

/** Type and value of each named field, as far as the point had it. */
type Previous = Map<string, { readonly type: ValueType; readonly value: Cell }>;

class ChangeDetectMachine extends PointwiseMachine<Previous> {
  private readonly fields: readonly string[];

  constructor(context: MachineContext, fields: readonly string[]) {
    super(context);
    this.fields = fields;
  }

  protected override added(): undefined {
    return undefined;
  }

  protected override newState(): Previous {
    return new Map();
  }

  protected override visit(rows: Rows, row: number, previous: Previous): boolean {
    if (!this.hasChanged(rows, row, previous)) return false;
    previous.clear();
    for (const name of this.fields) {
      const column = fieldOf(rows, name);
      const value = column !== undefined && isPresent(column, row) ? column.values[row] : undefined;
      if (column !== undefined && value !== undefined) previous.set(name, { type: column.type, value });
    }
    return true;
  }

  private hasChanged(rows: Rows, row: number, previous: Previous): boolean {
    for (const name of this.fields) {
      const column = fieldOf(rows, name);
      if (column === undefined || !isPresent(column, row)) {
        this.report('Invalid field in change detect', `expected field ${name} not found`, ['field', name]);
        continue;
      }
      const before = previous.get(name);
      if (before === undefined || before.type !== column.type || before.value !== column.values[row]) return true;
    }
    return false;
  }
}

export const changeDetectModule: NodeModule = {
  chainMethods: {
    changeDetect: variadicMethod([], 'string', (parent: PipelineNode, _args, fields) =>
      parent.link(new ChangeDetectNode(parent.graph, parent.provides, fields)),
    ),
  },
};
