import { ok } from '../../base/result.ts';
import { method } from '../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import { Machine } from '../engine/machine.ts';
import type { MachineContext } from '../engine/machine.ts';
import type { Rows } from '../engine/rows.ts';
import { anyNode } from '../graph/chain-node.ts';
import { PipelineNode } from '../graph/node.ts';
import type { Graph } from '../graph/node.ts';
import { FromNode } from './from.ts';

const streamDefinition: ObjectDefinition<StreamNode> = {
  goType: '*pipeline.StreamNode',
  isNode: true,
  embeds: [anyNode],
  properties: {},
  chainMethods: {
    from: method([], (node: StreamNode) => node.link(new FromNode(node.graph))),
  },
};

/** `stream`: the source of a stream task. What reaches it was chosen by the task's dbrps and its `from` nodes. */
export class StreamNode extends PipelineNode {
  readonly definition = streamDefinition;
  readonly kind = 'stream';

  constructor(graph: Graph) {
    super(graph, 'stream', 'stream');
  }

  override createMachine(context: MachineContext) {
    return ok(new StreamMachine(context));
  }
}

class StreamMachine extends Machine {
  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    this.emitRows(rows, selected, count);
  }
}
