import { ok } from '../../base/result.ts';
import type { TagSet } from '../../influx/tag-table.ts';
import { method } from '../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import { PartBatch } from '../engine/batch.ts';
import type { Batch } from '../engine/batch.ts';
import { Machine } from '../engine/machine.ts';
import type { MachineContext } from '../engine/machine.ts';
import { Retagger } from '../engine/retagger.ts';
import { isPresent, withFields, withGroups } from '../engine/rows.ts';
import type { Rows } from '../engine/rows.ts';
import { chainNode } from '../graph/chain-node.ts';
import type { NodeModule } from '../graph/chain-node.ts';
import { PipelineNode } from '../graph/node.ts';
import type { EdgeType, Graph } from '../graph/node.ts';

const deleteDefinition: ObjectDefinition<DeleteNode> = {
  goType: '*pipeline.DeleteNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    field: method(['string'], (node, [name]) => {
      node.fields.push(name);
    }),
    tag: method(['string'], (node, [name]) => {
      node.tags.push(name);
    }),
  },
  chainMethods: {},
};

/** `delete`: takes fields and tags away; a grouping tag that goes is no dimension any more. */
class DeleteNode extends PipelineNode {
  readonly definition = deleteDefinition;
  readonly kind = 'delete';
  readonly fields: string[] = [];
  readonly tags: string[] = [];

  constructor(graph: Graph, edge: EdgeType) {
    super(graph, edge, edge);
  }

  override createMachine(context: MachineContext) {
    return ok(new DeleteMachine(context, new Set(this.fields), new Set(this.tags)));
  }
}

class DeleteMachine extends Machine {
  private readonly fields: ReadonlySet<string>;
  private readonly tags: ReadonlySet<string>;
  private readonly retagger: Retagger;
  private fieldsDeleted = 0;
  private tagsDeleted = 0;

  constructor(context: MachineContext, fields: ReadonlySet<string>, tags: ReadonlySet<string>) {
    super(context);
    this.fields = fields;
    this.tags = tags;
    this.retagger = new Retagger(context.groups);
  }

  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    this.emitRows(this.regrouped(this.without(rows, selected, count), selected, count), selected, count);
  }

  override onBatch(batch: Batch): void {
    const { header } = batch;
    const tags = this.stripped(header.tags);
    const group = this.context.groups.ofBatch(header.name, tags, header.group.dimensions.byName);
    const parts = batch.parts().map((part) => ({ ...part, rows: this.without(part.rows, part.selected, part.count) }));
    this.emitBatch(new PartBatch({ ...header, group, tags }, parts));
  }

  override ownStats(): Readonly<Record<string, number>> {
    return { fields_deleted: this.fieldsDeleted, tags_deleted: this.tagsDeleted };
  }

  private without(rows: Rows, selected: Int32Array, count: number): Rows {
    for (const { name, column } of rows.fields) {
      if (!this.fields.has(name)) continue;
      for (let i = 0; i < count; i++) if (isPresent(column, selected[i] ?? 0)) this.fieldsDeleted++;
    }
    const kept = rows.fields.filter(({ name }) => !this.fields.has(name));
    const left = withFields(rows, kept);
    return this.tags.size === 0
      ? left
      : this.retagger.mapped(left, selected, count, false, (old) => this.stripped(old));
  }

  private regrouped(rows: Rows, selected: Int32Array, count: number): Rows {
    if (this.tags.size === 0) return rows;
    const { groups: table } = this.context;
    const groups = new Uint32Array(rows.length);
    for (let i = 0; i < count; i++) {
      const row = selected[i] ?? 0;
      const { tagNames, byName } = table.at(rows.groups[row] ?? 0).dimensions;
      const left = { tagNames: tagNames.filter((tag) => !this.tags.has(tag)), byName };
      groups[row] = table.of(rows.name, rows.tagTable.at(rows.tagIds[row] ?? 0), left).number;
    }
    return withGroups(rows, groups);
  }

  private stripped(old: TagSet): TagSet {
    for (const key of old.keys) if (this.tags.has(key)) this.tagsDeleted++;
    return this.retagger.without(old, this.tags);
  }
}

export const deleteModule: NodeModule = {
  chainMethods: {
    delete: method([], (parent: PipelineNode) => parent.link(new DeleteNode(parent.graph, parent.provides))),
  },
};
