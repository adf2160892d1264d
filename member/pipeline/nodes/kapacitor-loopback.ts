import { goQuote } from '../../alerts/go-quote.ts';
import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { Block, Field, FieldType, WriteBody } from '../../influx/block.ts';
import type { TagSet } from '../../influx/tag-table.ts';
import { method } from '../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import type { Column } from '../../tick/lambda/column.ts';
import type { Batch } from '../engine/batch.ts';
import { Machine } from '../engine/machine.ts';
import type { MachineContext } from '../engine/machine.ts';
import { Retagger } from '../engine/retagger.ts';
import { compacted } from '../engine/rows.ts';
import type { RowField, Rows } from '../engine/rows.ts';
import { anyNode } from '../graph/chain-node.ts';
import type { NodeModule } from '../graph/chain-node.ts';
import { PipelineNode } from '../graph/node.ts';
import type { EdgeType, Graph } from '../graph/node.ts';
import { textField } from '../graph/own-field.ts';

const kapacitorLoopbackDefinition: ObjectDefinition<KapacitorLoopbackNode> = {
  goType: '*pipeline.KapacitorLoopbackNode',
  isNode: true,
  embeds: [anyNode],
  properties: {
    database: textField('database'),
    retentionPolicy: textField('retentionPolicy'),
    measurement: textField('measurement'),
    tag: method(['string', 'string'], (node, [name, value]) => {
      node.tags.set(name, value);
    }),
  },
  chainMethods: {},
};

/** `kapacitorLoopback`: writes points back into the member, as if they had come from outside. */
class KapacitorLoopbackNode extends PipelineNode {
  readonly definition = kapacitorLoopbackDefinition;
  readonly kind = 'kapacitor_loopback';
  database = '';
  retentionPolicy = '';
  measurement = '';
  readonly tags = new Map<string, string>();

  constructor(graph: Graph, edge: EdgeType) {
    super(graph, edge, 'none');
  }

  override validate(): string | undefined {
    if (this.database === '') return 'must specify a database';
    return this.retentionPolicy === '' ? 'must specify a retention policy' : undefined;
  }

  override createMachine(context: MachineContext): Result<Machine, string> {
    const { database, retentionPolicy } = this;
    const isLoop = context.dbrps.some(({ db, rp }) => db === database && rp === retentionPolicy);
    if (isLoop) return err(`loop detected on dbrp: ${goQuote(database)}.${goQuote(retentionPolicy)}`);
    return ok(new KapacitorLoopbackMachine(context, this));
  }
}

class KapacitorLoopbackMachine extends Machine {
  private readonly node: KapacitorLoopbackNode;
  private readonly retagger: Retagger;
  private readonly known = new WeakMap<TagSet, TagSet>();
  private pointsWritten = 0;

  constructor(context: MachineContext, node: KapacitorLoopbackNode) {
    super(context);
    this.node = node;
    this.retagger = new Retagger(context.groups);
  }

  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    if (count === 0) return;
    const { measurement } = this.node;
    this.write([this.block(rows, selected, count, measurement === '' ? rows.name : measurement)], count);
  }

  /** As 1.5.4: the points of a batch keep its name, whatever `measurement` says. */
  override onBatch(batch: Batch): void {
    if (batch.count === 0) return;
    const blocks = batch
      .parts()
      .filter(({ count }) => count > 0)
      .map(({ rows, selected, count }) => this.block(rows, selected, count, batch.header.name));
    this.write(blocks, batch.count);
  }

  override onBarrier(): void {}

  override onDeleteGroup(): void {}

  override ownStats(): Readonly<Record<string, number>> {
    return { points_written: this.pointsWritten };
  }

  private write(blocks: readonly Block[], count: number): void {
    const body: WriteBody = { blocks, runs: blocks.flatMap(({ length }, index) => [index, length]), rowCount: count };
    const written = this.context.environment.loopback.write(body);
    if (written.ok) {
      this.pointsWritten += count;
      return;
    }
    // As 1.5.4 an error for each point, but one line in the log.
    this.errorCount += count - 1;
    this.report('failed to write point over loopback', written.error, ['points', count]);
  }

  private block(rows: Rows, selected: Int32Array, count: number, name: string): Block {
    const { database, retentionPolicy, tags } = this.node;
    const tagged =
      tags.size === 0 ? rows : this.retagger.mapped(rows, selected, count, false, (old) => this.tagged(old));
    const { length, seconds, nanos, tagTable, tagIds, fields } = isWhole(rows, selected, count)
      ? tagged
      : compacted(tagged, selected, count);
    const kept = fields.flatMap(writtenField);
    return { database, retentionPolicy, name, length, seconds, nanos, tagTable, tagIds, fields: kept };
  }

  private tagged(old: TagSet): TagSet {
    let made = this.known.get(old);
    if (made === undefined) {
      made = this.context.groups.tags.internRecord({ ...old.toRecord(), ...Object.fromEntries(this.node.tags) });
      this.known.set(old, made);
    }
    return made;
  }
}

/** Whether all rows of the block are chosen, in order: it can travel as it is. */
function isWhole(rows: Rows, selected: Int32Array, count: number): boolean {
  if (count !== rows.length) return false;
  for (let i = 0; i < count; i++) if (selected[i] !== i) return false;
  return true;
}

/** What written points can hold: durations travel as their nanoseconds; a null does not travel. */
function writtenField({ name, column }: RowField): readonly Field[] {
  const type = writtenType(column);
  if (type === undefined) return [];
  const { values, present } = column;
  return [{ name, column: present === undefined ? { type, values } : { type, values, present } }];
}

function writtenType({ type }: Column): FieldType | undefined {
  if (type === 'duration') return 'int';
  return type === 'float' || type === 'int' || type === 'string' || type === 'bool' ? type : undefined;
}

export const kapacitorLoopbackModule: NodeModule = {
  chainMethods: {
    kapacitorLoopback: method([], (parent: PipelineNode) =>
      parent.link(new KapacitorLoopbackNode(parent.graph, parent.provides)),
    ),
  },
};
