/** Creating, changing and deleting a task. The order of the checks is the original's: the first that fails answers. */
import { err, ok, type Result } from '../base/result.ts';
import type { DefineError, Dbrp, PipelineDefinition } from '../pipeline/definition.ts';
import { badRequest, notFound, serverError, type ApiError } from './api-error.ts';
import {
  noTasks,
  noTemplates,
  type Catalog,
  type CatalogChange,
  type ChangeContext,
  type RunOrder,
} from './catalog.ts';
import { isValidId, type Task } from './task.ts';
import { readTaskRequest, type TaskRequest } from './task-request.ts';
import { scriptVars, type TaskVars } from './task-vars.ts';
import type { WireValue } from './wire-value.ts';

export function createTask(catalog: Catalog, body: WireValue, context: ChangeContext): Result<CatalogChange, ApiError> {
  const read = readTaskRequest(body);
  if (!read.ok) return read;
  const request = read.value;
  const id = request.id === '' ? context.newId() : request.id;
  if (!isValidId(id)) return err(badRequest(invalidId('task', id)));
  if (catalog.tasks.has(id)) return err(badRequest(`task ${id} already exists`));

  let script = request.script;
  if (request.templateId !== '') {
    const template = catalog.templates.get(request.templateId);
    if (template === undefined) return err(badRequest(unknownTemplate(request.templateId)));
    script = template.script;
  } else if (script === '') return err(badRequest('must provide TICKscript'));

  const definition = defineTask(script, request.vars, context);
  if (!definition.ok) return definition;
  const own = definition.value.dbrps;
  if (own.length === 0 && request.dbrps.length === 0) return err(badRequest('must specify dbrp'));
  if (own.length > 0 && request.dbrps.length > 0)
    return err(badRequest('cannot specify dbrp in both implicitly and explicitly'));

  const status = request.status ?? 'disabled';
  const task: Task = {
    id,
    templateId: request.templateId,
    type: definition.value.type,
    script,
    dbrps: own.length > 0 ? own : request.dbrps,
    vars: request.vars,
    status,
    error: '',
    createdNs: context.nowNs,
    modifiedNs: context.nowNs,
    lastEnabledNs: status === 'enabled' ? context.nowNs : null,
  };
  return ok(taskChange(id, new Map([[id, task]]), status === 'enabled' ? [{ kind: 'start', task: id }] : []));
}

export function patchTask(
  catalog: Catalog,
  id: string,
  body: WireValue,
  context: ChangeContext,
): Result<CatalogChange, ApiError> {
  const read = readTaskRequest(body);
  if (!read.ok) return read;
  const request = read.value;
  const original = catalog.tasks.get(id);
  if (original === undefined) return err(notFound('task does not exist, cannot update'));
  const newId = request.id === '' ? id : request.id;
  if (!isValidId(newId)) return err(badRequest(invalidId('task', newId)));

  const content = patchedContent(catalog, original, request, context);
  if (!content.ok) return content;
  if (newId !== id && catalog.tasks.has(newId)) {
    return err(serverError('failed to create new task during ID change: task already exists'));
  }

  const status = request.status ?? original.status;
  const hasStatusChanged = status !== original.status;
  const runs = patchedRuns(original, newId, status);
  const isStarted = runs.some((order) => order.kind === 'start');
  const task: Task = {
    ...original,
    ...content.value,
    id: newId,
    status,
    error: isStarted ? '' : original.error,
    modifiedNs: context.nowNs,
    lastEnabledNs: hasStatusChanged && status === 'enabled' ? context.nowNs : original.lastEnabledNs,
  };
  const tasks = new Map<string, Task | null>(
    newId === id
      ? [[id, task]]
      : [
          [id, null],
          [newId, task],
        ],
  );
  return ok(taskChange(newId, tasks, runs));
}

type TaskContent = Pick<Task, 'templateId' | 'type' | 'script' | 'dbrps' | 'vars'>;

