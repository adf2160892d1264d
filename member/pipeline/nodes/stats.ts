import { never } from '../../base/deadline.ts';
import type { Millis } from '../../base/deadline.ts';
import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { nanosOf, secondsOf } from '../../influx/block.ts';
import { method } from '../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import { GroupCounts } from '../engine/group-counts.ts';
import type { Group } from '../engine/groups.ts';
import { Machine } from '../engine/machine.ts';
import type { MachineContext } from '../engine/machine.ts';
import { FieldList, RowOutput } from '../engine/row-output.ts';
import { roundNs, truncateNs } from '../engine/times.ts';
import { chainNode } from '../graph/chain-node.ts';
import type { NodeModule } from '../graph/chain-node.ts';
import { PipelineNode } from '../graph/node.ts';
import type { Graph } from '../graph/node.ts';
import { NoOpNode } from './no-op.ts';

const statsDefinition: ObjectDefinition<StatsNode> = {
  goType: '*pipeline.StatsNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    align: method([], (node) => {
      node.isAligned = true;
    }),
  },
  chainMethods: {},
};

/** `stats`: a source of its own, of how many points a node has handed on, per group, by the clock. */
export class StatsNode extends PipelineNode {
  readonly definition = statsDefinition;
  readonly kind = 'stats';
  readonly of: PipelineNode;
  readonly intervalNs: bigint;
  isAligned = false;

  private constructor(graph: Graph, of: PipelineNode, intervalNs: bigint) {
    super(graph, 'stream', 'stream');
    this.of = of;
    this.intervalNs = intervalNs;
  }

  /** A node without children gets one, so that there is something to count. */
  static addTo(node: PipelineNode, intervalNs: bigint): StatsNode {
    const stats = new StatsNode(node.graph, node, intervalNs);
    stats.addAsSource();
    if (node.children.length === 0) node.link(new NoOpNode(node.graph, node.provides));
    return stats;
  }

  override createMachine(context: MachineContext): Result<Machine, string> {
    if (this.intervalNs <= 0n) return err('non-positive interval for NewTicker');
    return ok(new StatsMachine(context, this));
  }
}

class StatsMachine extends Machine {
  private readonly node: StatsNode;
  private readonly intervalMs: Millis;
  private readonly output: RowOutput;
  private readonly fields = new FieldList();
  private counts = new GroupCounts();
  private deadline = never;
  /** What the first aligned points are stamped with: the start, as in 1.5.4. */
  private startNs: bigint | undefined;

  constructor(context: MachineContext, node: StatsNode) {
    super(context);
    this.node = node;
    this.intervalMs = Number(node.intervalNs) / 1e6;
    this.output = new RowOutput(context.groups.tags);
  }

  override start(): Result<void, string> {
    this.watch();
    const { clock } = this.context.environment;
    const { isAligned, intervalNs } = this.node;
    const wall = clock.wallNs();
    const waitNs = isAligned ? truncateNs(wall, intervalNs) + intervalNs - wall : intervalNs;
    if (isAligned) this.startNs = wall;
    this.deadline = clock.monotonicMs() + Number(waitNs) / 1e6;
    return ok(undefined);
  }

  override nextDeadline(): Millis {
    return this.deadline;
  }

  override wake(now: Millis): void {
    this.deadline += this.intervalMs * (Math.floor((now - this.deadline) / this.intervalMs) + 1);
    const wall = this.startNs ?? this.context.environment.clock.wallNs();
    this.startNs = undefined;
    const time = this.node.isAligned ? roundNs(wall, this.node.intervalNs) : wall;
    const { groups } = this.context;
    let isEmpty = true;
    for (const [number, points] of this.counts.entries()) {
      isEmpty = false;
      this.addPoint(groups.at(number), points, time);
    }
    if (isEmpty) this.addPoint(groups.none, 0, time);
    for (const { rows, selected, count } of this.output.take()) this.emitRows(rows, selected, count);
  }

  /** Nobody waits for more: as 1.5.4 stops these nodes when a recording has been played. */
  override finish(): void {
    this.deadline = never;
  }

  /** Of a node with several children, what the first of them gets. */
  private watch(): void {
    const edge = this.context.machineOf(this.node.of.name)?.outputs[0];
    if (edge === undefined) return;
    edge.groupCounts ??= this.counts;
    this.counts = edge.groupCounts;
  }

  private addPoint(of: Group, points: number, timeNs: bigint): void {
    const group = this.context.groups.of('stats', of.tags, of.dimensions);
    this.fields.clear();
    this.fields.add('emitted', 'int', points);
    const block = this.output.rowWith('stats', this.fields);
    block.addRow(secondsOf(timeNs), nanosOf(timeNs), of.tags.id, group.number);
  }
}

export const statsModule: NodeModule = {
  nodeMethods: {
    stats: method(['duration'], (parent: PipelineNode, [interval]) => StatsNode.addTo(parent, interval)),
  },
};
