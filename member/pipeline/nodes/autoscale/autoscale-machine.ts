/**
 * Looks at points one after the other, as each may change what the next one sees. While a cluster has not answered,
 * what comes waits. The number of replicas is asked for once per resource and then remembered: what others do to it
 * is not noticed, as in 1.5.4.
 */
import { goQuote } from '../../../alerts/go-quote.ts';
import { timeNs } from '../../../influx/block.ts';
import { forEachPoint } from '../../engine/batch.ts';
import type { Batch } from '../../engine/batch.ts';
import { SeenGroups } from '../../engine/group-states.ts';
import type { Group } from '../../engine/groups.ts';
import { Machine } from '../../engine/machine.ts';
import type { Barrier, MachineContext } from '../../engine/machine.ts';
import { FieldList, RowOutput } from '../../engine/row-output.ts';
import type { Rows } from '../../engine/rows.ts';
import type { ScaledResource, ScalingCluster } from '../../node-ports.ts';
import type { AutoscaleNode } from './autoscale-node.ts';
import type { ReplicasExpression } from './replicas-expression.ts';

/** Made only for points that have to wait, or for whose sake a cluster is asked. */
interface Point {
  readonly kind: 'point';
  readonly rows: Rows;
  readonly row: number;
  readonly origin: Origin;
}

/** What the points of a block or batch have in common. */
interface Origin {
  /** Of the measurement, or of the batch. */
  readonly name: string;
  /** The batch's; undefined where each row has its own. */
  readonly group: Group | undefined;
}

type Waiting =
  Point | { readonly kind: 'barrier'; readonly barrier: Barrier } | { readonly kind: 'delete'; readonly group: Group };

interface ResourceState {
  readonly current: number;
  readonly lastIncreaseNs: bigint | undefined;
  readonly lastDecreaseNs: bigint | undefined;
}

interface Change {
  readonly resource: ScaledResource;
  readonly from: number;
  readonly state: ResourceState;
}

export class AutoscaleMachine extends Machine {
  private readonly node: AutoscaleNode;
  private readonly cluster: ScalingCluster;
  private readonly expression: ReplicasExpression;
  private readonly output: RowOutput;
  private readonly seen = new SeenGroups();
  private readonly states = new Map<string, ResourceState>();
  private waiting: Waiting[] = [];
  private next = 0;
  private isAsking = false;
  private isClosed = false;
  private increaseEvents = 0;
  private decreaseEvents = 0;
  private cooldownDrops = 0;

