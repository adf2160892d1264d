/**
 * The catalog of a member: its tasks and templates, and every change to them. Pure: a request and the catalog give
 * a change or a refusal; the daemon makes the change durable, applies it, then stops and starts what it says.
 * Guarantees: a refused request changes nothing; what is applied is what was written. Knows nothing of HTTP, disks
 * and running pipelines. Rules and texts: http-api.md 5 and 6, as 1.5.4 does.
 */
import type { StoreRows, StoreWrite } from '../base/store.ts';
import type { Result } from '../base/result.ts';
import type { DefineError, DefineOptions, PipelineDefinition } from '../pipeline/definition.ts';
import {
  rowOfTask,
  rowOfTemplate,
  snapshotTable,
  taskOfRow,
  taskTable,
  templateOfRow,
  templateTable,
  type Task,
  type Template,
} from './task.ts';
import type { VarCompiler } from './task-vars.ts';

export interface Catalog {
  readonly tasks: ReadonlyMap<string, Task>;
  readonly templates: ReadonlyMap<string, Template>;
}

/** What the language and the pipeline offer to tasks. */
export interface TaskLanguage extends VarCompiler {
  define(script: string, options: DefineOptions): Result<PipelineDefinition, DefineError>;
}

export interface ChangeContext {
  readonly language: TaskLanguage;
  /** The wall clock, nanoseconds since 1970. */
  readonly nowNs: bigint;
  /** A fresh UUID. */
  readonly newId: () => string;
}

export interface CatalogChange {
  /** The object the request was about, by its id after the change. */
  readonly subject: string;
  /** Null removes. */
  readonly tasks: ReadonlyMap<string, Task | null>;
  readonly templates: ReadonlyMap<string, Template | null>;
  /** To be done in order once the change is durable. */
  readonly runs: readonly RunOrder[];
}

export interface RunOrder {
  readonly kind: 'stop' | 'start';
  readonly task: string;
}

export function changeWrites(change: CatalogChange): readonly StoreWrite[] {
  const writes: StoreWrite[] = [];
  for (const [key, task] of change.tasks) {
    writes.push({ table: taskTable, key, value: task === null ? null : rowOfTask(task) });
    if (task === null) writes.push({ table: snapshotTable, key, value: null });
  }
  for (const [key, template] of change.templates) {
    writes.push({ table: templateTable, key, value: template === null ? null : rowOfTemplate(template) });
  }
  return writes;
}

export function applyChange(catalog: Catalog, change: CatalogChange): Catalog {
  return { tasks: merged(catalog.tasks, change.tasks), templates: merged(catalog.templates, change.templates) };
}

function merged<T>(held: ReadonlyMap<string, T>, changed: ReadonlyMap<string, T | null>): ReadonlyMap<string, T> {
  if (changed.size === 0) return held;
  const next = new Map(held);
  for (const [key, value] of changed) {
    if (value === null) next.delete(key);
    else next.set(key, value);
  }
  return next;
}

/** The catalog of a store; `unreadable` names the rows that are none of ours and were left alone. */
export function loadCatalog(
  taskRows: StoreRows,
  templateRows: StoreRows,
): { readonly catalog: Catalog; readonly unreadable: readonly string[] } {
  const tasks = new Map<string, Task>();
  const templates = new Map<string, Template>();
  const unreadable: string[] = [];
  for (const [key, row] of taskRows) {
    const task = taskOfRow(row);
    if (task === undefined) unreadable.push(`task ${key}`);
    else tasks.set(task.id, task);
  }
  for (const [key, row] of templateRows) {
    const template = templateOfRow(row);
    if (template === undefined) unreadable.push(`template ${key}`);
    else templates.set(template.id, template);
  }
  return { catalog: { tasks, templates }, unreadable };
}

/** In the order of lists: by id, as bytes. */
export function inOrder<T extends { readonly id: string }>(held: ReadonlyMap<string, T>): readonly T[] {
  return [...held.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

export const noTasks: ReadonlyMap<string, Task | null> = new Map();
export const noTemplates: ReadonlyMap<string, Template | null> = new Map();
