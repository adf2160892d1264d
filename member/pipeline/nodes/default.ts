import { byteOrder } from '../../base/byte-order.ts';
import { setOwn } from '../../base/own-members.ts';
import { ok } from '../../base/result.ts';
import type { TagSet } from '../../influx/tag-table.ts';
import { method } from '../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import { goTypeOf } from '../../tick/evaluate/value.ts';
import type { ScriptValue } from '../../tick/evaluate/value.ts';
import type { Cell, Column, ValueType } from '../../tick/lambda/column.ts';
import { PartBatch } from '../engine/batch.ts';
import type { Batch } from '../engine/batch.ts';
import { inHalves } from '../engine/lambda-input.ts';
import { Machine } from '../engine/machine.ts';
import type { MachineContext } from '../engine/machine.ts';
import { Retagger } from '../engine/retagger.ts';
import { fieldOf, isPresent as hasCell, withFields } from '../engine/rows.ts';
import type { RowField, Rows, RowSelection } from '../engine/rows.ts';
import { chainNode } from '../graph/chain-node.ts';
import type { NodeModule } from '../graph/chain-node.ts';
import { PipelineNode } from '../graph/node.ts';
import type { EdgeType, Graph } from '../graph/node.ts';

const defaultDefinition: ObjectDefinition<DefaultNode> = {
  goType: '*pipeline.DefaultNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    field: method(['string', 'any'], (node, [name, value]) => {
      node.fields.set(name, value);
    }),
    tag: method(['string', 'string'], (node, [name, value]) => {
      node.tags.set(name, value);
    }),
  },
  chainMethods: {},
};

interface Default {
  readonly name: string;
  readonly type: ValueType;
  readonly value: Cell;
}

/** `default`: values for fields and tags that a point lacks. */
class DefaultNode extends PipelineNode {
  readonly definition = defaultDefinition;
  readonly kind = 'default';
  readonly fields = new Map<string, ScriptValue>();
  readonly tags = new Map<string, string>();

  constructor(graph: Graph, edge: EdgeType) {
    super(graph, edge, edge);
  }

  override validate(): string | undefined {
    for (const [name, value] of this.fields) {
      if (defaultOf(name, value) !== undefined) continue;
      const allowed = 'field default values must be float,int,string or bool';
      return `unsupported type ${goTypeOf(value)} for field "${name}", ${allowed}`;
    }
    return undefined;
  }

  override createMachine(context: MachineContext) {
    const fields = [...this.fields].flatMap(([name, value]) => defaultOf(name, value) ?? []);
    return ok(new DefaultMachine(context, fields, this.tags));
  }
}

function defaultOf(name: string, value: ScriptValue): Default | undefined {
  if (value.type === 'float' || value.type === 'string' || value.type === 'bool') {
    return { name, type: value.type, value: value.value };
  }
  if (value.type !== 'int') return undefined;
  const number = Number(value.value);
  return { name, type: 'int', value: Number.isSafeInteger(number) ? number : value.value };
}

class DefaultMachine extends Machine {
  private readonly fields: readonly Default[];
  private readonly tags: ReadonlyMap<string, string>;
  private readonly retagger: Retagger;
  private readonly known = new WeakMap<TagSet, TagSet>();
  private fieldsDefaulted = 0;
  private tagsDefaulted = 0;

  constructor(context: MachineContext, fields: readonly Default[], tags: ReadonlyMap<string, string>) {
    super(context);
    this.fields = fields;
    this.tags = tags;
    this.retagger = new Retagger(context.groups);
  }

  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    for (const part of this.withDefaults({ rows, selected, count }, true)) {
      this.emitRows(part.rows, part.selected, part.count);
    }
  }

  override onBatch(batch: Batch): void {
    const { header } = batch;
    // As 1.5.4 counts: the beginning of a batch has no fields.
    this.fieldsDefaulted += this.fields.length;
    const tags = this.tagged(header.tags);
    const group = this.context.groups.ofBatch(header.name, tags, header.group.dimensions.byName);
    const parts = batch.parts().flatMap((part) => this.withDefaults(part, false));
    this.emitBatch(new PartBatch({ ...header, group, tags }, parts));
  }

  override ownStats(): Readonly<Record<string, number>> {
    return { fields_defaulted: this.fieldsDefaulted, tags_defaulted: this.tagsDefaulted };
  }

  /** In several parts when a default is of another type than the field has in other rows. */
  private withDefaults(part: RowSelection, isStream: boolean): readonly RowSelection[] {
    if (part.count > 1 && this.fields.some((field) => needsParts(part, field))) {
      const parts: RowSelection[] = [];
      inHalves(part.selected, part.count, (selected, count) =>
        parts.push(...this.withDefaults({ rows: part.rows, selected, count }, isStream)),
      );
      return parts;
    }
    let { rows } = part;
    for (const field of this.fields) rows = this.withField(rows, part, field);
    if (this.tags.size > 0) {
      rows = this.retagger.mapped(rows, part.selected, part.count, isStream, (old) => this.tagged(old));
    }
    return [{ rows, selected: part.selected, count: part.count }];
  }

  private withField(rows: Rows, { selected, count }: RowSelection, { name, type, value }: Default): Rows {
    const column = fieldOf(rows, name);
    let missing = 0;
    for (let i = 0; i < count; i++) if (column === undefined || !isPresent(column, selected[i] ?? 0)) missing++;
    if (missing === 0) return rows;
    this.fieldsDefaulted += missing;
    const cells: Cell[] = Array.from({ length: rows.length }, () => value);
    if (column !== undefined) {
      for (let i = 0; i < count; i++) {
        const row = selected[i] ?? 0;
        if (isPresent(column, row)) cells[row] = column.values[row] ?? value;
      }
    }
    const values = type === 'float' ? Float64Array.from(cells, Number) : cells;
    const filled: RowField = { name, column: { type, values } satisfies Column };
    return withFields(rows, [...rows.fields.filter((field) => field.name !== name), filled]);
  }

  private tagged(old: TagSet): TagSet {
    const missing = [...this.tags].filter(([name]) => (old.get(name) ?? '') === '');
    this.tagsDefaulted += missing.length;
    const known = this.known.get(old);
    if (known !== undefined) return known;
    const record = old.toRecord();
    for (const [name, value] of missing) setOwn(record, name, value);
    const keys = Object.keys(record).sort(byteOrder);
    const made = this.context.groups.tags.intern(
      keys,
      keys.map((key) => record[key] ?? ''),
    );
    this.known.set(old, made);
    return made;
  }
}

/** Whether some rows have the field with another type than the default's, and others lack it. */
function needsParts({ rows, selected, count }: RowSelection, field: Default): boolean {
  const column = fieldOf(rows, field.name);
  if (column === undefined || column.type === field.type || column.present === undefined) return false;
  const first = isPresent(column, selected[0] ?? 0);
  for (let i = 1; i < count; i++) if (isPresent(column, selected[i] ?? 0) !== first) return true;
  return false;
}

export const defaultModule: NodeModule = {
  chainMethods: {
    default: method([], (parent: PipelineNode) => parent.link(new DefaultNode(parent.graph, parent.provides))),
  },
};

/** A null counts as missing. */
function isPresent(column: Column, row: number): boolean {
  return column.type !== 'missing' && hasCell(column, row);
}
