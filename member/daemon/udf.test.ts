import { setTimeout as delay } from 'node:timers/promises';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { spawnSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { bundleFunction, type FunctionProgram } from '../shell/udf/testing/function-run.ts';
import { bundleMember, memberFolder, startMember, type MemberFolder } from './testing/member-process.ts';

let program: Awaited<ReturnType<typeof bundleMember>>;
let average: FunctionProgram;
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  program = await bundleMember();
  average = await bundleFunction();
}, 30_000);
afterAll(() => {
  program.dispose();
  average.dispose();
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

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

/** Asked often for what its tasks keep. */
async function folderOf(...functions: readonly string[]): Promise<MemberFolder> {
  const noInflux = '[[influxdb]]\nenabled = false\nname = "default"';
  const folder = await memberFolder([noInflux, '[task]\nsnapshot-interval = "50ms"', ...functions].join('\n'));
  cleanups.push(() => folder.dispose());
  return folder;
}

async function memberOf(folder: MemberFolder) {
  const member = await startMember(program.program, folder);
  cleanups.push(() => member.end('SIGKILL'));
  return member;
}

async function ask(folder: MemberFolder, method: string, path: string, body?: object | string): Promise<string> {
  const payload = typeof body === 'object' ? JSON.stringify(body) : body;
  const response = await fetch(folder.url + path, { method, ...(payload === undefined ? {} : { body: payload }) });
  return response.text();
}

async function view(folder: MemberFolder, id: string): Promise<TaskView> {
  return JSON.parse(await ask(folder, 'GET', `/tasks/${id}?dot-view=labels`)) as TaskView;
}

async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await delay(20);
  }
}

const dbrps = [{ db: 'd', rp: 'r' }];
const script = (name: string): string =>
  `stream|from().measurement('cpu')@${name}().field('value').size(3).as('mean')|httpOut('out')`;

async function means(folder: MemberFolder, id: string): Promise<unknown> {
  const { series } = JSON.parse(await ask(folder, 'GET', `/tasks/${id}/out`)) as {
    series: readonly { readonly values: readonly (readonly unknown[])[] }[] | null;
  };
  return series?.[0]?.values[0]?.[1];
}

test('the state of a function outlives a stop of its task, and one of the member', async () => {
  const folder = await folderOf(functionTable('average', []));
  const first = await memberOf(folder);
  await ask(folder, 'POST', '/tasks', { id: 't', script: script('average'), dbrps, type: 'stream', status: 'enabled' });
  await ask(folder, 'POST', '/write?db=d&rp=r', 'cpu value=1 1\ncpu value=2 2');
  await until(async () => (await means(folder, 't')) === 1.5, 'two points');
  const { dot, stats } = await view(folder, 't');
  expect(dot).toContain('from1 -> average2 [label="processed=2"];');
  expect(stats['node-stats']['average2']).toMatchObject({ collected: 2, emitted: 2, errors: 0 });

  // Told once with the points in it, and asked again: the first answer has come.
  const told = (): number => first.log().split('snapshot of 1 groups').length - 1;
  await until(() => told() >= 2, 'two snapshots');
  await ask(folder, 'PATCH', '/tasks/t', { status: 'disabled' });
  await ask(folder, 'PATCH', '/tasks/t', { status: 'enabled' });
  await ask(folder, 'POST', '/write?db=d&rp=r', 'cpu value=6 3');
  await until(async () => (await means(folder, 't')) === 3, 'an average over the stop');
  const before = told();
  await until(() => told() >= before + 2, 'two more snapshots');
  expect(await first.end('SIGTERM')).toBe(0);

  await memberOf(folder);
  await ask(folder, 'POST', '/write?db=d&rp=r', 'cpu value=4 4');
  await until(async () => (await means(folder, 't')) === 4, 'an average over the restart');
}, 30_000);

test('a function that goes wrong stops its own task, which says why; others go on', async () => {
  const folder = await folderOf(functionTable('average', []), functionTable('hanging', ['--fault', 'hang'], '3s'));
  const member = await memberOf(folder);
  for (const name of ['average', 'hanging'])
    await ask(folder, 'POST', '/tasks', { id: name, script: script(name), dbrps, type: 'stream', status: 'enabled' });
  await ask(folder, 'POST', '/write?db=d&rp=r', 'cpu value=666 1');
  await until(async () => (await view(folder, 'hanging')).error !== '', 'the error');
  const { error, status, executing } = await view(folder, 'hanging');
  expect([status, executing]).toEqual(['enabled', false]);
  expect(error).toMatch(/^hanging2: keepalive timedout, last keepalive received was: /);
  await ask(folder, 'POST', '/write?db=d&rp=r', 'cpu value=6 2');
  await until(async () => (await means(folder, 'average')) === 336, 'the other task');
  await until(() => member.log().includes('msg="killing process" service=udf udf=hanging'), 'its end');
  expect(await member.end('SIGTERM')).toBe(0);
}, 30_000);

test('a replay runs a function of its own, to its end', async () => {
  const folder = await folderOf(functionTable('average', []));
  mkdirSync(join(folder.dir, 'data', 'replay'), { recursive: true });
  const lines = Array.from({ length: 500 }, (_, i) => `d\nr\ncpu value=${i} ${i}\n`).join('');
  writeFileSync(join(folder.dir, 'data', 'replay', 'rec.srpl'), gzipSync(lines));
  await memberOf(folder);
  const logging = script('average').replace(
    "|httpOut('out')",
    "|window().periodCount(500).everyCount(500)|count('mean')|alert().crit(lambda: \"count\" == 500).topic('done')",
  );
  await ask(folder, 'POST', '/tasks', { id: 't', script: logging, dbrps, type: 'stream', status: 'disabled' });
  await ask(folder, 'POST', '/replays', {
    id: 'p',
    task: 't',
    recording: 'rec',
    clock: 'fast',
    'recording-time': true,
  });
  const replay = async () => JSON.parse(await ask(folder, 'GET', '/replays/p')) as { status: string; error: string };
  await until(async () => (await replay()).status !== 'running', 'the end of the replay');
  expect(await replay()).toMatchObject({ status: 'finished', error: '' });
  expect(await ask(folder, 'GET', '/alerts/topics/done/events')).toContain('"level": "CRITICAL"');
}, 30_000);

test('a member does not start with a function that cannot be started', async () => {
  const folder = await folderOf('[udf.functions.missing]\nprog = "/no/such/program"\ntimeout = "1s"\n');
  const { status, stderr } = spawnSync(process.execPath, [program.program, '-config', folder.config], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect(status).toBe(1);
  expect(stderr).toContain(
    'run: failed to load process info for "missing": fork/exec /no/such/program: no such file or directory\n',
  );
}, 30_000);
