/** Keeps the first of what each node hands on, and counts the rest. */
import { setOwn } from '../../base/own-members.ts';
import { timeNs } from '../../influx/block.ts';
import type { ResultValue } from '../../influx/result.ts';
import type { Batch } from '../engine/batch.ts';
import type { MachineContext } from '../engine/machine.ts';
import { valueAt } from '../engine/result-rows.ts';
import { isPresent } from '../engine/rows.ts';
import type { Rows } from '../engine/rows.ts';
import type { LogEntry } from '../environment.ts';
import type { NodeStats } from '../run.ts';
import type { Bounds } from './bounds.ts';
import type { PreviewLimits } from './input.ts';
import type { PreviewBatch, PreviewEffect, PreviewNode, PreviewPoint } from './outcome.ts';

interface Seen {
  provides: PreviewNode['provides'];
  emitted: number;
  readonly points: PreviewPoint[];
  readonly batches: PreviewBatch[];
  keptPoints: number;
  cutPoints: number;
  cutBatches: number;
  lastError: string | null;
  readonly sent: PreviewEffect[];
  cutSent: number;
}

export class Watcher {
  private readonly limits: PreviewLimits;
  private readonly bounds: Bounds;
  private readonly seen = new Map<string, Seen>();

  constructor(limits: PreviewLimits, bounds: Bounds) {
    this.limits = limits;
    this.bounds = bounds;
  }

  rows(of: MachineContext, rows: Rows, selected: Int32Array, count: number): void {
    if (of.isStopped) return;
    const seen = this.seenOf(of.name, of.provides);
    seen.emitted += count;
    for (let i = 0; i < count; i++) {
      if (!this.hasRoom(seen)) {
        seen.cutPoints += count - i;
        break;
      }
      seen.keptPoints++;
      seen.points.push(this.pointOf(of, rows, selected[i] ?? 0));
    }
    this.bounds.groups(of.groups.size);
    this.bounds.spend(count);
  }

  batch(of: MachineContext, batch: Batch): void {
    if (of.isStopped) return;
    const seen = this.seenOf(of.name, of.provides);
    seen.emitted++;
    if (seen.batches.length < this.limits.pointsPerNode) seen.batches.push(this.batchOf(of, batch, seen));
    else {
      seen.cutBatches++;
      seen.cutPoints += batch.count;
    }
    this.bounds.groups(of.groups.size);
    this.bounds.spend(1 + batch.count);
  }

  sent(node: string, effect: PreviewEffect): void {
    const seen = this.seenOf(node);
    if (seen.sent.length >= this.limits.pointsPerNode) {
      seen.cutSent++;
      return;
    }
    if (effect.kind === 'http-post') seen.sent.push({ ...effect, body: this.cut(effect.body) });
    else if (effect.kind === 'influx-write' || effect.kind === 'loopback')
      seen.sent.push({ ...effect, lines: this.cut(effect.lines) });
    else if (effect.kind === 'log') seen.sent.push(this.cutEntry(effect));
    else seen.sent.push(effect);
  }

  /** Lines of `log` nodes are what those are for; others tell of errors. */
  log(entry: LogEntry): void {
    if (entry.tags !== undefined || entry.values !== undefined) this.sent(entry.node, { kind: 'log', ...entry });
    else if (entry.level === 'error') {
      const error = entry.fields.find(([key]) => key === 'err')?.[1];
      this.seenOf(entry.node).lastError = this.cut(
        typeof error === 'string' ? `${entry.message}: ${error}` : entry.message,
      );
    }
  }

  nodeOf({ name, kind, values }: NodeStats): PreviewNode {
    const { provides, emitted, points, batches, cutPoints, cutBatches, lastError, sent, cutSent } = this.seenOf(name);
    const { errors = 0, ...stats } = values;
    return {
      name,
      kind,
      provides,
      emitted,
      points,
      batches,
      cutPoints,
      cutBatches,
      errors,
      lastError,
      sent,
      cutSent,
      stats,
    };
  }

  cut(text: string): string {
    const { textLength } = this.limits;
    return text.length <= textLength ? text : `${text.slice(0, textLength)}…`;
  }

  cutValues<V>(values: Readonly<Record<string, V>>): Record<string, V | string> {
    return Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, typeof value === 'string' ? this.cut(value) : value]),
    );
  }

  private cutEntry(entry: PreviewEffect & { kind: 'log' }): PreviewEffect {
    return entry.values === undefined ? entry : { ...entry, values: this.cutValues(entry.values) };
  }

  private hasRoom(seen: Seen): boolean {
    return seen.keptPoints < this.limits.pointsPerNode;
  }

  private batchOf(of: MachineContext, batch: Batch, seen: Seen): PreviewBatch {
    const { name, group, tags, seconds, nanos } = batch.header;
    const points: PreviewPoint[] = [];
    if (this.hasRoom(seen)) {
      for (const { rows, selected, count } of batch.parts()) {
        for (let i = 0; i < count && this.hasRoom(seen); i++) {
          seen.keptPoints++;
          points.push(this.pointOf(of, rows, selected[i] ?? 0));
        }
      }
    }
    const cutPoints = batch.count - points.length;
    seen.cutPoints += cutPoints;
    return { name, group: group.id, tags: tags.toRecord(), timeNs: timeNs(seconds, nanos), points, cutPoints };
  }

  private pointOf(of: MachineContext, rows: Rows, row: number): PreviewPoint {
    const fields: Record<string, ResultValue> = {};
    for (const { name, column } of rows.fields)
      if (isPresent(column, row)) {
        const value = valueAt(rows, row, name) ?? null;
        setOwn(fields, name, typeof value === 'string' ? this.cut(value) : value);
      }
    return {
      name: rows.name,
      group: of.groups.at(rows.groups[row] ?? 0).id,
      tags: rows.tagTable.at(rows.tagIds[row] ?? 0).toRecord(),
      fields,
      timeNs: timeNs(rows.seconds[row] ?? 0, rows.nanos[row] ?? 0),
    };
  }

  private seenOf(node: string, provides?: PreviewNode['provides']): Seen {
    let seen = this.seen.get(node);
    if (seen === undefined) {
      seen = {
        provides: 'none',
        emitted: 0,
        points: [],
        batches: [],
        keptPoints: 0,
        cutPoints: 0,
        cutBatches: 0,
        lastError: null,
        sent: [],
        cutSent: 0,
      };
      this.seen.set(node, seen);
    }
    if (provides !== undefined) seen.provides = provides;
    return seen;
  }
}
