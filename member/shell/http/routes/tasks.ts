/** `/tasks` and `/templates` (http-api.md 5 and 6), and the outputs of `httpOut` nodes below a task. */
import { err, ok, type Result } from '../../../base/result.ts';
import { queryResultJson } from '../../../influx/result-json.ts';
import type { DotView } from '../../../pipeline/run.ts';
import type { ApiError } from '../../../tasks/api-error.ts';
import { inOrder, type Catalog } from '../../../tasks/catalog.ts';
import { readListQuery, selectPage } from '../../../tasks/list-query.ts';
import type { TaskRunner } from '../../../tasks/task-runner.ts';
import type { WireValue } from '../../../tasks/wire-value.ts';
import { basePath } from '../api-server.ts';
import { failure, json, noContent, type Exchange, type PlainReply } from '../exchange.ts';
import { readJson } from '../json-body.ts';
import type { GoJson } from '../go-json.ts';
import type { Query } from '../query.ts';
import type { Route } from '../router.ts';
import {
  taskField,
  taskFields,
  taskView,
  templateField,
  templateFields,
  templateView,
  type ViewContext,
  type ViewOptions,
} from './task-view.ts';

/** What the routes ask of the daemon. Each resolves once the change is durable and its tasks were started or stopped. */
export interface TaskApi {
  catalog(): Catalog;
  createTask(body: WireValue): Promise<Result<string, ApiError>>;
  patchTask(id: string, body: WireValue): Promise<Result<string, ApiError>>;
  deleteTask(id: string): Promise<Result<void, ApiError>>;
  createTemplate(body: WireValue): Promise<Result<string, ApiError>>;
  patchTemplate(id: string, body: WireValue): Promise<Result<string, ApiError>>;
  deleteTemplate(id: string): Promise<Result<void, ApiError>>;
  readonly view: ViewContext;
}

const defaults: ViewOptions = { scriptFormat: 'formatted', dotView: 'attributes' };

/** A replay that runs, by its id. */
export type RunningReplay = (id: string) => { readonly task: string; readonly runner: TaskRunner } | undefined;

export function taskRoutes(api: TaskApi, runningReplay: RunningReplay): readonly Route[] {
  const tasks = `${basePath}/tasks`;
  return [
    { method: 'GET', pattern: tasks, handle: (exchange) => listTasks(exchange, api) },
    {
      method: 'POST',
      pattern: tasks,
      handle: (exchange) =>
        changed(
          exchange,
          (body) => api.createTask(body),
          (id) => showTask(id, api),
        ),
    },
    {
      method: 'GET',
      pattern: `${tasks}/`,
      handle: (exchange) => getTask(exchange, idBehind(exchange, tasks), api, runningReplay),
    },
    {
      method: 'PATCH',
      pattern: `${tasks}/`,
      handle: (exchange) =>
        patch(
          exchange,
          idBehind(exchange, tasks),
          'task',
          (id, body) => api.patchTask(id, body),
          (id) => showTask(id, api),
        ),
    },
    {
      method: 'DELETE',
      pattern: `${tasks}/`,
      handle: (exchange) => remove(idBehind(exchange, tasks), 'task', (id) => api.deleteTask(id)),
    },
    { method: 'OPTIONS', pattern: `${tasks}/`, handle: () => noContent },
    ...templateRoutes(api),
  ];
}

function templateRoutes(api: TaskApi): readonly Route[] {
  const templates = `${basePath}/templates`;
  return [
    { method: 'GET', pattern: templates, handle: (exchange) => listTemplates(exchange, api) },
    {
      method: 'POST',
      pattern: templates,
      handle: (exchange) =>
        changed(
          exchange,
          (body) => api.createTemplate(body),
          (id) => showTemplate(id, api),
        ),
    },
    {
      method: 'GET',
      pattern: `${templates}/`,
      handle: (exchange) => getTemplate(exchange, idBehind(exchange, templates), api),
    },
    {
      method: 'PATCH',
      pattern: `${templates}/`,
      handle: (exchange) =>
        patch(
          exchange,
          idBehind(exchange, templates),
          'template',
          (id, body) => api.patchTemplate(id, body),
          (id) => showTemplate(id, api),
        ),
    },
    {
      method: 'DELETE',
      pattern: `${templates}/`,
      handle: (exchange) => remove(idBehind(exchange, templates), 'template', (id) => api.deleteTemplate(id)),
    },
    { method: 'OPTIONS', pattern: `${templates}/`, handle: () => noContent },
  ];
}

/** `/tasks/ID/NAME` of every running output, for the list of routes. */
export function outputRoutes(api: TaskApi): readonly string[] {
  const { runner } = api.view;
  return runner
    .executingIds()
    .flatMap((id) => runner.httpOutputNames(id).map((name) => `${basePath}/tasks/${id}/${name}`));
}

function idBehind(exchange: Exchange, collection: string): string {
  return exchange.path.slice(collection.length + 1);
}

async function changed(
  exchange: Exchange,
  change: (body: WireValue) => Promise<Result<string, ApiError>>,
  show: (id: string) => PlainReply,
): Promise<PlainReply> {
  const body = await readJson(exchange);
  if (!body.ok) return failure(400, `invalid JSON: ${body.error}`);
  const result = await change(body.value);
  return result.ok ? show(result.value) : failure(result.error.status, result.error.message);
}

