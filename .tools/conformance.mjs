// Plays the recordings of the original against the built member and its CLI, and holds the scores.
//
//   node .tools/conformance.mjs [--report FILE] [--update] [--only GROUP]
//
// Scores per group are a ratchet (conformance-ratchet.json): fewer passes than written there is a failure, more is
// reported, and --update writes them down. Nothing but loopback is used; everything lives in a scratch folder.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onPath } from './needs.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const shared = join(root, '../shared/conformance');
const ratchetFile = join(root, '.tools/conformance-ratchet.json');
const flag = (name) => {
  const index = process.argv.indexOf(`--${name}`);
  return index > 0 ? process.argv[index + 1] : null;
};
/** Groups whose cases read or write a real InfluxDB. */
const readsInflux = new Set(['batch', 'influxdbout']);
const secret = 'conformance-secret';
const scratch = mkdtempSync(join(tmpdir(), 'kapacitor-conformance-'));
const children = [];

async function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function start(name, command, environment = {}) {
  const child = spawn(command[0], command.slice(1), {
    cwd: scratch,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let tail = '';
  const keep = (chunk) => (tail = (tail + chunk).slice(-4000));
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  child.on('exit', (code, signal) => {
    if (!stopping) console.error(`${name} ended early (${signal ?? code}):\n${tail}`);
  });
  children.push(child);
}

let stopping = false;
async function stopAll() {
  stopping = true;
  await Promise.all(
    children.map((child) => {
      if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
      return gone.then(() => clearTimeout(timer));
    }),
  );
  rmSync(scratch, { recursive: true, force: true });
}

async function until(url, what) {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      await fetch(url, { signal: AbortSignal.timeout(1000) });
      return;
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`${what} does not answer at ${url}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function startMember(name, options) {
  const [api, rpc, gossip] = [await freePort(), await freePort(), await freePort()];
  const data = join(scratch, name);
  const config = `
hostname = "localhost"
data_dir = "${data}"
[http]
bind-address = "127.0.0.1:${api}"
allowed-origins = ["*"]
${options.auth ? `auth-enabled = true\nshared-secret = "${secret}"` : ''}
[cluster]
bind-address = "127.0.0.1:${gossip}"
[rpc]
bind-address = "127.0.0.1:${rpc}"
[replay]
dir = "${data}/replay"
[storage]
boltdb = "${data}/kapacitor.db"
[task]
dir = "${data}/tasks"
[load]
dir = "${data}/load"
[logging]
level = "ERROR"
[stats]
enabled = ${options.stats ?? false}
[[influxdb]]
name = "default"
enabled = ${options.influx !== undefined}
${options.influx === undefined ? '' : `default = true\nurls = ["${options.influx}"]\ndisable-subscriptions = true`}
`;
  const file = join(scratch, `${name}.conf`);
  writeFileSync(file, config);
  start(name, [process.execPath, join(root, 'dist/member/kapacitord.js'), '-config', file]);
  const url = `http://127.0.0.1:${api}`;
  await until(`${url}/kapacitor/v1/ping`, name);
  return url;
}

async function startInflux() {
  const influxd = onPath('influxd');
  if (influxd === null) return null;
  const [http, rpc] = [await freePort(), await freePort()];
  const file = join(scratch, 'influxdb.conf');
  writeFileSync(
    file,
    `reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
dir = "${scratch}/influx/meta"
[data]
dir = "${scratch}/influx/data"
wal-dir = "${scratch}/influx/wal"
query-log-enabled = false
[http]
bind-address = "127.0.0.1:${http}"
log-enabled = false
[monitor]
store-enabled = false
`,
  );
  start('influxd', [influxd, '-config', file]);
  const url = `http://127.0.0.1:${http}`;
  await until(`${url}/ping`, 'influxd');
  return url;
}

/** Runs one shared runner; answers its report, a list of {name, ok, why}. */
function runner(script, args) {
  const report = join(scratch, `${script}-${Math.random().toString(36).slice(2)}.json`);
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(shared, script), 'check', ...args, '--json', report], {
      cwd: scratch,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (chunk) => (errors += chunk));
    child.on('close', () => {
      if (!existsSync(report)) {
        console.error(`${script} wrote no report: ${errors.trim()}`);
        return resolve([]);
      }
      const parsed = JSON.parse(readFileSync(report, 'utf8'));
      resolve(Array.isArray(parsed) ? parsed : (parsed.results ?? parsed.report ?? []));
    });
  });
}

