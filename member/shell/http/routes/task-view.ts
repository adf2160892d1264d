/** Tasks and templates as the API prints them. */
import { byteOrder } from '../../../base/byte-order.ts';
import { formatRfc3339 } from '../../../base/rfc3339.ts';
import type { Result } from '../../../base/result.ts';
import type { DotView, RunStats } from '../../../pipeline/run.ts';
import { defineTask } from '../../../tasks/change-task.ts';
import { defineTemplate } from '../../../tasks/change-template.ts';
import type { TaskLanguage } from '../../../tasks/catalog.ts';
import type { Task, Template } from '../../../tasks/task.ts';
import type { TaskRunner } from '../../../tasks/task-runner.ts';
import { wireVars } from '../../../tasks/task-vars.ts';
import type { ScriptValue } from '../../../tick/evaluate/value.ts';
import type { Var } from '../../../tick/evaluate/vars.ts';
import type { LambdaNode } from '../../../tick/syntax/node.ts';
import type { GoJson } from '../go-json.ts';

export interface ScriptPrinter {
  /** The formatted script; an error leaves it as it is, so that a change of syntax cannot hide a task. */
  format(script: string): Result<string, unknown>;
  lambdaText(lambda: LambdaNode): string;
}

export interface ViewContext {
  readonly language: TaskLanguage & ScriptPrinter;
  readonly runner: TaskRunner;
  readonly nowNs: () => bigint;
}

export interface ViewOptions {
  readonly scriptFormat: 'formatted' | 'raw';
  readonly dotView: DotView;
}

const zeroTime = '0001-01-01T00:00:00Z';

export const taskFields: readonly string[] = [
  'link',
  'id',
  'type',
  'dbrps',
  'script',
  'dot',
  'status',
  'executing',
  'error',
  'stats',
  'created',
  'modified',
  'last-enabled',
  'vars',
];

export const templateFields: readonly string[] = [
  'link',
  'id',
  'type',
  'script',
  'dot',
  'error',
  'created',
  'modified',
];

export function selfLink(href: string): GoJson {
  return { rel: 'self', href };
}

export function taskView(task: Task, options: ViewOptions, context: ViewContext): GoJson {
  const definition = defineTask(task.script, task.vars, { language: context.language, nowNs: context.nowNs() });
  const isExecuting = context.runner.isExecuting(task.id);
  const dot = isExecuting
    ? (context.runner.dot(task.id, options.dotView) ?? '')
    : definition.ok
      ? definition.value.dot(task.id)
      : '';
  const stats = isExecuting ? context.runner.stats(task.id) : undefined;
  return {
    link: selfLink(`/kapacitor/v1/tasks/${task.id}`),
    id: task.id,
    'template-id': task.templateId,
    type: task.type,
    dbrps: task.dbrps.map(({ db, rp }) => ({ db, rp })),
    script: shownScript(task.script, options, context),
    vars: wireVars(task.vars),
    dot,
    status: task.status,
    executing: isExecuting,
    error: definition.ok ? task.error : definition.error.message,
    stats: stats === undefined ? {} : statsView(stats),
    created: formatRfc3339(task.createdNs),
    modified: formatRfc3339(task.modifiedNs),
    'last-enabled': task.lastEnabledNs === null ? zeroTime : formatRfc3339(task.lastEnabledNs),
  };
}

/** One field of a task in a list; undefined for a field there is none of. */
export function taskField(task: Task, field: string, options: ViewOptions, context: ViewContext): GoJson | undefined {
  const { runner } = context;
  switch (field) {
    case 'link':
      return selfLink(`/kapacitor/v1/tasks/${task.id}`);
    case 'id':
      return task.id;
    case 'type':
      return task.type;
    case 'dbrps':
      return task.dbrps.map(({ db, rp }) => ({ db, rp }));
    case 'script':
      return shownScript(task.script, options, context);
    case 'dot': {
      if (runner.isExecuting(task.id)) return runner.dot(task.id, options.dotView) ?? null;
      const definition = defineTask(task.script, task.vars, { language: context.language, nowNs: context.nowNs() });
      return definition.ok ? definition.value.dot(task.id) : null;
    }
    case 'status':
      return task.status;
    case 'executing':
      return runner.isExecuting(task.id);
    case 'error':
      return task.error;
    case 'stats': {
      const stats = runner.stats(task.id);
      return stats === undefined ? null : statsView(stats);
    }
    case 'created':
      return formatRfc3339(task.createdNs);
    case 'modified':
      return formatRfc3339(task.modifiedNs);
    case 'last-enabled':
      return task.lastEnabledNs === null ? zeroTime : formatRfc3339(task.lastEnabledNs);
    case 'vars':
      return wireVars(task.vars);
    default:
      return undefined;
  }
}

