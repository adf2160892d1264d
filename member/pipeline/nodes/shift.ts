import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { method } from '../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import { nanosOf, secondsOf, timeNs } from '../../influx/block.ts';
import { PartBatch } from '../engine/batch.ts';
import type { Batch } from '../engine/batch.ts';
import { Machine } from '../engine/machine.ts';
import type { MachineContext } from '../engine/machine.ts';
import { withTimes } from '../engine/rows.ts';
import type { Rows } from '../engine/rows.ts';
import { chainNode } from '../graph/chain-node.ts';
import type { NodeModule } from '../graph/chain-node.ts';
import { PipelineNode } from '../graph/node.ts';
import type { EdgeType, Graph } from '../graph/node.ts';

const shiftDefinition: ObjectDefinition<ShiftNode> = {
  goType: '*pipeline.ShiftNode',
  isNode: true,
  embeds: [chainNode],
  properties: {},
  chainMethods: {},
};

/** `shift`: moves points and batches in time. */
class ShiftNode extends PipelineNode {
  readonly definition = shiftDefinition;
  readonly kind = 'shift';
  readonly shiftNs: bigint;

  constructor(graph: Graph, edge: EdgeType, shiftNs: bigint) {
    super(graph, edge, edge);
    this.shiftNs = shiftNs;
  }

  override createMachine(context: MachineContext): Result<Machine, string> {
    if (this.shiftNs === 0n) return err('invalid shift value: must be non zero duration');
    return ok(new ShiftMachine(context, this.shiftNs));
  }
}

class ShiftMachine extends Machine {
  private readonly shiftNs: bigint;
  private readonly bySeconds: number;
  private readonly byNanos: number;

  constructor(context: MachineContext, shiftNs: bigint) {
    super(context);
    this.shiftNs = shiftNs;
    this.bySeconds = secondsOf(shiftNs);
    this.byNanos = nanosOf(shiftNs);
  }

  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    this.emitRows(this.shifted(rows), selected, count);
  }

  override onBatch(batch: Batch): void {
    const { header } = batch;
    const time = timeNs(header.seconds, header.nanos) + this.shiftNs;
    const parts = batch.parts().map((part) => ({ ...part, rows: this.shifted(part.rows) }));
    this.emitBatch(new PartBatch({ ...header, seconds: secondsOf(time), nanos: nanosOf(time) }, parts));
  }

  private shifted(rows: Rows): Rows {
    const seconds = new Float64Array(rows.length);
    const nanos = new Int32Array(rows.length);
    for (let i = 0; i < rows.length; i++) {
      const sum = (rows.nanos[i] ?? 0) + this.byNanos;
      const carry = sum >= 1_000_000_000 ? 1 : 0;
      nanos[i] = sum - carry * 1_000_000_000;
      seconds[i] = (rows.seconds[i] ?? 0) + this.bySeconds + carry;
    }
    return withTimes(rows, { seconds, nanos });
  }
}

export const shiftModule: NodeModule = {
  chainMethods: {
    shift: method(['duration'], (parent: PipelineNode, [shiftNs]) =>
      parent.link(new ShiftNode(parent.graph, parent.provides, shiftNs)),
    ),
  },
};
