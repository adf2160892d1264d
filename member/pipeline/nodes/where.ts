import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { method } from '../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import type { LambdaNode } from '../../tick/syntax/node.ts';
import { PartBatch } from '../engine/batch.ts';
import type { Batch } from '../engine/batch.ts';
import { SeenGroups } from '../engine/group-states.ts';
import type { Group } from '../engine/groups.ts';
import { Machine } from '../engine/machine.ts';
import type { Barrier, MachineContext } from '../engine/machine.ts';
import { Predicate } from '../engine/predicate.ts';
import type { Rows } from '../engine/rows.ts';
import { chainNode } from '../graph/chain-node.ts';
import type { NodeModule } from '../graph/chain-node.ts';
import { PipelineNode } from '../graph/node.ts';
import type { EdgeType, Graph } from '../graph/node.ts';

const whereDefinition: ObjectDefinition<WhereNode> = {
  goType: '*pipeline.WhereNode',
  isNode: true,
  embeds: [chainNode],
  properties: {},
  chainMethods: {},
};

/** `where`: lets those points through for which a lambda holds. */
class WhereNode extends PipelineNode {
  readonly definition = whereDefinition;
  readonly kind = 'where';
  readonly condition: LambdaNode;

  constructor(graph: Graph, edge: EdgeType, condition: LambdaNode) {
    super(graph, edge, edge);
    this.condition = condition;
  }

  override createMachine(context: MachineContext): Result<Machine, string> {
    if (this.condition.expression === undefined) return err('nil expression passed to WhereNode');
    const predicate = Predicate.compile(this.condition.expression, context.environment);
    if (!predicate.ok) return err(`Failed to compile expression in where clause: ${predicate.error}`);
    return ok(new WhereMachine(context, predicate.value));
  }
}

class WhereMachine extends Machine {
  private readonly predicate: Predicate;
  private readonly seen = new SeenGroups();
  private kept = new Int32Array(0);

  constructor(context: MachineContext, predicate: Predicate) {
    super(context);
    this.predicate = predicate;
  }

  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    this.seen.addRows(rows.groups, selected, count, this.context.groups.size);
    if (this.kept.length < count) this.kept = new Int32Array(Math.max(count, 1024));
    const kept = this.predicate.filter(rows, selected, count, this.kept, this.onError);
    this.emitRows(rows, this.kept, kept);
  }

  /** A batch goes on even when none of its points is left. */
  override onBatch(batch: Batch): void {
    this.seen.add(batch.header.group);
    const parts = batch.parts().map(({ rows, selected, count }) => {
      const kept = new Int32Array(count);
      return { rows, selected: kept, count: this.predicate.filter(rows, selected, count, kept, this.onError) };
    });
    this.emitBatch(
      new PartBatch(
        batch.header,
        parts.filter((part) => part.count > 0),
      ),
    );
  }

  override onBarrier(barrier: Barrier): void {
    this.seen.add(barrier.group);
    this.emitBarrier(barrier);
  }

  override onDeleteGroup(group: Group): void {
    if (!this.seen.delete(group)) return;
    this.predicate.dropGroup(group);
    this.emitDeleteGroup(group);
  }

  override cardinality(): number {
    return this.seen.size;
  }

  private readonly onError = (_row: number, message: string): void => {
    this.report('error while evaluating expression', message);
  };
}

export const whereModule: NodeModule = {
  chainMethods: {
    where: method(['lambda'], (parent: PipelineNode, [condition]) =>
      parent.link(new WhereNode(parent.graph, parent.provides, condition)),
    ),
  },
};
