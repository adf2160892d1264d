/**
 * Runs a query by the clock and hands on its answer in batches. One query runs at a time: a tick that comes meanwhile
 * waits, of an aligned `every` two do, further ones are left out, as in 1.5.4. In a replay the clock stands still:
 * batches come from outside.
 */
import { never } from '../../../base/deadline.ts';
import type { Millis } from '../../../base/deadline.ts';
import { err, ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import { AnswerReader } from '../../../influx/answer-reader.ts';
import type { AnswerError } from '../../../influx/answer-reader.ts';
import type { QueriedBatch } from '../../../influx/queried-batch.ts';
import type { Batch } from '../../engine/batch.ts';
import { Machine } from '../../engine/machine.ts';
import type { MachineContext } from '../../engine/machine.ts';
import { truncateNs } from '../../engine/times.ts';
import { batchOf } from './batch-rows.ts';
import { refusedSource } from './planned-queries.ts';
import type { QuerySettings } from './query-settings.ts';
import type { QueryNode } from './query.ts';

/** The wall clock may be set anew while a query waits for its time: it is looked at again at least that often. */
const longestWaitMs = 60_000;

interface OpenQuery {
  readonly reader: AnswerReader;
  readonly stopNs: bigint;
  readonly startedMs: Millis;
  readonly cancel: () => void;
}

export class QueryMachine extends Machine {
  private readonly node: QueryNode;
  private readonly settings: QuerySettings;
  private readonly isLive: boolean;
  private deadline: Millis = never;
  /** The wall-clock time of the next run; undefined while runs only keep their distance. */
  private dueNs: bigint | undefined;
  private open: OpenQuery | undefined;
  private readonly waitingTicksNs: bigint[] = [];
  private batchesQueried = 0;
  private pointsQueried = 0;

  constructor(context: MachineContext, node: QueryNode, settings: QuerySettings) {
    super(context);
    this.node = node;
    this.settings = settings;
    this.isLive = context.environment.replay === null;
  }

  override start(): Result<void, string> {
    if (!this.isLive) return ok(undefined);
    const refused = refusedSource(this.settings.query, this.context.dbrps);
    if (refused !== undefined) return err(refused);
    const usable = this.context.environment.influx.check(this.node.cluster);
    if (usable.ok) this.schedule();
    else this.context.fail(`failed to get InfluxDB client: ${usable.error}`);
    return ok(undefined);
  }

  override onBatch(batch: Batch): void {
    this.emitBatch(batch);
  }

  /** A batch of a recording, or of a query that was run for a replay. */
  collect(batch: QueriedBatch): void {
    for (const edge of this.inputs) edge.collected++;
    this.context.countSource(1);
    this.emitBatch(batchOf(batch, this.context.groups));
  }

  override nextDeadline(): Millis {
    return this.deadline;
  }

  override wake(now: Millis): void {
    if (now < this.deadline) return;
    const wall = this.context.environment.clock.wallNs();
    if (this.dueNs === undefined) {
      const everyMs = Number(this.node.everyNs) / 1e6;
      this.deadline += everyMs * (Math.floor((now - this.deadline) / everyMs) + 1);
      this.tick(wall);
      return;
    }
    const due = this.dueNs;
    if (wall < due) {
      this.waitUntil(due, wall);
      return;
    }
    const aligned = this.node.everyNs === 0n ? due : truncateNs(wall, this.node.everyNs);
    this.schedule();
    this.tick(aligned > due ? aligned : due);
  }

  override ownStats(): Readonly<Record<string, number>> {
    return this.isLive ? { batches_queried: this.batchesQueried, points_queried: this.pointsQueried } : {};
  }

  /** Asks for nothing more: what is behind has finished with this node, and takes no answer any more. */
  override finish(): void {
    this.open?.cancel();
    this.open = undefined;
    this.waitingTicksNs.length = 0;
    this.deadline = never;
  }

  override close(): void {
    this.finish();
  }

  private schedule(): void {
    const { clock } = this.context.environment;
    const { everyNs, isAligned } = this.node;
    if (everyNs !== 0n && !isAligned) {
      this.deadline = clock.monotonicMs() + Number(everyNs) / 1e6;
      return;
    }
    const wall = clock.wallNs();
    this.dueNs = everyNs === 0n ? this.settings.schedule.next(wall) : truncateNs(wall, everyNs) + everyNs;
    if (this.dueNs === undefined) this.deadline = never;
    else this.waitUntil(this.dueNs, wall);
  }

  private waitUntil(dueNs: bigint, wallNs: bigint): void {
    const waitMs = Math.min(Number(dueNs - wallNs) / 1e6, longestWaitMs);
    this.deadline = this.context.environment.clock.monotonicMs() + waitMs;
  }

  private tick(tickNs: bigint): void {
    if (this.open === undefined) this.run(tickNs);
    else if (this.waitingTicksNs.length < (this.node.isAligned && this.node.everyNs !== 0n ? 2 : 1))
      this.waitingTicksNs.push(tickNs);
  }

  private run(tickNs: bigint): void {
    const { environment, outside } = this.context;
    const stopNs = tickNs - this.node.offsetNs;
    const statement = this.settings.query.text(stopNs - this.node.periodNs, stopNs, this.node.isGroupAligned);
    const { name } = this.context;
    environment.log({
      level: 'debug',
      message: 'starting next batch query',
      node: name,
      fields: [['query', statement]],
    });
    const reader = new AnswerReader(this.node.isByMeasurement);
    const cancel = environment.influx.select(this.node.cluster, statement, {
      line: (text) => outside(() => this.take(reader, text)),
      done: (error) => outside(() => this.finishQuery(reader, error)),
    });
    this.open = { reader, stopNs, startedMs: environment.clock.monotonicMs(), cancel };
  }

  private take(reader: AnswerReader, line: string): void {
    if (this.open?.reader !== reader) return;
    const read = reader.read(line);
    if (read.ok) for (const batch of read.value) this.deliver(batch, this.open.stopNs);
    else this.reportAnswer(read.error);
  }

  private finishQuery(reader: AnswerReader, error: string | null): void {
    const { open } = this;
    if (open?.reader !== reader) return;
    if (error === null) for (const batch of reader.finish()) this.deliver(batch, open.stopNs);
    else this.reportAnswer({ kind: 'query', message: error });
    this.executionTime.add((this.context.environment.clock.monotonicMs() - open.startedMs) * 1e6);
    this.open = undefined;
    const waiting = this.waitingTicksNs.shift();
    if (waiting !== undefined) this.run(waiting);
  }

  private deliver(batch: QueriedBatch, stopNs: bigint): void {
    this.batchesQueried++;
    this.pointsQueried += batch.timesNs.length;
    const hasTime = batch.timeNs !== null && this.settings.query.isGroupedByTime;
    this.collect(hasTime ? batch : { ...batch, timeNs: stopNs });
  }

  private reportAnswer({ kind, message }: AnswerError): void {
    this.report(kind === 'query' ? 'error executing query' : 'failed to understand query result', message);
  }
}
