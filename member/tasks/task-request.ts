/** The body of a POST or PATCH of a task or template, before the catalog is looked at. */
import { err, ok, type Result } from '../base/result.ts';
import type { Dbrp, TaskType } from '../pipeline/definition.ts';
import { badRequest, type ApiError } from './api-error.ts';
import type { TaskStatus } from './task.ts';
import { readVars, type TaskVars } from './task-vars.ts';
import { isWireList, isWireObject, type WireObject, type WireValue } from './wire-value.ts';

/** Empty texts, lists and maps stand for absent members: none of them can be set to empty. */
export interface TaskRequest {
  readonly id: string;
  readonly templateId: string;
  readonly script: string;
  readonly dbrps: readonly Dbrp[];
  readonly vars: TaskVars;
  readonly status: TaskStatus | undefined;
}

export interface TemplateRequest {
  readonly id: string;
  readonly script: string;
}

export function readTaskRequest(body: WireValue): Result<TaskRequest, ApiError> {
  if (!isWireObject(body)) return err(badRequest('invalid JSON: expected an object'));
  const texts = readTexts(body, ['id', 'template-id', 'script']);
  if (!texts.ok) return texts;
  const type = readType(body['type']);
  if (!type.ok) return type;
  const status = body['status'];
  if (status !== undefined && status !== null && status !== 'enabled' && status !== 'disabled') {
    return err(
      badRequest(`invalid JSON: unknown status ${JSON.stringify(describe(status))}, use "enabled" or "disabled"`),
    );
  }
  const dbrps = readDbrps(body['dbrps']);
  if (!dbrps.ok) return dbrps;
  const vars = readVars(body['vars']);
  if (!vars.ok) return err(badRequest(`invalid JSON: ${vars.error}`));
  return ok({
    id: texts.value['id'] ?? '',
    templateId: texts.value['template-id'] ?? '',
    script: texts.value['script'] ?? '',
    dbrps: dbrps.value,
    vars: vars.value,
    status: status ?? undefined,
  });
}

export function readTemplateRequest(body: WireValue): Result<TemplateRequest, ApiError> {
  if (!isWireObject(body)) return err(badRequest('invalid JSON: expected an object'));
  const texts = readTexts(body, ['id', 'script']);
  if (!texts.ok) return texts;
  const type = readType(body['type']);
  if (!type.ok) return type;
  return ok({ id: texts.value['id'] ?? '', script: texts.value['script'] ?? '' });
}

function readTexts(body: WireObject, names: readonly string[]): Result<Readonly<Record<string, string>>, ApiError> {
  const texts: Record<string, string> = {};
  for (const name of names) {
    const value = body[name] ?? '';
    if (typeof value !== 'string') return err(badRequest(`invalid JSON: ${name} must be a text`));
    texts[name] = value;
  }
  return ok(texts);
}

/** A given type is checked and then ignored: the script decides. */
function readType(value: WireValue | undefined): Result<TaskType | undefined, ApiError> {
  if (value === undefined || value === null) return ok(undefined);
  if (value === 'stream' || value === 'batch') return ok(value);
  return err(badRequest(`invalid JSON: unknown task type ${JSON.stringify(describe(value))}, use "stream" or "batch"`));
}

function readDbrps(value: WireValue | undefined): Result<readonly Dbrp[], ApiError> {
  if (value === undefined || value === null) return ok([]);
  if (!isWireList(value)) return err(badRequest('invalid JSON: dbrps must be a list'));
  const dbrps: Dbrp[] = [];
  for (const item of value) {
    const db = isWireObject(item) ? (item['db'] ?? '') : null;
    const rp = isWireObject(item) ? (item['rp'] ?? '') : null;
    if (typeof db !== 'string' || typeof rp !== 'string') {
      return err(badRequest('invalid JSON: each of dbrps must be {"db": text, "rp": text}'));
    }
    dbrps.push({ db, rp });
  }
  return ok(dbrps);
}

function describe(value: WireValue): string {
  return typeof value === 'string' ? value : typeof value;
}
