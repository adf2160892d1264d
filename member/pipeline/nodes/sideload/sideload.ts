import { compileTemplate, renderTemplate } from '../../../alerts/template/template.ts';
import type { Template } from '../../../alerts/template/template.ts';
import { stringMap } from '../../../alerts/template/value.ts';
import { ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import type { TagSet } from '../../../influx/tag-table.ts';
import { method, variadicMethod } from '../../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../../tick/evaluate/describe.ts';
import { goTypeOf } from '../../../tick/evaluate/value.ts';
import type { ScriptValue } from '../../../tick/evaluate/value.ts';
import type { Cell, ValueType } from '../../../tick/lambda/column.ts';
import { PartBatch } from '../../engine/batch.ts';
import type { Batch } from '../../engine/batch.ts';
import { goTypeNameOf } from '../../engine/go-types.ts';
import { Machine } from '../../engine/machine.ts';
import type { MachineContext } from '../../engine/machine.ts';
import { Retagger } from '../../engine/retagger.ts';
import type { RowField, Rows, RowSelection } from '../../engine/rows.ts';
import { chainNode } from '../../graph/chain-node.ts';
import type { NodeModule } from '../../graph/chain-node.ts';
import { PipelineNode } from '../../graph/node.ts';
import type { EdgeType, Graph } from '../../graph/node.ts';
import { textField } from '../../graph/own-field.ts';
import type { SideloadFiles, SideloadSource } from '../../node-ports.ts';
import { converted, goTypeOfLoaded } from './convert.ts';
import { lookUp } from './lookup.ts';

const sideloadDefinition: ObjectDefinition<SideloadNode> = {
  goType: '*pipeline.SideloadNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    source: textField('source'),
    order: variadicMethod([], 'string', (node, _args, order) => {
      node.order = order;
    }),
    field: method(['string', 'any'], (node, [name, value]) => {
      node.fields.set(name, value);
    }),
    tag: method(['string', 'string'], (node, [name, value]) => {
      node.tags.set(name, value);
    }),
  },
  chainMethods: {},
};

/** `sideload`: adds fields and tags from files, chosen by the tags of each point. */
class SideloadNode extends PipelineNode {
  readonly definition = sideloadDefinition;
  readonly kind = 'sideload';
  source = '';
  order: readonly string[] = [];
  readonly fields = new Map<string, ScriptValue>();
  readonly tags = new Map<string, string>();

  constructor(graph: Graph, edge: EdgeType) {
    super(graph, edge, edge);
  }

  /** 1.5.4 takes any value, and hands on fields that nothing can read. */
  override validate(): string | undefined {
    for (const [name, value] of this.fields) {
      if (defaultOf(name, value) !== undefined) continue;
      return `unsupported type ${goTypeOf(value)} for field "${name}", field default values must be float,int,string,bool or duration`;
    }
    return undefined;
  }

  override createMachine(context: MachineContext): Result<Machine, string> {
    const templates: OrderTemplate[] = [];
    for (const text of this.order) {
      const template = compileTemplate(text, { name: 'order', html: false });
      if (!template.ok) return template;
      templates.push({ text, template: template.value });
    }
    const fields = [...this.fields].flatMap(([name, value]) => defaultOf(name, value) ?? []);
    const tags = [...this.tags].map(([name, value]): Default => ({ name, type: 'string', value }));
    return ok(new SideloadMachine(context, { source: this.source, templates, fields, tags }));
  }
}

interface Default {
  readonly name: string;
  readonly type: ValueType;
  readonly value: Cell;
}

function defaultOf(name: string, value: ScriptValue): Default | undefined {
  if (value.type === 'float' || value.type === 'string' || value.type === 'bool')
    return { name, type: value.type, value: value.value };
  if (value.type !== 'int' && value.type !== 'duration') return undefined;
  const number = Number(value.value);
  return { name, type: value.type, value: Number.isSafeInteger(number) ? number : value.value };
}

interface OrderTemplate {
  readonly text: string;
  readonly template: Template;
}

interface Loading {
  readonly source: string;
  readonly templates: readonly OrderTemplate[];
  readonly fields: readonly Default[];
  readonly tags: readonly Default[];
}

type Problem = readonly [message: string, error: string, ...fields: readonly (readonly [string, string])[]];

/** What every point with the same tags gets. */
interface Loaded {
  /** In the order of the node's fields; undefined when the order of files could not be told. */
  readonly values: readonly Cell[] | undefined;
  readonly tags: TagSet;
  /** Reported anew for each point. */
  readonly problems: readonly Problem[];
}

class SideloadMachine extends Machine {
  private readonly loading: Loading;
  private readonly retagger: Retagger;
  private source: SideloadSource | undefined;
  private files: SideloadFiles = new Map();
  private loaded = new WeakMap<TagSet, Loaded>();

