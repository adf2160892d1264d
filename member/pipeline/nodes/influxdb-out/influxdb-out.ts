import { setOwn } from '../../../base/own-members.ts';
import { err, ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import { earliest } from '../../../base/deadline.ts';
import type { Millis } from '../../../base/deadline.ts';
import { parseGoDuration } from '../../../base/duration.ts';
import { timeNs } from '../../../influx/block.ts';
import { formatLine, unitOfPrecision } from '../../../influx/line-protocol/write.ts';
import type { LineField } from '../../../influx/line-protocol/write.ts';
import { method } from '../../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../../tick/evaluate/describe.ts';
import { forEachPoint } from '../../engine/batch.ts';
import type { Batch } from '../../engine/batch.ts';
import { Machine } from '../../engine/machine.ts';
import type { MachineContext } from '../../engine/machine.ts';
import { isPresent } from '../../engine/rows.ts';
import type { Rows } from '../../engine/rows.ts';
import { anyNode } from '../../graph/chain-node.ts';
import type { NodeModule } from '../../graph/chain-node.ts';
import { PipelineNode } from '../../graph/node.ts';
import type { EdgeType, Graph } from '../../graph/node.ts';
import type { InfluxFailure, InfluxWrite } from '../../environment.ts';
import { Outbox } from './outbox.ts';
import type { Parcel } from './outbox.ts';
import { durationField, intField, textField } from '../../graph/own-field.ts';

const influxdbOutDefinition: ObjectDefinition<InfluxdbOutNode> = {
  goType: '*pipeline.InfluxDBOutNode',
  isNode: true,
  embeds: [anyNode],
  properties: {
    cluster: textField('cluster'),
    database: textField('database'),
    retentionPolicy: textField('retentionPolicy'),
    measurement: textField('measurement'),
    writeConsistency: textField('writeConsistency'),
    precision: textField('precision'),
    buffer: intField('buffer'),
    flushInterval: durationField('flushIntervalNs'),
    tag: method(['string', 'string'], (node, [name, value]) => {
      node.tags.set(name, value);
    }),
    create: method([], (node) => {
      node.creates = true;
    }),
  },
  chainMethods: {},
};

/** `influxDBOut`: writes points to an InfluxDB, in batches. */
class InfluxdbOutNode extends PipelineNode {
  readonly definition = influxdbOutDefinition;
  readonly kind = 'influxdb_out';
  cluster = '';
  database = '';
  retentionPolicy = '';
  measurement = '';
  writeConsistency = '';
  precision = '';
  buffer = 1000n;
  flushIntervalNs = 10_000_000_000n;
  readonly tags = new Map<string, string>();
  creates = false;

  constructor(graph: Graph, edge: EdgeType) {
    super(graph, edge, 'none');
  }

  override createMachine(context: MachineContext): Result<Machine, string> {
    const checked = context.environment.influx.check(this.cluster);
    return checked.ok
      ? ok(new InfluxdbOutMachine(context, this))
      : err(`failed to get InfluxDB client: ${checked.error}`);
  }
}

interface Buffer {
  readonly database: string;
  readonly retentionPolicy: string;
  readonly lines: string[];
}

class InfluxdbOutMachine extends Machine {
  private readonly node: InfluxdbOutNode;
  private readonly unitNs: bigint;
  private readonly intervalMs: Millis;
  private buffers = new Map<string, Buffer>();
  private nextFlush: Millis;
  private readonly outbox: Outbox;
  private pointsWritten = 0;
  private writeErrors = 0;
  private isClosed = false;

  constructor(context: MachineContext, node: InfluxdbOutNode) {
    super(context);
    this.node = node;
    this.unitNs = unitOfPrecision(node.precision);
    this.intervalMs = Math.max(1, Number(node.flushIntervalNs) / 1e6);
    this.nextFlush = context.environment.clock.monotonicMs() + this.intervalMs;
    this.outbox = new Outbox({
      send: (parcel, done) => this.send(parcel, done),
      nowMs: () => context.environment.clock.monotonicMs(),
      written: (points) => (this.pointsWritten += points),
      failed: (parcel, message, isLost) => this.failed(parcel, message, isLost),
    });
  }

  override start(): Result<void, string> {
    const { creates, database, retentionPolicy } = this.node;
    if (!creates) return ok(undefined);
    const policy = retentionPolicy === '' ? '' : ` WITH NAME ${quotedName(retentionPolicy)}`;
    // Ahead of all points, which would be refused otherwise.
    const statement = `CREATE DATABASE ${quotedName(database)}${policy}`;
    this.outbox.add({ kind: 'statement', statement, points: 0 });
    return ok(undefined);
  }

  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    for (let i = 0; i < count; i++)
      this.buffer(rows.database, rows.retentionPolicy, [this.line(rows, selected[i] ?? 0, rows.name)]);
  }

  override onBatch(batch: Batch): void {
    const lines: string[] = [];
    forEachPoint(batch, (rows, row) => lines.push(this.line(rows, row, batch.header.name)));
    this.buffer('', '', lines);
  }

  override nextDeadline(): Millis {
    return earliest(this.nextFlush, this.outbox.nextDeadline());
  }

  override wake(now: Millis): void {
    this.outbox.wake(now);
    if (now < this.nextFlush) return;
    this.nextFlush += Math.ceil((now - this.nextFlush + 1) / this.intervalMs) * this.intervalMs;
    this.writeAll();
  }

  override ownStats(): Readonly<Record<string, number>> {
    return { points_written: this.pointsWritten, write_errors: this.writeErrors };
  }

  override backlog(): number {
    return this.outbox.backlog();
  }

  override finish(): void {
    this.writeAll();
  }

  override close(): void {
    this.isClosed = true;
    this.writeAll();
    this.outbox.close();
  }

  private line(rows: Rows, row: number, name: string): string {
    const { measurement, tags } = this.node;
    const fields: LineField[] = rows.fields.flatMap(({ name: fieldName, column }) => {
      const value = isPresent(column, row) ? column.values[row] : undefined;
      // A null has no line protocol.
      const isNull = value === undefined || column.type === 'missing';
      return isNull ? [] : [{ name: fieldName, type: column.type, value }];
    });
    const record = rows.tagTable.at(rows.tagIds[row] ?? 0).toRecord();
    for (const [tag, value] of tags) setOwn(record, tag, value);
    const time = timeNs(rows.seconds[row] ?? 0, rows.nanos[row] ?? 0);
    return formatLine(
      { name: measurement === '' ? name : measurement, tags: record, fields, timeNs: time },
      this.unitNs,
    );
  }

  private buffer(database: string, retentionPolicy: string, lines: readonly string[]): void {
    if (lines.length === 0) return;
    const { node } = this;
    // As 1.5.4: a precision that is no unit of time fails each time points come.
    if (node.precision !== '' && parseGoDuration(`1${node.precision}`) === undefined) {
      this.report(
        'failed to write points to InfluxDB',
        `time: unknown unit "${node.precision}" in duration "1${node.precision}"`,
      );
      return;
    }
    const db = node.database === '' ? database : node.database;
    const rp = node.retentionPolicy === '' ? retentionPolicy : node.retentionPolicy;
    const key = `${db}\u0000${rp}`;
    let held = this.buffers.get(key);
    if (held === undefined) {
      held = { database: db, retentionPolicy: rp, lines: [] };
      this.buffers.set(key, held);
    }
    for (const line of lines) held.lines.push(line);
    if (held.lines.length < Number(node.buffer)) return;
    this.buffers.delete(key);
    this.write(held);
  }

  private writeAll(): void {
    const held = [...this.buffers.values()];
    this.buffers = new Map();
    for (const buffer of held) this.write(buffer);
  }

  private write(buffer: Buffer): void {
    const { cluster, writeConsistency, precision } = this.node;
    const points = buffer.lines.length;
    const request: InfluxWrite = {
      cluster,
      database: buffer.database,
      retentionPolicy: buffer.retentionPolicy,
      consistency: writeConsistency,
      precision: precision === '' ? 'ns' : precision,
      lines: `${buffer.lines.join('\n')}\n`,
      points,
    };
    this.outbox.add({ kind: 'write', request, points });
  }

  private send(parcel: Parcel, done: (failure: InfluxFailure | null) => void): void {
    const { influx } = this.context.environment;
    const answered = (failure: InfluxFailure | null): void => {
      if (this.isClosed) done(failure);
      else this.context.outside(() => done(failure));
    };
    if (parcel.kind === 'write') influx.write(parcel.request, answered);
    else influx.execute(this.node.cluster, parcel.statement, answered);
  }

  /** A first failure counts, as each does in 1.5.4; a repeated one does not, until points are lost. */
  private failed({ kind, points }: Parcel, message: string, isLost: boolean): void {
    const { cluster, database } = this.node;
    if (kind === 'statement') {
      this.report('failed to create database', message, ['database', database], ['cluster', cluster]);
      return;
    }
    this.writeErrors++;
    const fate = isLost ? 'points_lost' : 'points_kept';
    this.report('failed to write points to InfluxDB', message, [fate, String(points)]);
  }
}

/** As InfluxQL quotes identifiers: those that need no quotes go without. */
function quotedName(name: string): string {
  return `"${name.replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

export const influxdbOutModule: NodeModule = {
  chainMethods: {
    influxDBOut: method([], (parent: PipelineNode) => parent.link(new InfluxdbOutNode(parent.graph, parent.provides))),
  },
};
