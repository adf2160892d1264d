/** `[load]` of a real member: at its start, on SIGHUP, over a restart, and when a file is no good. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { MemberFolder } from './testing/member-process.ts';
import { until } from '../shell/testing/until.ts';
import { useMembers } from './testing/use-members.ts';

const members = useMembers();

const tick = (measurement: string): string =>
  `dbrp "telegraf"."autogen"\nstream|from().measurement('${measurement}')|log()\n`;

describe('[load]', () => {
  let folder: MemberFolder;

  beforeEach(async () => {
    folder = await members.folder();
    const section = `[load]\nenabled = true\ndir = "${folder.dir}/load"\n`;
    writeFileSync(folder.config, section, { flag: 'a' });
    for (const name of ['tasks', 'templates', 'handlers'])
      mkdirSync(join(folder.dir, 'load', name), { recursive: true });
  });

  const put = (name: string, text: string): void => writeFileSync(join(folder.dir, 'load', name), text);
  const shown = async (): Promise<unknown> => {
    const lists = (path: string) => folder.api.get<Record<string, Record<string, unknown>[]>>(path);
    const { tasks = [] } = await lists('/tasks');
    const { templates = [] } = await lists('/templates');
    const { handlers = [] } = await lists('/alerts/topics/system/handlers');
    return {
      tasks: tasks.map(({ id, executing }) => [id, executing]),
      templates: templates.map(({ id }) => id),
      handlers: handlers.map(({ id }) => id),
    };
  };

  test('files define tasks, templates and handlers; what is gone from the folder goes with SIGHUP', async () => {
    put('templates/t.tick', `var m string\nstream|from().measurement(m)|log()\n`);
    put('tasks/a.tick', tick('a'));
    put('tasks/b.yaml', 'template-id: t\ndbrps: [{db: x, rp: y}]\nvars: {m: {type: string, value: cpu}}\n');
    put('handlers/h.yaml', 'topic: system\nid: h\nkind: log\noptions: {path: /tmp/never-written.log}\n');
    const first = await members.start(folder);
    const all = {
      tasks: [
        ['a', true],
        ['b', true],
      ],
      templates: ['t'],
      handlers: ['h'],
    };
    expect(await shown()).toEqual(all);
    await first.end('SIGTERM');
    const second = await members.start(folder);
    expect(await shown()).toEqual(all);

    rmSync(join(folder.dir, 'load/tasks/a.tick'));
    rmSync(join(folder.dir, 'load/handlers/h.yaml'));
    put('tasks/c.tick', tick('c'));
    second.process.kill('SIGHUP');
    const rest = {
      tasks: [
        ['b', true],
        ['c', true],
      ],
      templates: ['t'],
      handlers: [],
    };
    await until(shown, (now) => JSON.stringify(now) === JSON.stringify(rest));

    put('tasks/c.tick', 'stream|frm()');
    second.process.kill('SIGHUP');
    await until(() => second.log().includes('failed to load new files'));
    expect(await shown()).toEqual(rest);
    type Statistics = Record<string, { readonly name: string; readonly values: unknown }>;
    const { kapacitor } = await folder.api.get<{ readonly kapacitor: Statistics }>('/debug/vars');
    const load = Object.values(kapacitor).find(({ name }) => name === 'load');
    expect(load?.values).toEqual({ errors: 1 });
  });

  test('a file that cannot be loaded ends the start, as in 1.5.4', async () => {
    put('tasks/x.tick', 'stream|frm()');
    const text =
      'open server: failed to reload tasks/templates/handlers: failed to load tasks: failed to load file ' +
      `${folder.dir}/load/tasks/x.tick: failed to create task: invalid TICKscript: line 1 char 8: `;
    await expect(members.start(folder)).rejects.toThrow(text);
    rmSync(join(folder.dir, 'load/tasks/x.tick'));
    await members.start(folder);
    expect(await shown()).toEqual({ tasks: [], templates: [], handlers: [] });
  });
});
