import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { HandlerSpec } from '../../alerts/event.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { JsonValue } from '../../base/store.ts';
import { definePipeline } from '../../pipeline/define.ts';
import { formatExpression } from '../../tick/syntax/printer.ts';
import { parseLambda } from '../../tick/syntax/parser.ts';
import { applyChange, type Catalog, type CatalogChange } from '../../tasks/catalog.ts';
import type { ApiError } from '../../tasks/api-error.ts';
import { createTask, deleteTask, patchTask } from '../../tasks/change-task.ts';
import { createTemplate, deleteTemplate, patchTemplate } from '../../tasks/change-template.ts';
import type { Logger } from '../log/log.ts';
import { LoadService } from './load-service.ts';

const tick = (measurement: string): string =>
  `dbrp "telegraf"."autogen"\nstream|from().measurement('${measurement}')|log()\n`;
const template = `var m string\nstream|from().measurement(m)|log()\n`;
const templated = `template-id: t\ndbrps:\n  - {db: telegraf, rp: autogen}\nvars:\n  m: {type: string, value: disk}\n`;
const handler = (id: string, path = '/tmp/a'): string =>
  `topic: system\nid: ${id}\nkind: log\noptions: {path: ${path}}\n`;

/** Tasks and handlers in memory; what was done is in `calls`. */
class FakeMember {
  readonly calls: string[] = [];
  readonly rows = new Map<string, JsonValue>();
  readonly specs = new Map<string, HandlerSpec>();
  /** Handlers whose owners do not answer. */
  isSilent = false;
  catalog: Catalog = { tasks: new Map(), templates: new Map() };

  service(dir: string, logger: Logger): LoadService {
    const context = {
      language: {
        define: definePipeline,
        parseLambda: (text: string) => {
          const parsed = parseLambda(text);
          return parsed.ok ? parsed : err(parsed.error.message);
        },
        regexProblem: () => undefined,
        lambdaText: formatExpression,
      },
      nowNs: 0n,
      newId: () => 'made-up',
    };
    const done = async (what: string, change: Result<CatalogChange | undefined, ApiError>) => {
      if (!change.ok) return change;
      this.calls.push(what);
      if (change.value !== undefined) this.catalog = applyChange(this.catalog, change.value);
      return ok(change.value?.subject ?? '');
    };
    const removed = async (what: string, change: CatalogChange | undefined) => {
      await done(what, ok(change));
      return ok(undefined);
    };
    const set = async (what: string, spec: HandlerSpec) => {
      const silent = {
        status: 500,
        message: `${what}: could not verify liveness of topic owners: status of b is failed`,
      };
      if (this.isSilent) return err(silent);
      this.calls.push(`${what} ${spec.id}`);
      this.specs.set(`${spec.topic}/${spec.id}`, spec);
      return ok(spec);
    };
    return new LoadService({
      dir,
      logger,
      retryMs: 1_000,
      tasks: {
        catalog: () => this.catalog,
        createTask: (body) => done('create task', createTask(this.catalog, body, context)),
        patchTask: (id, body) => done(`patch ${id}`, patchTask(this.catalog, id, body, context)),
        deleteTask: (id) => removed(`delete ${id}`, deleteTask(this.catalog, id)),
        createTemplate: (body) => done('create template', createTemplate(this.catalog, body, context)),
        patchTemplate: (id, body) => done(`patch template ${id}`, patchTemplate(this.catalog, id, body, context)),
        deleteTemplate: (id) => removed(`delete template ${id}`, deleteTemplate(this.catalog, id)),
      },
      topics: {
        handlers: {
          list: () => [],
          get: (topic, id) => this.specs.get(`${topic}/${id}`),
          create: (spec) => set('create handler', spec),
          replace: (_topic, _id, spec) => set('replace handler', spec),
          delete: async (topic, id) => {
            this.specs.delete(`${topic}/${id}`);
            this.calls.push(`delete handler ${topic}/${id}`);
            return ok(undefined);
          },
        },
        prepareHandler: ({ kind }) =>
          kind === 'log' ? ok({ effect: { kind: 'send' }, matches: null }) : err(`unsupported action kind "${kind}"`),
      },
      store: {
        rows: () => [...this.rows],
        commit: async ({ writes }) => {
          for (const { key, value } of writes) {
            if (value === null) this.rows.delete(key);
            else this.rows.set(key, value);
          }
          return ok(undefined);
        },
      },
    });
  }
}

