// Makes the bytecode that kapacitord starts from: a member is started with bytecode-recorder.mjs, does what members
// do every day with the samples of resources/samples, and is stopped; what V8 has compiled by then is kept. Functions
// that nobody called stay source.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startMember } from './member.mjs';

const tools = dirname(fileURLToPath(import.meta.url));
const samples = join(tools, '../resources/samples');
const limitMs = 60_000;
const database = 'db=telegraf&rp=autogen';

/** What samples have too little of: lambdas of every type, statistics of windows, an endpoint to read. */
const everyday = `stream
    |from()
        .measurement('cpu')
        .groupBy('host')
    |eval(lambda: 100.0 - "usage_idle", lambda: if("usage_idle" < 50.0, 'busy', 'calm'), lambda: int(floor("usage_idle")))
        .as('used', 'state', 'whole')
        .keep()
    |where(lambda: "used" > 0.0 AND "state" != '')
    |window()
        .period(1m)
        .every(10s)
    |percentile('used', 95.0)
        .as('p95')
    |httpOut('p95')
`;

/** Writes `bytecode` for the launcher `program`; throws when the member fails, or would not take it. */
export async function makeBytecode(program, bytecode) {
  const folder = mkdtempSync(join(tmpdir(), 'kapacitord-bytecode-'));
  const recorded = join(folder, 'bytecode');
  const recorder = ['--import', join(tools, 'bytecode-recorder.mjs'), program];
  const environment = { BYTECODE_FILE: recorded };
  try {
    const member = await startMember(folder, recorder, environment);
    const timer = setTimeout(() => member.process.kill('SIGKILL'), limitMs);
    try {
      await liveADay(member.ask);
    } catch (error) {
      console.error(member.log());
      throw error;
    } finally {
      member.process.kill('SIGTERM');
      await member.ended;
      clearTimeout(timer);
    }
    renameSync(recorded, bytecode);
    const { status, stderr } = spawnSync(process.execPath, [...recorder, 'version'], {
      env: { ...process.env, ...environment },
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`V8 refuses the bytecode it has just made (exit ${status}): ${stderr}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Tasks are defined, fed in bodies of one time and of all, read, and deleted; their alerts are posted to us. */
async function liveADay(ask) {
  const sink = createServer((request, response) => {
    request.resume().on('end', () => response.end());
  });
  await new Promise((listening) => sink.listen(0, '127.0.0.1', listening));
  const post = { id: 'inbox', kind: 'post', options: { url: `http://127.0.0.1:${sink.address().port}/` } };
  const tasks = streamSamples();
  try {
    const dbrps = [{ db: 'telegraf', rp: 'autogen' }];
    await ask('POST', 'tasks', { id: 'everyday', script: everyday, type: 'stream', dbrps, status: 'enabled' });
    for (const { name, script, topic } of tasks) {
      await ask('POST', `alerts/topics/${topic}/handlers`, post);
      await ask('POST', 'tasks', { id: name, script, status: 'enabled' });
    }
    for (const { data } of tasks) {
      for (const line of data.split('\n')) await ask('POST', `write?${database}`, line);
    }
    await ask('POST', `write?${database}`, tasks.map(({ data }) => data).join('\n'));
    await ask('GET', 'tasks');
    await ask('GET', 'tasks/everyday?dot-view=attributes');
    await ask('GET', 'tasks/everyday/p95');
    await ask('GET', 'alerts/topics');
    for (const { name, topic } of tasks) {
      await ask('GET', `tasks/${name}`);
      await ask('GET', `alerts/topics/${topic}/events`);
      await ask('DELETE', `tasks/${name}`);
    }
  } finally {
    sink.close();
  }
}

function streamSamples() {
  return readdirSync(samples, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [];
    const read = (file) => readFileSync(join(samples, entry.name, file), 'utf8').trimEnd();
    const script = read('script.tick');
    const [, topic] = /\.topic\('([^']*)'\)/.exec(script) ?? [];
    return topic === undefined ? [] : [{ name: entry.name, script, topic, data: read('data.lp') }];
  });
}
