import { ok } from '../../base/result.ts';
import { variadicMethod } from '../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import { PartBatch } from '../engine/batch.ts';
import type { Batch } from '../engine/batch.ts';
import type { Group } from '../engine/groups.ts';
import { Machine } from '../engine/machine.ts';
import type { Barrier, MachineContext } from '../engine/machine.ts';
import { allRows, compacted } from '../engine/rows.ts';
import type { Rows } from '../engine/rows.ts';
import { isBefore, zeroTimeSeconds } from '../engine/times.ts';
import { chainNode } from '../graph/chain-node.ts';
import type { NodeModule } from '../graph/chain-node.ts';
import { nodeOf, PipelineNode } from '../graph/node.ts';
import type { EdgeType, Graph } from '../graph/node.ts';
import { textField } from '../graph/own-field.ts';

const unionDefinition: ObjectDefinition<UnionNode> = {
  goType: '*pipeline.UnionNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    rename: textField('rename'),
  },
  chainMethods: {},
};

/** `union`: the points of several nodes, in the order of their times as far as these rise. */
class UnionNode extends PipelineNode {
  readonly definition = unionDefinition;
  readonly kind = 'union';
  rename = '';

  constructor(graph: Graph, edge: EdgeType) {
    super(graph, edge, edge);
  }

  override createMachine(context: MachineContext) {
    return ok(new UnionMachine(context, this.rename, this.parents.length));
  }
}

interface Time {
  readonly seconds: number;
  readonly nanos: number;
}

/** Rows, a batch or a barrier that wait until every source has come that far. */
type Waiting =
  | { readonly kind: 'rows'; readonly rows: Rows; readonly selected: Int32Array; readonly count: number; next: number }
  | { readonly kind: 'batch'; readonly batch: Batch }
  | { readonly kind: 'barrier'; readonly barrier: Barrier };

interface Source {
  waiting: Waiting[];
  /** Time of the last head seen; undefined before the first. */
  mark: Time | undefined;
}

class UnionMachine extends Machine {
  private readonly rename: string;
  private readonly sources: readonly Source[];

  constructor(context: MachineContext, rename: string, sources: number) {
    super(context);
    this.rename = rename;
    this.sources = Array.from({ length: sources }, () => ({ waiting: [], mark: undefined }));
  }

  override onRows(rows: Rows, selected: Int32Array, count: number, source: number): void {
    // Rows may wait for long, and go on in many pieces: not with a block of which they are the fewer.
    const isSparse = 2 * count < rows.length;
    const kept = isSparse ? compacted(rows, selected, count) : rows;
    const chosen = isSparse ? allRows(count) : selected.slice(0, count);
    this.push(source, { kind: 'rows', rows: this.renamed(kept, chosen, count), selected: chosen, count, next: 0 });
  }

  override onBatch(batch: Batch, source: number): void {
    this.push(source, { kind: 'batch', batch: this.renamedBatch(batch) });
  }

  override onBarrier(barrier: Barrier, source: number): void {
    this.push(source, { kind: 'barrier', barrier });
  }

  /** As 1.5.4, which does not hand these on here. */
  override onDeleteGroup(): void {}

  /** What still waits goes out. */
  override finish(): void {
    this.emitReady(true);
  }

  private push(source: number, waiting: Waiting): void {
    this.sources[source]?.waiting.push(waiting);
    this.emitReady(false);
  }

  private emitReady(isDraining: boolean): void {
    for (let hasEmitted = true; hasEmitted;) {
      hasEmitted = false;
      const mark = this.markOf(isDraining);
      if (mark === undefined) return;
      for (const source of this.sources) if (this.emitUpTo(source, mark)) hasEmitted = true;
    }
  }

  /** Up to which time every source has come; undefined when one has shown nothing yet, or nothing waits. */
  private markOf(isDraining: boolean): Time | undefined {
    let mark: Time | undefined;
    let marked = 0;
    for (const source of this.sources) {
      const [head] = source.waiting;
      if (head !== undefined) {
        source.mark = timeOf(head);
        if (mark === undefined || isEarlier(source.mark, mark)) mark = source.mark;
      }
      if (source.mark === undefined) continue;
      marked++;
      if (!isDraining && (mark === undefined || isEarlier(source.mark, mark))) mark = source.mark;
    }
    return isDraining || marked === this.sources.length ? mark : undefined;
  }

  private emitUpTo(source: Source, mark: Time): boolean {
    let hasEmitted = false;
    for (let head = source.waiting[0]; head !== undefined && !isEarlier(mark, timeOf(head)); head = source.waiting[0]) {
      hasEmitted = true;
      if (head.kind === 'rows') {
        const { rows, selected, count } = head;
        const start = head.next;
        let end = start;
        while (end < count && !isEarlier(mark, rowTime(rows, selected[end] ?? 0))) end++;
        head.next = end;
        if (end === count) source.waiting.shift();
        this.emitRows(rows, start === 0 ? selected : selected.subarray(start, end), end - start);
        if (end < count) return true;
        continue;
      }
      source.waiting.shift();
      if (head.kind === 'batch') this.emitBatch(head.batch);
      else this.emitBarrier(head.barrier);
    }
    return hasEmitted;
  }

  private renamed(rows: Rows, selected: Int32Array, count: number): Rows {
    if (this.rename === '') return rows;
    const table = this.context.groups;
    const groups = new Uint32Array(rows.length);
    for (let i = 0; i < count; i++) {
      const row = selected[i] ?? 0;
      const { dimensions } = table.at(rows.groups[row] ?? 0);
      groups[row] = table.of(this.rename, rows.tagTable.at(rows.tagIds[row] ?? 0), dimensions).number;
    }
    return { ...rows, name: this.rename, groups };
  }

  private renamedBatch(batch: Batch): Batch {
    const { header } = batch;
    if (this.rename === '') return new PartBatch(header, batch.parts());
    const group: Group = this.context.groups.ofBatch(this.rename, header.tags, header.group.dimensions.byName);
    return new PartBatch({ ...header, name: this.rename, group }, batch.parts());
  }
}

function timeOf(waiting: Waiting): Time {
  if (waiting.kind === 'batch') return waiting.batch.header;
  if (waiting.kind === 'barrier') return waiting.barrier;
  return rowTime(waiting.rows, waiting.selected[waiting.next] ?? 0);
}

function rowTime(rows: Rows, row: number): Time {
  return { seconds: rows.seconds[row] ?? zeroTimeSeconds, nanos: rows.nanos[row] ?? 0 };
}

function isEarlier(a: Time, b: Time): boolean {
  return isBefore(a.seconds, a.nanos, b.seconds, b.nanos);
}

export const unionModule: NodeModule = {
  chainMethods: {
    union: variadicMethod([], 'node', (parent: PipelineNode, _args, others) => {
      const union = new UnionNode(parent.graph, parent.provides);
      for (const other of others) nodeOf(other).link(union);
      return parent.link(union);
    }),
  },
};
