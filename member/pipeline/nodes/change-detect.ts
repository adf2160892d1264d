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

/** Type and value of each named field, by its place among them; undefined where the point did not have it. */
interface Previous {
  readonly types: ValueType[];
  readonly values: (Cell | undefined)[];
}

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
    return { types: this.fields.map(() => 'missing'), values: this.fields.map(() => undefined) };
  }

  protected override visit(rows: Rows, row: number, previous: Previous): boolean {
    if (!this.hasChanged(rows, row, previous)) return false;
    for (let place = 0; place < this.fields.length; place++) {
      const name = this.fields[place] ?? '';
      const column = fieldOf(rows, name);
      const isThere = column !== undefined && isPresent(column, row);
      previous.types[place] = isThere ? column.type : 'missing';
      previous.values[place] = isThere ? column.values[row] : undefined;
    }
    return true;
  }

  private hasChanged(rows: Rows, row: number, { types, values }: Previous): boolean {
    for (let place = 0; place < this.fields.length; place++) {
      const name = this.fields[place] ?? '';
      const column = fieldOf(rows, name);
      if (column === undefined || !isPresent(column, row)) {
        this.report('Invalid field in change detect', `expected field ${name} not found`, ['field', name]);
        continue;
      }
      const before = values[place];
      if (before === undefined || types[place] !== column.type || before !== column.values[row]) return true;
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
