/** `[load]` of a real member: at its start, on SIGHUP, over a restart, and when a file is no good. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  bundleMember,
  memberFolder,
  startMember,
  type MemberFolder,
  type MemberProcess,
} from './testing/member-process.ts';

let program: Awaited<ReturnType<typeof bundleMember>>;

beforeAll(async () => {
  program = await bundleMember();
}, 60_000);
afterAll(() => program.dispose());

const tick = (measurement: string): string =>
  `dbrp "telegraf"."autogen"\nstream|from().measurement('${measurement}')|log()\n`;

describe('[load]', { timeout: 60_000 }, () => {
  let folder: MemberFolder;
  let member: MemberProcess | undefined;

  beforeEach(async () => {
    folder = await memberFolder();
    const section = `[load]\nenabled = true\ndir = "${folder.dir}/load"\n`;
    writeFileSync(folder.config, section, { flag: 'a' });
    for (const name of ['tasks', 'templates', 'handlers'])
      mkdirSync(join(folder.dir, 'load', name), { recursive: true });
  });
  afterEach(async () => {
    await member?.end('SIGKILL');
    member = undefined;
    folder.dispose();
  });

  const put = (name: string, text: string): void => writeFileSync(join(folder.dir, 'load', name), text);
  const start = async (): Promise<void> => {
    member = await startMember(program.program, folder);
  };
  const shown = async (): Promise<unknown> => {
    const get = async (path: string): Promise<Record<string, Record<string, unknown>[]>> => {
      const response = await fetch(folder.url + path);
      return JSON.parse(await response.text());
    };
    const { tasks = [] } = await get('/tasks');
    const { templates = [] } = await get('/templates');
    const { handlers = [] } = await get('/alerts/topics/system/handlers');
    return {
      tasks: tasks.map(({ id, executing }) => [id, executing]),
      templates: templates.map(({ id }) => id),
      handlers: handlers.map(({ id }) => id),
    };
  };
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    const end = Date.now() + 20_000;
    while (!(await holds())) {
      if (Date.now() > end) throw new Error(`it did not come about\n${member?.log()}`);
      await delay(20);
    }
  };

  test('files define tasks, templates and handlers; what is gone from the folder goes with SIGHUP', async () => {
    put('templates/t.tick', `var m string\nstream|from().measurement(m)|log()\n`);
    put('tasks/a.tick', tick('a'));
    put('tasks/b.yaml', 'template-id: t\ndbrps: [{db: x, rp: y}]\nvars: {m: {type: string, value: cpu}}\n');
    put('handlers/h.yaml', 'topic: system\nid: h\nkind: log\noptions: {path: /tmp/never-written.log}\n');
    await start();
    const all = {
      tasks: [
        ['a', true],
        ['b', true],
      ],
      templates: ['t'],
      handlers: ['h'],
    };
    expect(await shown()).toEqual(all);
    await member?.end('SIGTERM');
    await start();
    expect(await shown()).toEqual(all);

    rmSync(join(folder.dir, 'load/tasks/a.tick'));
    rmSync(join(folder.dir, 'load/handlers/h.yaml'));
    put('tasks/c.tick', tick('c'));
    member?.process.kill('SIGHUP');
    const rest = {
      tasks: [
        ['b', true],
        ['c', true],
      ],
      templates: ['t'],
      handlers: [],
    };
    await until(async () => JSON.stringify(await shown()) === JSON.stringify(rest));

    put('tasks/c.tick', 'stream|frm()');
    member?.process.kill('SIGHUP');
    await until(async () => member?.log().includes('failed to load new files') === true);
    expect(await shown()).toEqual(rest);
    const answer = await fetch(`${folder.url}/debug/vars`);
    const vars: { readonly kapacitor: Record<string, { readonly name: string; readonly values: unknown }> } =
      JSON.parse(await answer.text());
    const load = Object.values(vars.kapacitor).find(({ name }) => name === 'load');
    expect(load?.values).toEqual({ errors: 1 });
  });

  test('a file that cannot be loaded ends the start, as in 1.5.4', async () => {
    put('tasks/x.tick', 'stream|frm()');
    const text =
      'open server: failed to reload tasks/templates/handlers: failed to load tasks: failed to load file ' +
      `${folder.dir}/load/tasks/x.tick: failed to create task: invalid TICKscript: line 1 char 8: `;
    await expect(start()).rejects.toThrow(text);
    rmSync(join(folder.dir, 'load/tasks/x.tick'));
    await start();
    expect(await shown()).toEqual({ tasks: [], templates: [], handlers: [] });
  });
});
