import { setOwn } from '../../base/own-members.ts';
import { ok } from '../../base/result.ts';
import { timeNs } from '../../influx/block.ts';
import { method } from '../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import type { LogEntry, LogLevel, LogValue } from '../environment.ts';
import { forEachPoint } from '../engine/batch.ts';
import type { Batch } from '../engine/batch.ts';
import { Machine } from '../engine/machine.ts';
import type { MachineContext } from '../engine/machine.ts';
import { isPresent } from '../engine/rows.ts';
import type { Rows } from '../engine/rows.ts';
import { chainNode } from '../graph/chain-node.ts';
import type { NodeModule } from '../graph/chain-node.ts';
import { PipelineNode } from '../graph/node.ts';
import type { EdgeType, Graph } from '../graph/node.ts';
import { textField } from '../graph/own-field.ts';

const logDefinition: ObjectDefinition<LogNode> = {
  goType: '*pipeline.LogNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    level: textField('level'),
    prefix: textField('prefix'),
  },
  chainMethods: {},
};

/** `log`: writes every point into the member's log. */
class LogNode extends PipelineNode {
  readonly definition = logDefinition;
  readonly kind = 'log';
  level = 'INFO';
  prefix = '';

  constructor(graph: Graph, edge: EdgeType) {
    super(graph, edge, edge);
  }

  override createMachine(context: MachineContext) {
    return ok(new LogMachine(context, this));
  }
}

class LogMachine extends Machine {
  private readonly level: LogLevel;
  private readonly prefix: string;

  constructor(context: MachineContext, node: LogNode) {
    super(context);
    const level = node.level.toUpperCase();
    this.level = level === 'ERROR' ? 'error' : level === 'DEBUG' ? 'debug' : 'info';
    this.prefix = node.prefix;
  }

  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const row = selected[i] ?? 0;
      const group = this.context.groups.at(rows.groups[row] ?? 0);
      this.write(
        'point',
        [
          ['prefix', this.prefix],
          ['name', rows.name],
          ['db', rows.database],
          ['rp', rows.retentionPolicy],
          ['group', group.id],
          ['dimension', group.dimensions.tagNames],
          ['time', { timeNs: timeNs(rows.seconds[row] ?? 0, rows.nanos[row] ?? 0) }],
        ],
        contents(rows, row),
      );
    }
    this.emitRows(rows, selected, count);
  }

  override onBatch(batch: Batch): void {
    const { name, group, tags, seconds, nanos } = batch.header;
    const common = [
      ['prefix', this.prefix],
      ['name', name],
      ['group', group.id],
    ] as const;
    const ends = [...common, ['time', { timeNs: timeNs(seconds, nanos) }]] as const;
    this.write('begin batch', ends, { tags: tags.toRecord() });
    forEachPoint(batch, (rows, row) => {
      const time = { timeNs: timeNs(rows.seconds[row] ?? 0, rows.nanos[row] ?? 0) };
      this.write('batch point', [...common, ['time', time]], contents(rows, row));
    });
    this.write('end batch', ends, { tags: tags.toRecord() });
    this.emitBatch(batch);
  }

  private write(message: string, fields: LogEntry['fields'], more: Pick<LogEntry, 'tags' | 'values'>): void {
    this.context.environment.log({ level: this.level, message, node: this.context.name, fields, ...more });
  }
}

function contents(rows: Rows, row: number): Pick<LogEntry, 'tags' | 'values'> {
  const values: Record<string, LogValue> = {};
  for (const { name, column } of rows.fields) {
    const value = isPresent(column, row) ? column.values[row] : undefined;
    if (value !== undefined) setOwn(values, name, column.type === 'duration' ? { durationNs: BigInt(value) } : value);
  }
  return { tags: rows.tagTable.at(rows.tagIds[row] ?? 0).toRecord(), values };
}

export const logModule: NodeModule = {
  chainMethods: {
    log: method([], (parent: PipelineNode) => parent.link(new LogNode(parent.graph, parent.provides))),
  },
};
