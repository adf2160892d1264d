import { err, ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import { field, variadicMethod } from '../../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../../tick/evaluate/describe.ts';
import type { ScriptValue } from '../../../tick/evaluate/value.ts';
import type { Machine, MachineContext } from '../../engine/machine.ts';
import type { Filler } from '../../engine/prefixed-fields.ts';
import { chainNode } from '../../graph/chain-node.ts';
import type { NodeModule } from '../../graph/chain-node.ts';
import { nodeOf, PipelineNode } from '../../graph/node.ts';
import type { EdgeType, Graph } from '../../graph/node.ts';
import { durationField, textField } from '../../graph/own-field.ts';
import { nilValue } from '../../graph/script-values.ts';
import { JoinMachine } from './join-machine.ts';

const joinDefinition: ObjectDefinition<JoinNode> = {
  goType: '*pipeline.JoinNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    as: variadicMethod([], 'string', (node, _args, names) => {
      node.names = names;
    }),
    on: variadicMethod([], 'string', (node, _args, dimensions) => {
      node.dimensions = dimensions;
    }),
    delimiter: textField('delimiter'),
    streamName: textField('streamName'),
    tolerance: durationField('toleranceNs'),
    fill: field(
      'any',
      (node, value) => {
        node.fill = value;
      },
      (node) => node.fill,
    ),
  },
  chainMethods: {},
};

/** What stands for the fields of a parent that has no point: nothing (then there is no joined point), null, or a number. */
export type Fill = Filler | 'none';

/** `join`: one point of the points that several nodes have at one time in a group. */
export class JoinNode extends PipelineNode {
  readonly definition = joinDefinition;
  readonly kind = 'join';
  names: readonly string[] = [];
  dimensions: readonly string[] = [];
  delimiter = '.';
  streamName = '';
  toleranceNs = 0n;
  fill: ScriptValue = nilValue;

  constructor(graph: Graph, edge: EdgeType) {
    super(graph, edge, edge);
  }

  override validate(): string | undefined {
    const { names, delimiter } = this;
    if (names.length === 0) return 'a call to join.as() is required to specify the output stream prefixes.';
    if (names.length !== this.parents.length) {
      return 'number of prefixes specified by join.as() must match the number of joined streams';
    }
    for (const name of names) {
      if (name === '') return 'must provide a prefix name for the join node, see .as() property method';
      if (delimiter !== '' && name.includes(delimiter)) {
        return `cannot use name ${name} as field prefix, it contains the delimiter ${JSON.stringify(delimiter)}\t`;
      }
    }
    const isDoubled = new Set(names).size < names.length;
    return isDoubled ? 'cannot use the same prefix name see .as() property method' : undefined;
  }

  override createMachine(context: MachineContext): Result<Machine, string> {
    const fill = fillOf(this.fill);
    return fill.ok ? ok(new JoinMachine(context, this, fill.value)) : fill;
  }
}

function fillOf(value: ScriptValue): Result<Fill, string> {
  switch (value.type) {
    case 'int':
      return ok({ type: 'int', value: Number.isSafeInteger(Number(value.value)) ? Number(value.value) : value.value });
    case 'float':
      return ok({ type: 'float', value: value.value });
    case 'string':
      if (value.value === 'none') return ok('none');
      // A column of nulls has no type.
      return value.value === 'null' ? ok({ type: 'missing', value: 0 }) : err(`unexpected fill option ${value.value}`);
    default:
      return ok('none');
  }
}

export const joinModule: NodeModule = {
  chainMethods: {
    join: variadicMethod([], 'node', (parent: PipelineNode, _args, others) => {
      const join = new JoinNode(parent.graph, parent.provides);
      parent.link(join);
      for (const other of others) nodeOf(other).link(join);
      return join;
    }),
  },
};
