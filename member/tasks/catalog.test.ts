import { expect, test } from 'vitest';
import { err, ok } from '../base/result.ts';
import type { DefineOptions, PipelineDefinition } from '../pipeline/definition.ts';
import {
  applyChange,
  changeWrites,
  loadCatalog,
  type Catalog,
  type CatalogChange,
  type ChangeContext,
  type TaskLanguage,
} from './catalog.ts';
import { createTask, deleteTask, patchTask, recordError } from './change-task.ts';
import { createTemplate, deleteTemplate, patchTemplate } from './change-template.ts';
import type { WireObject } from './wire-value.ts';

/** Scripts of these tests: words. `bad` does not parse; `needs:x` requires a var; `dbrp:DB` names a database. */
const language: TaskLanguage = {
  define(script: string, options: DefineOptions) {
    const words = script.split(' ');
    if (words.includes('bad')) return err({ kind: 'script' as const, message: 'parser: bad', line: 1, char: 1 });
    const missing = words.find((word) => word.startsWith('needs:') && options.vars?.has(word.slice(6)) !== true);
    if (missing !== undefined && options.isTemplate !== true) {
      return err({
        kind: 'script' as const,
        message: `missing value for var "${missing.slice(6)}".`,
        line: 0,
        char: 0,
      });
    }
    const definition: PipelineDefinition = {
      type: words.includes('batch') ? 'batch' : 'stream',
      dbrps: words.filter((word) => word.startsWith('dbrp:')).map((word) => ({ db: word.slice(5), rp: 'r' })),
      declaredVars: new Map(),
      nodeNames: [],
      measurements: [],
      planQueries: () => ok([]),
      dot: () => '',
      start: () => err('not in these tests'),
    };
    return ok(definition);
  },
  parseLambda: () => err('not in these tests'),
  regexProblem: () => undefined,
};
const context = (nowNs = 1_000n): ChangeContext => ({ language, nowNs, newId: () => 'fresh-id' });
const empty: Catalog = { tasks: new Map(), templates: new Map() };
const dbrps = [{ db: 'd', rp: 'r' }];

const changed = (catalog: Catalog, result: ReturnType<typeof createTask>): Catalog => {
  if (!result.ok) throw new Error(result.error.message);
  return applyChange(catalog, result.value);
};
const withTask = (request: WireObject, catalog = empty): Catalog =>
  changed(catalog, createTask(catalog, { id: 't', script: 'stream', dbrps, ...request }, context()));
const withTemplate = (script: string): Catalog => changed(empty, createTemplate(empty, { id: 'p', script }, context()));
const refusal = (result: ReturnType<typeof createTask>): readonly unknown[] =>
  result.ok ? [] : [result.error.status, result.error.message];

test('a new task is disabled, its type comes from the script, and its times are those of the request', () => {
  expect(withTask({ type: 'stream', script: 'batch' }).tasks.get('t')).toEqual({
    id: 't',
    templateId: '',
    type: 'batch',
    script: 'batch',
    dbrps,
    vars: new Map(),
    status: 'disabled',
    error: '',
    createdNs: 1_000n,
    modifiedNs: 1_000n,
    lastEnabledNs: null,
  });
});

test('a task without an id gets a fresh one', () => {
  expect([...withTask({ id: '' }).tasks.keys()]).toEqual(['fresh-id']);
});

test.each<[string, WireObject, string]>([
  ['a type word there is none of', { type: 'zz' }, 'invalid JSON: unknown task type "zz", use "stream" or "batch"'],
  [
    'a status word there is none of',
    { status: 'on' },
    'invalid JSON: unknown status "on", use "enabled" or "disabled"',
  ],
  ['dbrps that are no list', { dbrps: 'x' }, 'invalid JSON: dbrps must be a list'],
  ['a bad id', { id: 'a/b' }, `task ID must contain only letters, numbers, '-', '.' and '_'. "a/b"`],
  ['a taken id', { id: 't' }, 'task t already exists'],
  ['an unknown template', { 'template-id': 'q' }, 'unknown template q: err: no template exists'],
  ['no script', { script: '' }, 'must provide TICKscript'],
  ['a script that does not parse', { script: 'bad' }, 'invalid TICKscript: parser: bad'],
  ['no dbrps', { dbrps: [] }, 'must specify dbrp'],
  ['dbrps twice', { script: 'stream dbrp:x' }, 'cannot specify dbrp in both implicitly and explicitly'],
])('creating a task with %s is a 400', (_name, request, message) => {
  const catalog = withTask({});
  expect(refusal(createTask(catalog, { id: 'n', script: 'stream', dbrps, ...request }, context()))).toEqual([
    400,
    message,
  ]);
});

test('an enabled task is started once it is durable', () => {
  const created = createTask(empty, { id: 't', script: 'stream', dbrps, status: 'enabled' }, context());
  expect(created.ok && created.value.runs).toEqual([{ kind: 'start', task: 't' }]);
});

const patched = (catalog: Catalog, request: WireObject, nowNs = 2_000n): CatalogChange => {
  const result = patchTask(catalog, 't', request, context(nowNs));
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
};

test('an empty PATCH only says when it was', () => {
  const catalog = withTask({ status: 'enabled' });
  const change = patched(catalog, { script: '', dbrps: [], vars: {} });
  expect(change.runs).toEqual([]);
  expect(change.tasks.get('t')).toEqual({ ...catalog.tasks.get('t'), modifiedNs: 2_000n });
});