const only = flag('only');
const scores = {};
const details = {};
const record = (group, results) => {
  scores[group] = results.filter(({ ok }) => ok).length;
  details[group] = results;
  console.log(`${group.padEnd(22)} ${String(scores[group]).padStart(4)} of ${results.length}`);
};

try {
  const influx = await startInflux();
  const options = influx === null ? {} : { influx };
  // Cases of different groups write to databases of one name, so each lane plays on a member of its own.
  const member = await startMember('member', {});
  const lanes = await Promise.all(['lane-1', 'lane-2'].map((name) => startMember(name, options)));
  const authenticated = await startMember('member-auth', { auth: true });
  const influxArgs = influx === null ? [] : ['--influx', influx];

  const groups = readdirSync(join(shared, 'cases')).filter((group) => only === null || only === group);
  // What reads InfluxDB stays in one lane: its databases are shared too.
  const queues = [groups.filter((group) => readsInflux.has(group)), groups.filter((group) => !readsInflux.has(group))];
  await Promise.all(
    queues.map(async (queue, lane) => {
      for (const name of queue) {
        const args = ['--url', lanes[lane], ...influxArgs, '--cases', join(shared, 'cases', name)];
        record(`cases/${name}`, await runner('run.mjs', args));
      }
    }),
  );
  if (only === null || only === 'api') {
    record(
      'api',
      await runner('api.mjs', ['--url', member, ...influxArgs, '--auth-url', authenticated, '--secret', secret]),
    );
  }
  if (only === null || only === 'cli') {
    const bin = `${process.execPath} ${join(root, 'dist/member/kapacitor.js')}`;
    record('cli', await runner('cli.mjs', ['--bin', bin, '--url', member, ...influxArgs, '--auth-url', authenticated]));
  }
  if (only === null || only === 'handlers') record('handlers', await runner('handlers.mjs', ['--url', member]));

  const ratchet = existsSync(ratchetFile) ? JSON.parse(readFileSync(ratchetFile, 'utf8')) : {};
  const broken = [];
  for (const [group, score] of Object.entries(scores)) {
    const held = ratchet[group] ?? 0;
    if (score < held) {
      broken.push(`${group} fell from ${held} to ${score}`);
      for (const { name, ok, why } of details[group]) if (!ok) console.log(`  ${name}: ${why ?? 'differs'}`);
    }
    if (score > held) console.log(`${group} rose from ${held} to ${score}; --update writes it down`);
  }
  if (process.argv.includes('--update')) {
    const raised = { ...ratchet };
    for (const [group, score] of Object.entries(scores)) raised[group] = Math.max(score, ratchet[group] ?? 0);
    writeFileSync(
      ratchetFile,
      `${JSON.stringify(Object.fromEntries(Object.entries(raised).sort(([a], [b]) => a.localeCompare(b))), null, 2)}\n`,
    );
  }
  const passed = Object.values(scores).reduce((sum, score) => sum + score, 0);
  const report = flag('report');
  const skipped = influx === null ? ['conformance of batch queries (needs influxd)'] : [];
  if (report !== null) writeFileSync(report, JSON.stringify({ passed, broken, skipped, scores }, null, 2));
  for (const line of broken) console.log(`failed: ${line}`);
  process.exitCode = broken.length > 0 ? 1 : 0;
} finally {
  await stopAll();
}
