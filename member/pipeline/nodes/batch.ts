import { ok } from '../../base/result.ts';
import { method } from '../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import type { Batch } from '../engine/batch.ts';
import { Machine } from '../engine/machine.ts';
import type { MachineContext } from '../engine/machine.ts';
import { anyNode } from '../graph/chain-node.ts';
import { PipelineNode } from '../graph/node.ts';
import type { Graph } from '../graph/node.ts';
import { QueryNode } from './query/query.ts';

const batchDefinition: ObjectDefinition<BatchNode> = {
  goType: '*pipeline.BatchNode',
  isNode: true,
  embeds: [anyNode],
  properties: {},
  chainMethods: {
    query: method(['string'], (node: BatchNode, [query]) => node.link(new QueryNode(node.graph, query))),
  },
};

/** `batch`: the source of a batch task. */
export class BatchNode extends PipelineNode {
  readonly definition = batchDefinition;
  readonly kind = 'batch';

  constructor(graph: Graph) {
    super(graph, 'none', 'batch');
  }

  /** As 1.5.4: the graph begins at the queries. */
  override get isDrawn(): boolean {
    return false;
  }

  override createMachine(context: MachineContext) {
    return ok(new PassingMachine(context));
  }
}

class PassingMachine extends Machine {
  override onBatch(batch: Batch): void {
    this.emitBatch(batch);
  }
}
