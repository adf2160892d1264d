/** Creating, changing and deleting a template; a change reaches every task made from it. */
import { err, ok, type Result } from '../base/result.ts';
import type { PipelineDefinition } from '../pipeline/definition.ts';
import { badRequest, notFound, serverError, type ApiError } from './api-error.ts';
import { noTasks, inOrder, type Catalog, type CatalogChange, type ChangeContext, type RunOrder } from './catalog.ts';
import { dbrpsAfter, defineMessage, defineTask, invalidId } from './change-task.ts';
import { isValidId, type Task, type Template } from './task.ts';
import { readTemplateRequest } from './task-request.ts';
import type { WireValue } from './wire-value.ts';

export function createTemplate(
  catalog: Catalog,
  body: WireValue,
  context: ChangeContext,
): Result<CatalogChange, ApiError> {
  const read = readTemplateRequest(body);
  if (!read.ok) return read;
  const id = read.value.id === '' ? context.newId() : read.value.id;
  if (!isValidId(id)) return err(badRequest(invalidId('template', id)));
  if (catalog.templates.has(id)) return err(badRequest(`template ${id} already exists`));
  if (read.value.script === '') return err(badRequest('must provide TICKscript'));
  const definition = defineTemplate(read.value.script, context);
  if (!definition.ok) return definition;
  const template: Template = {
    id,
    type: definition.value.type,
    script: read.value.script,
    createdNs: context.nowNs,
    modifiedNs: context.nowNs,
  };
  return ok({ subject: id, tasks: noTasks, templates: new Map([[id, template]]), runs: [] });
}

/**
 * Every task of the template gets its script, type and id, enabled ones restart. If one of those cannot be made from
 * the new script nothing changes at all; the original would leave the template changed and its tasks not.
 */
export function patchTemplate(
  catalog: Catalog,
  id: string,
  body: WireValue,
  context: ChangeContext,
): Result<CatalogChange, ApiError> {
  const read = readTemplateRequest(body);
  if (!read.ok) return read;
  const original = catalog.templates.get(id);
  if (original === undefined) return err(notFound('template does not exist, cannot update'));
  const newId = read.value.id === '' ? id : read.value.id;
  if (!isValidId(newId)) return err(badRequest(invalidId('template', newId)));
  const script = read.value.script === '' ? original.script : read.value.script;
  const definition = defineTemplate(script, context);
  if (!definition.ok) return definition;
  if (newId !== id && catalog.templates.has(newId)) {
    return err(serverError('failed to create new template for ID change: template already exists'));
  }

  const before = defineTemplate(original.script, context);
  const template: Template = { ...original, id: newId, script, type: definition.value.type, modifiedNs: context.nowNs };
  const tasks = new Map<string, Task | null>();
  const runs: RunOrder[] = [];
  for (const task of inOrder(catalog.tasks)) {
    if (task.templateId !== id) continue;
    if (task.status === 'enabled') {
      const remade = defineTask(script, task.vars, context);
      if (!remade.ok) return err(serverError(`error reloading associated task ${task.id}: ${remade.error.message}`));
      runs.push({ kind: 'stop', task: task.id }, { kind: 'start', task: task.id });
    }
    tasks.set(task.id, {
      ...task,
      templateId: newId,
      script,
      type: template.type,
      dbrps: dbrpsAfter(before.ok ? before.value.dbrps : [], definition.value.dbrps, task.dbrps),
      error: task.status === 'enabled' ? '' : task.error,
    });
  }
  const templates = new Map<string, Template | null>(
    newId === id
      ? [[id, template]]
      : [
          [id, null],
          [newId, template],
        ],
  );
  return ok({ subject: newId, tasks, templates, runs });
}

/** Its tasks stay as they are; undefined when there is no such template. */
export function deleteTemplate(catalog: Catalog, id: string): CatalogChange | undefined {
  if (!catalog.templates.has(id)) return undefined;
  return { subject: id, tasks: noTasks, templates: new Map([[id, null]]), runs: [] };
}

export function defineTemplate(
  script: string,
  context: Pick<ChangeContext, 'language' | 'nowNs'>,
): Result<PipelineDefinition, ApiError> {
  const definition = context.language.define(script, { isTemplate: true, wallNs: context.nowNs });
  return definition.ok ? definition : err(badRequest(defineMessage(definition.error)));
}
