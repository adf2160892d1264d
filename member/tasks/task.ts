/** Tasks and templates as the member keeps them, and their rows in the store. */
import type { JsonValue } from '../base/store.ts';
import type { Dbrp, TaskType } from '../pipeline/definition.ts';
import { rowOfVars, varsOfRow, type TaskVars } from './task-vars.ts';
import { isWireObject } from './wire-value.ts';

export type TaskStatus = 'enabled' | 'disabled';

export interface Task {
  readonly id: string;
  /** Empty: not made from a template. */
  readonly templateId: string;
  readonly type: TaskType;
  readonly script: string;
  readonly dbrps: readonly Dbrp[];
  readonly vars: TaskVars;
  readonly status: TaskStatus;
  /** The last failure; empty after a start. */
  readonly error: string;
  /** Nanoseconds since 1970; null when it never happened. */
  readonly createdNs: bigint;
  readonly modifiedNs: bigint;
  readonly lastEnabledNs: bigint | null;
}

export interface Template {
  readonly id: string;
  readonly type: TaskType;
  readonly script: string;
  readonly createdNs: bigint;
  readonly modifiedNs: bigint;
}

export const taskTable = 'tasks';
export const templateTable = 'templates';
/** State of running tasks' nodes, by task. */
export const snapshotTable = 'snapshots';

const idPattern = /^[-._\p{L}0-9]+$/u;

/** Ids of tasks and templates also are keys of the store, which holds keys of up to 1024 bytes. */
const idLimit = 255;

export function isValidId(id: string): boolean {
  return idPattern.test(id) && id.length <= idLimit;
}

export function rowOfTask(task: Task): JsonValue {
  return {
    id: task.id,
    templateId: task.templateId,
    type: task.type,
    script: task.script,
    dbrps: task.dbrps.map(({ db, rp }) => ({ db, rp })),
    vars: rowOfVars(task.vars),
    status: task.status,
    error: task.error,
    created: task.createdNs.toString(),
    modified: task.modifiedNs.toString(),
    lastEnabled: task.lastEnabledNs === null ? null : task.lastEnabledNs.toString(),
  };
}

/** Undefined when the row is none of ours: the caller reports it and leaves it alone. */
export function taskOfRow(row: JsonValue): Task | undefined {
  if (!isWireObject(row)) return undefined;
  const { id, templateId, type, script, dbrps, vars, status, error, created, modified, lastEnabled } = row;
  const readVars = varsOfRow(isJson(vars) ? vars : undefined);
  if (typeof id !== 'string' || typeof script !== 'string' || readVars === undefined) return undefined;
  if (type !== 'stream' && type !== 'batch') return undefined;
  if (status !== 'enabled' && status !== 'disabled') return undefined;
  return {
    id,
    templateId: typeof templateId === 'string' ? templateId : '',
    type,
    script,
    dbrps: dbrpsOfRow(dbrps),
    vars: readVars,
    status,
    error: typeof error === 'string' ? error : '',
    createdNs: nsOfRow(created) ?? 0n,
    modifiedNs: nsOfRow(modified) ?? 0n,
    lastEnabledNs: nsOfRow(lastEnabled),
  };
}

export function rowOfTemplate(template: Template): JsonValue {
  return {
    id: template.id,
    type: template.type,
    script: template.script,
    created: template.createdNs.toString(),
    modified: template.modifiedNs.toString(),
  };
}

export function templateOfRow(row: JsonValue): Template | undefined {
  if (!isWireObject(row)) return undefined;
  const { id, type, script, created, modified } = row;
  if (typeof id !== 'string' || typeof script !== 'string' || (type !== 'stream' && type !== 'batch')) return undefined;
  return { id, type, script, createdNs: nsOfRow(created) ?? 0n, modifiedNs: nsOfRow(modified) ?? 0n };
}

function dbrpsOfRow(row: unknown): readonly Dbrp[] {
  if (!Array.isArray(row)) return [];
  return row.map((item: unknown) => {
    const { db, rp } =
      typeof item === 'object' && item !== null ? (item as { readonly db?: unknown; readonly rp?: unknown }) : {};
    return { db: typeof db === 'string' ? db : '', rp: typeof rp === 'string' ? rp : '' };
  });
}

function nsOfRow(row: unknown): bigint | null {
  return typeof row === 'string' && /^-?\d+$/.test(row) ? BigInt(row) : null;
}

function isJson(value: unknown): value is JsonValue {
  return value !== undefined && typeof value !== 'bigint';
}