async function patch(
  exchange: Exchange,
  id: string,
  kind: string,
  change: (id: string, body: WireValue) => Promise<Result<string, ApiError>>,
  show: (id: string) => PlainReply,
): Promise<PlainReply> {
  if (id === '') return failure(400, `must specify ${kind} id on path`);
  return changed(exchange, (body) => change(id, body), show);
}

async function remove(
  id: string,
  kind: string,
  change: (id: string) => Promise<Result<void, ApiError>>,
): Promise<PlainReply> {
  if (id === '') return failure(400, `must specify ${kind} id on path`);
  const result = await change(id);
  return result.ok ? noContent : failure(result.error.status, result.error.message);
}

function showTask(id: string, api: TaskApi, options = defaults): PlainReply {
  const task = api.catalog().tasks.get(id);
  return task === undefined ? failure(404, 'no task exists') : json(taskView(task, options, api.view));
}

function showTemplate(id: string, api: TaskApi, options: Pick<ViewOptions, 'scriptFormat'> = defaults): PlainReply {
  const template = api.catalog().templates.get(id);
  return template === undefined ? failure(404, 'no template exists') : json(templateView(template, options, api.view));
}

function getTask(exchange: Exchange, id: string, api: TaskApi, runningReplay: RunningReplay): PlainReply {
  if (id === '') return failure(400, 'must specify task id on path');
  const slash = id.indexOf('/');
  if (slash > 0) {
    const output = api.view.runner.httpOutput(id.slice(0, slash), id.slice(slash + 1));
    if (output !== undefined) return { kind: 'text', status: 200, text: queryResultJson(output) };
  }
  const task = api.catalog().tasks.get(id);
  if (task === undefined) return failure(404, 'no task exists');
  const options = viewOptions(exchange.query);
  if (!options.ok) return failure(400, options.error);
  const replay = exchange.query.get('replay-id');
  if (replay === '') return showTask(id, api, options.value);
  const running = runningReplay(replay);
  if (running === undefined) return failure(400, `no running replay with ID: ${replay}`);
  if (running.task !== id) return failure(400, `replay ${replay} is not for task: ${id}`);
  return json(taskView(task, options.value, { ...api.view, runner: running.runner }));
}

function getTemplate(exchange: Exchange, id: string, api: TaskApi): PlainReply {
  if (id === '') return failure(400, 'must specify template id on path');
  if (!api.catalog().templates.has(id)) return failure(404, 'no template exists');
  const format = scriptFormat(exchange.query);
  return format.ok ? showTemplate(id, api, { scriptFormat: format.value }) : failure(400, format.error);
}

function listTasks(exchange: Exchange, api: TaskApi): PlainReply {
  const options = viewOptions(exchange.query);
  if (!options.ok) return failure(400, options.error);
  const query = readListQuery(exchange.query, taskFields);
  if (!query.ok) return failure(query.error.status, query.error.message);
  const page = selectPage(inOrder(api.catalog().tasks), query.value, (task) => task.id);
  return listed('tasks', page, query.value.fields, (task, field) => taskField(task, field, options.value, api.view));
}

function listTemplates(exchange: Exchange, api: TaskApi): PlainReply {
  const format = scriptFormat(exchange.query);
  if (!format.ok) return failure(400, format.error);
  const query = readListQuery(exchange.query, templateFields);
  if (!query.ok) return failure(query.error.status, query.error.message);
  const page = selectPage(inOrder(api.catalog().templates), query.value, (template) => template.id);
  return listed('templates', page, query.value.fields, (template, field) =>
    templateField(template, field, { scriptFormat: format.value }, api.view),
  );
}

/** Members of each object in byte order; an unknown field is an error only when there is an object to show it of. */
function listed<T>(
  name: string,
  page: readonly T[],
  fields: readonly string[],
  valueOf: (item: T, field: string) => GoJson | undefined,
): PlainReply {
  const items: GoJson[] = [];
  const sorted = [...fields].sort();
  for (const item of page) {
    const view: Record<string, GoJson> = {};
    for (const field of sorted) {
      const value = valueOf(item, field);
      if (value === undefined) return failure(400, `unsupported field ${JSON.stringify(field)}`);
      view[field] = value;
    }
    items.push(view);
  }
  return json({ [name]: items });
}

function viewOptions(query: Query): Result<ViewOptions, string> {
  const format = scriptFormat(query);
  if (!format.ok) return format;
  const view = query.get('dot-view');
  if (view !== '' && view !== 'attributes' && view !== 'labels')
    return err(`invalid dot-view parameter ${JSON.stringify(view)}`);
  const dotView: DotView = view === 'labels' ? 'labels' : 'attributes';
  return ok({ scriptFormat: format.value, dotView });
}

function scriptFormat(query: Query): Result<ViewOptions['scriptFormat'], string> {
  const format = query.get('script-format');
  if (format === '' || format === 'formatted') return ok('formatted');
  return format === 'raw' ? ok('raw') : err(`invalid script-format parameter ${JSON.stringify(format)}`);
}
