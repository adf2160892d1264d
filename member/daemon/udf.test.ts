import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleFunction, type FunctionProgram } from '../shell/udf/testing/function-run.ts';
import type { MemberApi } from './testing/member-api.ts';
import { until } from '../shell/testing/until.ts';
import { useMembers } from './testing/use-members.ts';

const members = useMembers();
let average: FunctionProgram;

beforeAll(async () => {
  average = await bundleFunction();
});
afterAll(() => average.dispose());

interface TaskView {
  readonly error: string;
  readonly status: string;
  readonly executing: boolean;
  readonly dot: string;
  readonly stats: { readonly 'node-stats': Readonly<Record<string, Readonly<Record<string, number>>>> };
}

function functionTable(name: string, args: readonly string[], timeout = '10s'): string {
  const list = [average.path, ...args].map((arg) => JSON.stringify(arg)).join(', ');
  return `[udf.functions.${name}]\nprog = ${JSON.stringify(process.execPath)}\nargs = [${list}]\ntimeout = "${timeout}"\n`;
}

/** Options of a member that often asks for what its tasks keep. */
function withFunctions(...functions: readonly string[]): string {
  return ['[task]\nsnapshot-interval = "50ms"', ...functions].join('\n');
}

function view(api: MemberApi, id: string): Promise<TaskView> {
  return api.get<TaskView>(`/tasks/${id}?dot-view=labels`);
}

const script = (name: string): string =>
  `stream|from().measurement('cpu')@${name}().field('value').size(3).as('mean')|httpOut('out')`;

async function meanBecomes(api: MemberApi, id: string, wanted: number): Promise<void> {
  await until(
    () => api.text(`/tasks/${id}/out`),
    (out) => {
      const { series }: { readonly series?: readonly { readonly values: readonly (readonly unknown[])[] }[] | null } =
        JSON.parse(out);
      return series?.[0]?.values[0]?.[1] === wanted;
    },
  );
}

test('the state of a function outlives a stop of its task, and one of the member', async () => {
  const { folder, api, member } = await members.startNew(withFunctions(functionTable('average', [])));
  await api.define({ id: 't', script: script('average'), type: 'stream' });
  await api.write('cpu value=1 1\ncpu value=2 2');
  await meanBecomes(api, 't', 1.5);
  const { dot, stats } = await view(api, 't');
  expect(dot).toContain('from1 -> average2 [label="processed=2"];');
  expect(stats['node-stats']['average2']).toMatchObject({ collected: 2, emitted: 2, errors: 0 });

  // Told once with the points in it, and asked again: the first answer has come.
  const told = (): number => member.log().split('snapshot of 1 groups').length - 1;
  await until(told, (count) => count >= 2);
  await api.patch('/tasks/t', { status: 'disabled' });
  await api.patch('/tasks/t', { status: 'enabled' });
  await api.write('cpu value=6 3');
  await meanBecomes(api, 't', 3);
  const before = told();
  await until(told, (count) => count >= before + 2);
  expect(await member.end('SIGTERM')).toBe(0);

  await members.start(folder);
  await api.write('cpu value=4 4');
  await meanBecomes(api, 't', 4);
});

test('a function that goes wrong stops its own task, which says why; others go on', async () => {
  const options = withFunctions(functionTable('average', []), functionTable('hanging', ['--fault', 'hang']));
  const { api, member } = await members.startNew(options);
  for (const name of ['average', 'hanging']) await api.define({ id: name, script: script(name), type: 'stream' });
  await api.write('cpu value=666 1');
  const { error, status, executing } = await until(
    () => view(api, 'hanging'),
    (task) => task.error !== '',
    40_000,
  );
  expect([status, executing]).toEqual(['enabled', false]);
  expect(error).toMatch(/^hanging2: keepalive timedout, last keepalive received was: /);
  await api.write('cpu value=6 2');
  await meanBecomes(api, 'average', 336);
  // Twice the timeout of ten seconds, within which a function starts on the busiest machine.
  await until(() => member.log().includes('msg="killing process" service=udf udf=hanging'), Boolean, 40_000);
  expect(await member.end('SIGTERM')).toBe(0);
}, 120_000);

test('a replay runs a function of its own, to its end', async () => {
  const folder = await members.folder(withFunctions(functionTable('average', [])));
  mkdirSync(join(folder.dir, 'data', 'replay'), { recursive: true });
  const lines = Array.from({ length: 500 }, (_, i) => `d\nr\ncpu value=${i} ${i}\n`).join('');
  writeFileSync(join(folder.dir, 'data', 'replay', 'rec.srpl'), gzipSync(lines));
  const { api } = folder;
  await members.start(folder);
  const logging = script('average').replace(
    "|httpOut('out')",
    "|window().periodCount(500).everyCount(500)|count('mean')|alert().crit(lambda: \"count\" == 500).topic('done')",
  );
  await api.define({ id: 't', script: logging, type: 'stream', status: 'disabled' });
  await api.post('/replays', { id: 'p', task: 't', recording: 'rec', clock: 'fast', 'recording-time': true });
  expect(await api.ended('/replays/p')).toMatchObject({ status: 'finished', error: '' });
  expect(await api.text('/alerts/topics/done/events')).toContain('"level": "CRITICAL"');
});

test('a member does not start with a function that cannot be started', async () => {
  const folder = await members.folder(
    withFunctions('[udf.functions.missing]\nprog = "/no/such/program"\ntimeout = "1s"\n'),
  );
  const { status, stderr } = members.run('-config', folder.config);
  expect(status).toBe(1);
  expect(stderr).toContain(
    'run: failed to load process info for "missing": fork/exec /no/such/program: no such file or directory\n',
  );
});