describe('[load]', () => {
  let dir: string;
  let member: FakeMember;
  let service: LoadService;
  const logged: string[] = [];
  const logger: Logger = {
    debug: () => undefined,
    info: (message) => logged.push(message),
    error: (message) => logged.push(message),
    with: () => logger,
    isHeard: () => true,
  };
  const put = (files: Readonly<Record<string, string | null>>): void => {
    for (const [name, text] of Object.entries(files)) {
      const path = join(dir, name);
      mkdirSync(dirname(path), { recursive: true });
      if (text === null) rmSync(path);
      else writeFileSync(path, text);
    }
  };
  const load = async (): Promise<readonly string[] | string> => {
    const loaded = await service.load();
    return loaded.ok ? member.calls.splice(0) : loaded.error.replaceAll(dir, 'DIR');
  };

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'load-'));
    member = new FakeMember();
    service = member.service(dir, logger);
    logged.length = 0;
  });
  afterEach(async () => {
    vi.useRealTimers();
    await service.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const everything = {
    'handlers/h.yaml': handler('h'),
    'handlers/j.json': '{"topic":"cpu","id":"j","kind":"log","options":{"path":"/tmp/b"},"match":"changed() == TRUE"}',
    'tasks/a.tick': tick('a'),
    'tasks/c.yaml': templated,
    'tasks/notes.txt': 'no task',
    'tasks/below/x.tick': 'no task either',
    'templates/t.tick': template,
  };

  test('templates, then tasks, then handlers; tasks are enabled', async () => {
    put(everything);
    expect(await load()).toEqual([
      'create template',
      'create task',
      'create task',
      'create handler h',
      'create handler j',
    ]);
    expect([...member.catalog.tasks.values()].map(({ id, status, templateId }) => [id, status, templateId])).toEqual([
      ['a', 'enabled', ''],
      ['c', 'enabled', 't'],
    ]);
    expect(member.specs.get('cpu/j')).toEqual({
      id: 'j',
      topic: 'cpu',
      kind: 'log',
      options: { path: '/tmp/b' },
      match: 'changed() == TRUE',
    });
  });

  test('a second load changes what is there, and starts tasks anew; a handler that says the same is left alone', async () => {
    put(everything);
    await load();
    put({ 'handlers/h.yaml': handler('h', '/tmp/c'), 'tasks/a.tick': tick('a2') });
    expect(await load()).toEqual([
      'patch template t',
      'patch a',
      'patch a',
      'patch a',
      'patch c',
      'patch c',
      'patch c',
      'replace handler h',
    ]);
    expect(member.catalog.tasks.get('a')?.script).toContain('a2');
  });

  test('what was loaded goes with its file, also after a restart; what users made stays', async () => {
    put(everything);
    await load();
    put({
      'tasks/a.tick': null,
      'handlers/h.yaml': null,
      'handlers/j.json': null,
      'tasks/c.yaml': null,
      'templates/t.tick': null,
    });
    service = member.service(dir, logger);
    expect(await load()).toEqual([
      'delete a',
      'delete c',
      'delete template t',
      'delete handler system/h',
      'delete handler cpu/j',
    ]);
    // 1.5.4 would delete a task of the same name that somebody defines later.
    expect(await load()).toEqual([]);
  });

  test('the first file that fails ends the load, and nothing is removed', async () => {
    put(everything);
    await load();
    put({ 'tasks/a.tick': null, 'tasks/b.tick': 'stream|frm()' });
    expect(await load()).toBe(
      'failed to load tasks: failed to load file DIR/tasks/b.tick: failed to create task: ' +
        'invalid TICKscript: line 1 char 8: no method or property "frm" on *pipeline.StreamNode',
    );
    expect(member.catalog.tasks.has('a')).toBe(true);
    expect([service.errorCount, logged]).toEqual([1, ['failed to load new files']]);
  });

  test.each([
    [
      'tasks/x.tick',
      '',
      'failed to load tasks: failed to load file DIR/FILE: failed to create task: must provide TICKscript',
    ],
    [
      'tasks/.tick',
      'x',
      'failed to load tasks: failed to load file DIR/FILE: the file has no name before its extension',
    ],
    [
      'tasks/x.yaml',
      'template-id: nope',
      'failed to load tasks: failed to load file DIR/FILE: failed to create task: unknown template nope: err: no template exists',
    ],
    [
      'tasks/x.json',
      '{"a":',
      'failed to load tasks: failed to load file DIR/FILE: failed to unmarshal json task vars file "DIR/FILE": unexpected end of JSON input',
    ],
    [
      'templates/x.tick',
      'stream|frm()',
      'failed to load file DIR/FILE: failed to create template: invalid TICKscript: line 1 char 8: no method or property "frm" on *pipeline.StreamNode',
    ],
    [
      'handlers/x.yaml',
      'topic: t\nid: i\nkind: nope\n',
      'failed to load file DIR/FILE: failed to create handler: unsupported action kind "nope"',
    ],
    [
      'handlers/x.yaml',
      '{a: [}',
      'failed to load file DIR/FILE: failed to unmarshal yaml task vars file "DIR/FILE": error converting YAML to JSON: yaml: ',
    ],
  ])('%s with %j', async (file, text, error) => {
    put({ [file]: text });
    expect(String(await load()).replaceAll(file, 'FILE')).toContain(error);
  });

  test('a missing folder removes nothing', async () => {
    put(everything);
    await load();
    rmSync(dir, { recursive: true });
    expect(await load()).toEqual([]);
    expect(logged).toEqual(['skipping load: the folder does not exist, what was loaded before stays']);
    mkdirSync(dir);
  });

  test('D24: a handler whose owners are silent is tried again until they answer', async () => {
    vi.useFakeTimers();
    put({ 'handlers/h.yaml': handler('h'), 'tasks/a.tick': tick('a') });
    member.isSilent = true;
    expect(await load()).toEqual(['create task']);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(member.calls).toEqual([]);
    member.isSilent = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(member.calls).toEqual(['create handler h']);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(member.calls).toEqual(['create handler h']);
    expect(service.errorCount).toBe(0);
  });
});
