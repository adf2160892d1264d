import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { method } from '../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import type { Machine, MachineContext } from '../engine/machine.ts';
import { PointwiseMachine } from '../engine/pointwise-machine.ts';
import type { Rows } from '../engine/rows.ts';
import { TimeGrid } from '../engine/times.ts';
import { chainNode } from '../graph/chain-node.ts';
import type { NodeModule } from '../graph/chain-node.ts';
import { PipelineNode } from '../graph/node.ts';
import type { EdgeType, Graph } from '../graph/node.ts';

const sampleDefinition: ObjectDefinition<SampleNode> = {
  goType: '*pipeline.SampleNode',
  isNode: true,
  embeds: [chainNode],
  properties: {},
  chainMethods: {},
};

/** `sample`: every so manieth point, or those whose time is a multiple of a duration. */
class SampleNode extends PipelineNode {
  readonly definition = sampleDefinition;
  readonly kind = 'sample';
  readonly every: bigint;
  readonly durationNs: bigint;

  constructor(graph: Graph, edge: EdgeType, every: bigint, durationNs: bigint) {
    super(graph, edge, edge);
    this.every = every;
    this.durationNs = durationNs;
  }

  override createMachine(context: MachineContext): Result<Machine, string> {
    if (this.durationNs === 0n && this.every === 0n) {
      return err('invalid sample rate: must be positive integer or duration');
    }
    return ok(new SampleMachine(context, this));
  }
}

interface Counted {
  count: number;
}

class SampleMachine extends PointwiseMachine<Counted> {
  /** Undefined when the points are counted. */
  private readonly grid: TimeGrid | undefined;
  private readonly every: number;

  constructor(context: MachineContext, { every, durationNs }: SampleNode) {
    super(context);
    this.grid = durationNs === 0n ? undefined : new TimeGrid(durationNs);
    this.every = Number(every);
  }

  protected override added(): undefined {
    return undefined;
  }

  protected override newState(): Counted {
    return { count: 0 };
  }

  protected override visit(rows: Rows, row: number, state: Counted): boolean {
    const count = state.count++;
    if (this.grid === undefined) return count % this.every === 0;
    return this.grid.isMultiple(rows.seconds[row] ?? 0, rows.nanos[row] ?? 0);
  }
}

export const sampleModule: NodeModule = {
  chainMethods: {
    sample: method(['any'], (parent: PipelineNode, [rate], call) => {
      if (rate.type === 'int') return parent.link(new SampleNode(parent.graph, parent.provides, rate.value, 0n));
      if (rate.type === 'duration') return parent.link(new SampleNode(parent.graph, parent.provides, 0n, rate.value));
      return call.panic('must pass int64 or duration to new sample node');
    }),
  },
};