  constructor(context: MachineContext, loading: Loading) {
    super(context);
    this.loading = loading;
    this.retagger = new Retagger(context.groups);
  }

  override start(): Result<void, string> {
    const opened = this.context.environment.sideload.open(this.loading.source);
    if (!opened.ok) return opened;
    this.source = opened.value;
    return ok(undefined);
  }

  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    for (const part of this.sideloaded({ rows, selected, count }, true))
      this.emitRows(part.rows, part.selected, part.count);
  }

  /** The tags of the batch as a whole stay as they are. */
  override onBatch(batch: Batch): void {
    const parts = batch.parts().flatMap((part) => this.sideloaded(part, false));
    this.emitBatch(new PartBatch(batch.header, parts));
  }

  override close(): void {
    this.source?.close();
  }

  /** Runs of points that got values, and runs of those that go on as they came. */
  private sideloaded(part: RowSelection, isStream: boolean): readonly RowSelection[] {
    const { rows, selected, count } = part;
    this.refresh();
    const found: Loaded[] = [];
    for (let i = 0; i < count; i++) {
      const loaded = this.loadedFor(rows.tagTable.at(rows.tagIds[selected[i] ?? 0] ?? 0));
      for (const problem of loaded.problems) this.report(...problem);
      found.push(loaded);
    }
    if (found.every(({ values }) => values !== undefined)) return [this.withValues(part, found, isStream)];
    const parts: RowSelection[] = [];
    for (let start = 0, end = 0; start < count; start = end) {
      const hasValues = found[start]?.values !== undefined;
      while (end < count && (found[end]?.values !== undefined) === hasValues) end++;
      const run = { rows, selected: selected.slice(start, end), count: end - start };
      parts.push(hasValues ? this.withValues(run, found.slice(start, end), isStream) : run);
    }
    return parts;
  }

  private withValues(
    { rows, selected, count }: RowSelection,
    found: readonly Loaded[],
    isStream: boolean,
  ): RowSelection {
    const { fields, tags } = this.loading;
    const added = fields.map(({ name, type }, index): RowField => {
      const filler = type === 'string' ? '' : type === 'bool' ? false : 0;
      const cells = new Array<Cell>(rows.length).fill(filler);
      for (let i = 0; i < count; i++) cells[selected[i] ?? 0] = found[i]?.values?.[index] ?? filler;
      return { name, column: { type, values: isNumeric(cells) ? Float64Array.from(cells) : cells } };
    });
    const names = new Set(fields.map(({ name }) => name));
    const withFields = { ...rows, fields: [...rows.fields.filter(({ name }) => !names.has(name)), ...added] };
    if (tags.length === 0) return { rows: withFields, selected, count };
    const tagged = this.retagger.mapped(withFields, selected, count, isStream, (old) => this.loadedFor(old).tags);
    return { rows: tagged, selected, count };
  }

  /** What was loaded is kept per set of tags until the files are read anew. */
  private refresh(): void {
    const files = this.source?.files();
    if (files === undefined || files === this.files) return;
    this.files = files;
    this.loaded = new WeakMap();
  }

  private loadedFor(tags: TagSet): Loaded {
    let loaded = this.loaded.get(tags);
    if (loaded === undefined) {
      loaded = this.load(tags);
      this.loaded.set(tags, loaded);
    }
    return loaded;
  }

  private load(tags: TagSet): Loaded {
    const record = tags.toRecord();
    const order: string[] = [];
    for (const { text, template } of this.loading.templates) {
      const path = renderTemplate(template, stringMap(record));
      if (!path.ok) {
        const problem: Problem = ['failed to evaluate order template', path.error, ['order', text]];
        return { values: undefined, tags, problems: [problem] };
      }
      order.push(path.value);
    }
    const problems: Problem[] = [];
    const values = this.loading.fields.map((field) => this.valueFor(field, order, problems));
    if (this.loading.tags.length === 0) return { values, tags, problems };
    for (const tag of this.loading.tags) record[tag.name] = String(this.valueFor(tag, order, problems));
    return { values, tags: this.context.groups.tags.internRecord(record), problems };
  }

  private valueFor(wanted: Default, order: readonly string[], problems: Problem[]): Cell {
    const value = lookUp(this.files, order, wanted.name);
    if (value === null) return wanted.value;
    const made = converted(value, wanted.type);
    if (made.ok) return made.value;
    problems.push([
      'failed to load key',
      made.error,
      ['key', wanted.name],
      ['expected', goTypeNameOf(wanted.type)],
      ['got', goTypeOfLoaded(value)],
    ]);
    return wanted.value;
  }
}

function isNumeric(cells: readonly Cell[]): cells is readonly number[] {
  return cells.every((cell) => typeof cell === 'number');
}

export const sideloadModule: NodeModule = {
  chainMethods: {
    sideload: method([], (parent: PipelineNode) => parent.link(new SideloadNode(parent.graph, parent.provides))),
  },
};