export function statsView(stats: Pick<RunStats, 'throughput' | 'nodes'>): GoJson {
  const nodes: Record<string, GoJson> = {};
  for (const node of [...stats.nodes].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const values: Record<string, GoJson> = {};
    for (const name of Object.keys(node.values).sort()) values[name] = node.values[name];
    nodes[node.name] = values;
  }
  return { 'task-stats': { throughput: stats.throughput }, 'node-stats': nodes };
}

export function templateView(
  template: Template,
  options: Pick<ViewOptions, 'scriptFormat'>,
  context: ViewContext,
): GoJson {
  const definition = defineTemplate(template.script, { language: context.language, nowNs: context.nowNs() });
  return {
    link: selfLink(`/kapacitor/v1/templates/${template.id}`),
    id: template.id,
    type: template.type,
    script: shownScript(template.script, options, context),
    vars: definition.ok ? declaredVars(definition.value.declaredVars, context.language) : {},
    dot: definition.ok ? definition.value.dot(template.id) : '',
    error: definition.ok ? '' : definition.error.message,
    created: formatRfc3339(template.createdNs),
    modified: formatRfc3339(template.modifiedNs),
  };
}

export function templateField(
  template: Template,
  field: string,
  options: Pick<ViewOptions, 'scriptFormat'>,
  context: ViewContext,
): GoJson | undefined {
  switch (field) {
    case 'link':
      return selfLink(`/kapacitor/v1/templates/${template.id}`);
    case 'id':
      return template.id;
    case 'type':
      return template.type;
    case 'script':
      return shownScript(template.script, options, context);
    case 'dot':
    case 'vars': {
      const definition = defineTemplate(template.script, { language: context.language, nowNs: context.nowNs() });
      if (!definition.ok) return null;
      return field === 'dot'
        ? definition.value.dot(template.id)
        : declaredVars(definition.value.declaredVars, context.language);
    }
    case 'error':
      return '';
    case 'created':
      return formatRfc3339(template.createdNs);
    case 'modified':
      return formatRfc3339(template.modifiedNs);
    default:
      return undefined;
  }
}

function shownScript(script: string, options: Pick<ViewOptions, 'scriptFormat'>, context: ViewContext): string {
  if (options.scriptFormat === 'raw') return script;
  const formatted = context.language.format(script);
  return formatted.ok ? formatted.value : script;
}

/** Variables a script declares: a required one has the value null, lambdas and patterns are text. */
function declaredVars(vars: ReadonlyMap<string, Var>, printer: ScriptPrinter): GoJson {
  const view: Record<string, GoJson> = {};
  for (const name of [...vars.keys()].sort(byteOrder)) {
    const variable = vars.get(name);
    if (variable === undefined) continue;
    view[name] = {
      type: variable.type,
      value: variable.value === undefined ? null : valueView(variable.value, printer),
      description: variable.description,
    };
  }
  return view;
}

function valueView(value: ScriptValue, printer: ScriptPrinter): GoJson {
  switch (value.type) {
    case 'lambda':
      return printer.lambdaText(value.value);
    case 'list':
      return value.value.map((item) => ({ type: item.type, value: valueView(item, printer), description: '' }));
    case 'star':
      // As 1.5.4 prints its syntax node.
      return { typeOf: 'star' };
    case 'reference':
    case 'object':
    case 'function':
    case 'nil':
      return null;
    default:
      return value.value;
  }
}