  constructor(context: MachineContext, node: AutoscaleNode, cluster: ScalingCluster, expression: ReplicasExpression) {
    super(context);
    this.node = node;
    this.cluster = cluster;
    this.expression = expression;
    this.output = new RowOutput(context.groups.tags);
  }

  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    this.seen.addRows(rows.groups, selected, count, this.context.groups.size);
    const origin: Origin = { name: rows.name, group: undefined };
    for (let i = 0; i < count; i++) this.takePoint(rows, selected[i] ?? 0, origin);
  }

  override onBatch(batch: Batch): void {
    const { name, group } = batch.header;
    this.seen.add(group);
    const origin: Origin = { name, group };
    forEachPoint(batch, (rows, row) => this.takePoint(rows, row, origin));
  }

  override onBarrier(barrier: Barrier): void {
    this.seen.add(barrier.group);
    this.take({ kind: 'barrier', barrier });
  }

  override onDeleteGroup(group: Group): void {
    if (this.seen.delete(group)) this.take({ kind: 'delete', group });
  }

  override cardinality(): number {
    return this.seen.size;
  }

  override backlog(): number {
    return this.waiting.length - this.next + Number(this.isAsking);
  }

  override ownStats(): Readonly<Record<string, number>> {
    return {
      increase_events: this.increaseEvents,
      decrease_events: this.decreaseEvents,
      cooldown_drops: this.cooldownDrops,
    };
  }

  /** What waits is not looked at any more: a task that has ended scales nothing. */
  override close(): void {
    this.isClosed = true;
    this.waiting = [];
    this.next = 0;
  }

  private takePoint(rows: Rows, row: number, origin: Origin): void {
    if (this.isAsking) this.waiting.push({ kind: 'point', rows, row, origin });
    else this.visit(rows, row, origin);
  }

  private take(item: Waiting): void {
    if (this.isAsking) this.waiting.push(item);
    else this.handle(item);
  }

  private handle(item: Waiting): void {
    if (item.kind === 'point') this.visit(item.rows, item.row, item.origin);
    else if (item.kind === 'barrier') this.emitBarrier(item.barrier);
    else {
      this.expression.dropGroup(item.group);
      this.emitDeleteGroup(item.group);
    }
  }

  /** Does what an answer has brought, then what has waited for it. */
  private readonly answered = (work: () => void): void => {
    this.isAsking = false;
    if (this.isClosed) return;
    this.context.outside(() => {
      work();
      while (!this.isAsking && this.next < this.waiting.length) {
        const item = this.waiting[this.next++];
        if (item !== undefined) this.handle(item);
      }
      if (this.next < 1024 && this.next < this.waiting.length) return;
      this.waiting = this.waiting.slice(this.next);
      this.next = 0;
    });
  };

  private visit(rows: Rows, row: number, origin: Origin): void {
    const { name: fixedName, nameTag } = this.node.naming();
    const name = fixedName === '' ? (rows.tagTable.at(rows.tagIds[row] ?? 0).get(nameTag) ?? '') : fixedName;
    const state = this.states.get(name);
    if (name === '') this.refuse(origin, 'could not determine the name of the resource');
    else if (state === undefined) this.ask(this.node.resource(name), { kind: 'point', rows, row, origin });
    else this.decide(rows, row, origin, name, state);
  }

  private ask(resource: ScaledResource, { rows, row, origin }: Point): void {
    this.isAsking = true;
    this.cluster.replicas(resource, (outcome) =>
      this.answered(() => {
        if (!outcome.ok) {
          const quoted = goQuote(this.node.describe(resource));
          this.refuse(origin, `could not determine initial scale for ${quoted}: ${outcome.error}`);
          return;
        }
        const found: ResourceState = { current: outcome.value, lastIncreaseNs: undefined, lastDecreaseNs: undefined };
        this.states.set(resource.name, found);
        this.decide(rows, row, origin, resource.name, found);
      }),
    );
  }

  private decide(rows: Rows, row: number, origin: Origin, name: string, state: ResourceState): void {
    const wanted = this.expression.evaluate(rows, row, state.current);
    if (!wanted.ok) {
      this.refuse(origin, `failed to evaluate the replicas expression: ${wanted.error}`);
      return;
    }
    const replicas = this.withinBounds(wanted.value);
    if (replicas === state.current) return;
    const { lastIncreaseNs, lastDecreaseNs } = state;
    const isIncrease = replicas > state.current;
    const atNs = timeNs(rows.seconds[row] ?? 0, rows.nanos[row] ?? 0);
    const lastNs = isIncrease ? lastIncreaseNs : lastDecreaseNs;
    const cooldownNs = isIncrease ? this.node.increaseCooldownNs : this.node.decreaseCooldownNs;
    if (lastNs !== undefined && atNs < lastNs + cooldownNs) {
      this.cooldownDrops++;
      return;
    }
    const change: Change = {
      resource: this.node.resource(name),
      from: state.current,
      state: isIncrease
        ? { current: replicas, lastIncreaseNs: atNs, lastDecreaseNs }
        : { current: replicas, lastIncreaseNs, lastDecreaseNs: atNs },
    };
    this.apply({ kind: 'point', rows, row, origin }, change);
  }

  private withinBounds(replicas: number): number {
    const max = Number(this.node.max);
    const bounded = max > 0 ? Math.min(replicas, max) : replicas;
    return Math.max(bounded, Number(this.node.min));
  }

  /** Only a change that the cluster has taken is remembered. */
  private apply(point: Point, { resource, from, state }: Change): void {
    const { current } = state;
    this.context.environment.log({
      level: 'debug',
      message: 'setting replicas',
      node: this.context.name,
      fields: [
        ['new', current],
        ['old', from],
        ['event_id', resource.name],
      ],
    });
    this.isAsking = true;
    this.cluster.setReplicas(resource, current, (outcome) =>
      this.answered(() => {
        if (!outcome.ok) {
          const quoted = goQuote(this.node.describe(resource));
          const cause = `failed to set new replica count for ${quoted}: ${outcome.error}`;
          this.refuse(point.origin, `failed to apply scaling event: ${cause}`);
          return;
        }
        this.states.set(resource.name, state);
        if (current > from) this.increaseEvents++;
        else this.decreaseEvents++;
        this.tell(point, { resource, from, state });
      }),
    );
  }

  /** The point that tells of a change has the tags of its group, and those that name what was scaled. */
  private tell({ rows, row, origin }: Point, { resource, from, state }: Change): void {
    const { groups } = this.context;
    const { dimensions } = origin.group ?? groups.at(rows.groups[row] ?? 0);
    const old = rows.tagTable.at(rows.tagIds[row] ?? 0);
    const record: Record<string, string> = {};
    for (const tag of dimensions.tagNames) record[tag] = old.get(tag) ?? '';
    this.node.tagResource(resource, record);
    const tags = groups.tags.internRecord(record);
    const fields = new FieldList();
    fields.add('old', 'int', from);
    fields.add('new', 'int', state.current);
    const block = this.output.rowWith(origin.name, fields);
    const group = groups.of(origin.name, tags, dimensions);
    block.addRow(rows.seconds[row] ?? 0, rows.nanos[row] ?? 0, tags.id, group.number);
    for (const part of this.output.take()) this.emitRows(part.rows, part.selected, part.count);
  }

  private refuse({ group }: Origin, error: string): void {
    this.report(group === undefined ? 'error handling point' : 'error batch handling point', error);
  }
}