test('a new script of an enabled task waits for disable and enable', () => {
  expect(patched(withTask({ status: 'enabled' }), { script: 'stream new' }).runs).toEqual([]);
});

test('enabling clears the error and says when; disabling keeps both', () => {
  const failed = withTask({ status: 'enabled' });
  const noted = recordError(failed, 't', 'boom');
  const catalog = noted === undefined ? failed : applyChange(failed, noted);
  const disabled = applyChange(catalog, patched(catalog, { status: 'disabled' }));
  expect(disabled.tasks.get('t')).toMatchObject({ status: 'disabled', error: 'boom', lastEnabledNs: 1_000n });
  const enabling = patched(disabled, { status: 'enabled' }, 3_000n);
  expect(enabling.runs).toEqual([{ kind: 'start', task: 't' }]);
  expect(enabling.tasks.get('t')).toMatchObject({ status: 'enabled', error: '', lastEnabledNs: 3_000n });
});

test('renaming makes the task anew under the other name and restarts it', () => {
  const change = patched(withTask({ status: 'enabled' }), { id: 'u' });
  expect([change.subject, change.tasks.get('t'), change.tasks.get('u')?.id]).toEqual(['u', null, 'u']);
  expect(change.runs).toEqual([
    { kind: 'stop', task: 't' },
    { kind: 'start', task: 'u' },
  ]);
});

test('a name that is taken is a 500, a bad one a 400', () => {
  const catalog = withTask({ id: 'u' }, withTask({}));
  expect(refusal(patchTask(catalog, 't', { id: 'u' }, context()))[0]).toBe(500);
  expect(refusal(patchTask(catalog, 't', { id: 'a b' }, context()))[0]).toBe(400);
});

test('a script that drops its own dbrp statements must come with dbrps', () => {
  const catalog = withTask({ script: 'stream dbrp:x', dbrps: [] });
  expect(refusal(patchTask(catalog, 't', { script: 'stream' }, context()))).toEqual([400, 'must specify dbrp']);
  expect(patched(catalog, { script: 'stream', dbrps }).tasks.get('t')?.dbrps).toEqual(dbrps);
});

test('a change of a template reaches its tasks and restarts the enabled ones', () => {
  let catalog = withTemplate('stream one');
  catalog = withTask({ id: 'a', script: '', 'template-id': 'p', status: 'enabled' }, catalog);
  catalog = withTask({ id: 'b', script: '', 'template-id': 'p' }, catalog);
  const change = patchTemplate(catalog, 'p', { id: 'q', script: 'batch two' }, context());
  expect(change.ok && change.value.runs).toEqual([
    { kind: 'stop', task: 'a' },
    { kind: 'start', task: 'a' },
  ]);
  const next = changed(catalog, change);
  expect([...next.tasks.values()].map(({ id, templateId, type, script }) => [id, templateId, type, script])).toEqual([
    ['a', 'q', 'batch', 'batch two'],
    ['b', 'q', 'batch', 'batch two'],
  ]);
  expect([...next.templates.keys()]).toEqual(['q']);
});

test('when a task cannot be made from the new script nothing changes', () => {
  const catalog = withTask({ id: 'a', script: '', 'template-id': 'p', status: 'enabled' }, withTemplate('stream'));
  expect(refusal(patchTemplate(catalog, 'p', { script: 'stream needs:x' }, context()))).toEqual([
    500,
    'error reloading associated task a: invalid TICKscript: missing value for var "x".',
  ]);
});

test('a task whose template was deleted stays, but every PATCH of it is a 400', () => {
  const catalog = withTask({ script: '', 'template-id': 'p' }, withTemplate('stream'));
  const deletion = deleteTemplate(catalog, 'p');
  const next = deletion === undefined ? catalog : applyChange(catalog, deletion);
  expect(next.tasks.has('t')).toBe(true);
  expect(refusal(patchTask(next, 't', {}, context()))).toEqual([400, 'unknown template p: err: no template exists']);
});

test('deleting a task stops it and removes its row and snapshot; an unknown one changes nothing', () => {
  const catalog = withTask({});
  const change = deleteTask(catalog, 't');
  expect(change?.runs).toEqual([{ kind: 'stop', task: 't' }]);
  expect(change === undefined ? [] : changeWrites(change)).toEqual([
    { table: 'tasks', key: 't', value: null },
    { table: 'snapshots', key: 't', value: null },
  ]);
  expect(deleteTask(catalog, 'unknown')).toBeUndefined();
});

test('what is written is what is loaded', () => {
  let catalog = withTemplate('stream needs:x');
  catalog = withTask(
    { script: '', 'template-id': 'p', vars: { x: { type: 'int', value: 2n ** 60n } }, status: 'enabled' },
    catalog,
  );
  const writes = changeWrites({ subject: '', tasks: catalog.tasks, templates: catalog.templates, runs: [] });
  const rows = (table: string) =>
    writes.flatMap(({ table: of, key, value }) =>
      of === table && value !== null ? [[key, JSON.parse(JSON.stringify(value))] as const] : [],
    );
  expect(loadCatalog(rows('tasks'), rows('templates'))).toEqual({ catalog, unreadable: [] });
  expect(loadCatalog([['x', { id: 5 }]], [])).toEqual({ catalog: empty, unreadable: ['task x'] });
});
