import { ok } from '../../base/result.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import type { Batch } from '../engine/batch.ts';
import { Machine } from '../engine/machine.ts';
import type { MachineContext } from '../engine/machine.ts';
import type { Rows } from '../engine/rows.ts';
import { anyNode } from '../graph/chain-node.ts';
import { PipelineNode } from '../graph/node.ts';
import type { EdgeType, Graph } from '../graph/node.ts';

const noOpDefinition: ObjectDefinition<NoOpNode> = {
  goType: '*pipeline.NoOpNode',
  isNode: true,
  embeds: [anyNode],
  properties: {},
  chainMethods: {},
};

/** Takes the points of a node that has no child but statistics. */
export class NoOpNode extends PipelineNode {
  readonly definition = noOpDefinition;
  readonly kind = 'noop';

  constructor(graph: Graph, edge: EdgeType) {
    super(graph, edge, edge);
  }

  override createMachine(context: MachineContext) {
    return ok(new NoOpMachine(context));
  }
}

class NoOpMachine extends Machine {
  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    this.emitRows(rows, selected, count);
  }

  override onBatch(batch: Batch): void {
    this.emitBatch(batch);
  }
}