/** Script, template, dbrps and vars after a PATCH; a templated task takes script and type of its template. */
function patchedContent(
  catalog: Catalog,
  original: Task,
  request: TaskRequest,
  context: ChangeContext,
): Result<TaskContent, ApiError> {
  const templateId = request.templateId === '' ? original.templateId : request.templateId;
  let script = request.script === '' ? original.script : request.script;
  if (templateId !== '') {
    const template = catalog.templates.get(templateId);
    if (template === undefined) return err(badRequest(unknownTemplate(templateId)));
    script = template.script;
  }
  const vars = request.vars.size > 0 ? request.vars : original.vars;
  const definition = defineTask(script, vars, context);
  if (!definition.ok) return definition;
  const own = definition.value.dbrps;
  if (own.length > 0 && request.dbrps.length > 0)
    return err(badRequest('cannot specify dbrp in implicitly and explicitly'));
  // A script that drops its own statements leaves the task without any.
  if (templateId === '' && own.length === 0 && request.dbrps.length === 0 && script !== original.script) {
    const before = defineTask(original.script, original.vars, context);
    if (before.ok && before.value.dbrps.length > 0) return err(badRequest('must specify dbrp'));
  }
  const dbrps = own.length > 0 ? own : request.dbrps.length > 0 ? request.dbrps : original.dbrps;
  return ok({ templateId, type: definition.value.type, script, dbrps, vars });
}

/** A new script, dbrps or vars of an enabled task take effect only after disable and enable, as in 1.5.4. */
function patchedRuns(original: Task, newId: string, status: Task['status']): readonly RunOrder[] {
  const wasEnabled = original.status === 'enabled';
  if (status === 'disabled') return wasEnabled ? [{ kind: 'stop', task: original.id }] : [];
  if (!wasEnabled) return [{ kind: 'start', task: newId }];
  if (newId === original.id) return [];
  return [
    { kind: 'stop', task: original.id },
    { kind: 'start', task: newId },
  ];
}

/** Undefined when there is no such task: deleting it is a success that changes nothing. */
export function deleteTask(catalog: Catalog, id: string): CatalogChange | undefined {
  const task = catalog.tasks.get(id);
  if (task === undefined) return undefined;
  return taskChange(id, new Map([[id, null]]), [{ kind: 'stop', task: id }]);
}

/** A task failed while it started or ran, or started again after it had: its `error` as lists show it. */
export function recordError(catalog: Catalog, id: string, error: string): CatalogChange | undefined {
  const task = catalog.tasks.get(id);
  if (task === undefined || task.error === error) return undefined;
  return taskChange(id, new Map([[id, { ...task, error }]]), []);
}

/** What a script with these variables means. Errors carry the original's prefix. */
export function defineTask(
  script: string,
  vars: TaskVars,
  context: Pick<ChangeContext, 'language' | 'nowNs'>,
): Result<PipelineDefinition, ApiError> {
  const values = scriptVars(vars, context.language);
  if (!values.ok) return err(badRequest(`invalid TICKscript: ${values.error}`));
  const definition = context.language.define(script, { vars: values.value, wallNs: context.nowNs });
  return definition.ok ? definition : err(badRequest(defineMessage(definition.error)));
}

export function defineMessage(error: DefineError): string {
  return error.kind === 'script' ? `invalid TICKscript: ${error.message}` : error.message;
}

export function invalidId(kind: 'task' | 'template', id: string): string {
  return `${kind} ID must contain only letters, numbers, '-', '.' and '_'. ${JSON.stringify(id)}`;
}

function unknownTemplate(id: string): string {
  return `unknown template ${id}: err: no template exists`;
}

function taskChange(
  subject: string,
  tasks: ReadonlyMap<string, Task | null>,
  runs: readonly RunOrder[],
): CatalogChange {
  return { subject, tasks: tasks.size === 0 ? noTasks : tasks, templates: noTemplates, runs };
}

/** dbrps of a task whose script's statements changed; `explicit` are kept when neither script has any. */
export function dbrpsAfter(
  before: readonly Dbrp[],
  after: readonly Dbrp[],
  explicit: readonly Dbrp[],
): readonly Dbrp[] {
  return before.length > 0 || after.length > 0 ? after : explicit;
}
