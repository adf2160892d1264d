// Runs the built member for a long time under an everyday load and watches its memory.
//
//   npm run soak -- [--minutes 40] [--warm-up 10] [--rate 20000] [--tasks 50] [--json FILE]
//
// Passes when, after the warm-up, the resident set grows by less than 1 MB per 10 minutes, no task and no node reports
// an error, and every task has counted every point that was written. Linux only: it reads /proc.
import { createServer } from 'node:http';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as after } from 'node:timers/promises';
import { startMember } from './member.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const args = process.argv.slice(2);
const option = (name, otherwise) => {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? otherwise : args[at + 1];
};
const minutes = Number(option('minutes', 40));
const warmUp = Number(option('warm-up', Math.min(10, minutes / 4)));
const rate = Number(option('rate', 20_000));
const taskCount = Number(option('tasks', 50));
const jsonFile = option('json', null);

const hosts = 100;
const ticksPerSecond = 20;
const limitMbPer10Minutes = 1;

// One script per everyday use; task n runs script n modulo their number.
const cpu = `var cpu = stream|from().measurement('cpu').groupBy('host')`;
const scripts = (post) => [
  `${cpu}\ncpu|alert().id('{{ .TaskName }}/{{ index .Tags "host" }}').crit(lambda: "usage" > 99.0).stateChangesOnly().post('${post}')`,
  `${cpu}\ncpu|where(lambda: "usage" > 10.0)|eval(lambda: "usage" / 100.0, lambda: 100.0 - "usage").as('share', 'idle').keep()|httpOut('last')`,
  `${cpu}\ncpu|window().period(10s).every(5s)|mean('usage').as('mean')|httpOut('mean')`,
  `${cpu}\ncpu|window().period(30s).every(10s)|percentile('usage', 95.0).as('p95')|alert().crit(lambda: "p95" > 101.0)`,
  `${cpu}\nvar mem = stream|from().measurement('mem').groupBy('host')\ncpu|join(mem).as('cpu', 'mem').tolerance(100ms)|eval(lambda: "cpu.usage" * "mem.used").as('product')|httpOut('product')`,
  `${cpu}\ncpu|derivative('usage').unit(1s)|stateDuration(lambda: "usage" > 0.0).unit(1s)|httpOut('state')`,
  `${cpu}\ncpu|changeDetect('state')|deadman(0.0, 10s)`,
  `${cpu}\nvar slow = cpu|sample(100)\nvar seldom = cpu|where(lambda: "usage" > 99.5)\nslow|union(seldom)|stateCount(lambda: "usage" > 50.0)|httpOut('union')`,
  `stream|from().measurement('cpu')|groupBy('region')|window().period(5s).every(5s).align()|count('usage').as('n')|log().level('DEBUG')`,
  `${cpu}\ncpu|eval(lambda: string("state"), lambda: sigma("usage")).as('text', 'sigma')|alert().warn(lambda: "sigma" > 40.0).noRecoveries().topic('soak')`,
];

const folder = mkdtempSync(join(tmpdir(), 'kapacitor-soak-'));
const sink = createServer((request, response) => {
  request.resume().on('end', () => {
    delivered += 1;
    response.writeHead(204).end();
  });
});
let delivered = 0;
await new Promise((ready) => sink.listen(0, '127.0.0.1', ready));
const post = `http://127.0.0.1:${sink.address().port}/`;

const member = await startMember(folder, [join(root, 'dist/member/kapacitord.js')]);
const failures = [];
try {
  const scriptsNow = scripts(post);
  for (let n = 0; n < taskCount; n += 1) {
    const id = `soak-${String(n).padStart(2, '0')}`;
    const script = scriptsNow[n % scriptsNow.length];
    await member.ask('POST', 'tasks', {
      id,
      type: 'stream',
      dbrps: [{ db: 'soak', rp: 'autogen' }],
      script,
      status: 'enabled',
    });
  }
  const { written, samples } = await load();
  const report = await judge(written, samples);
  console.log(JSON.stringify(report, null, 2));
  if (jsonFile !== null) writeFileSync(jsonFile, `${JSON.stringify({ ...report, samples }, null, 1)}\n`);
} finally {
  member.process.kill('SIGTERM');
  await member.ended;
  sink.close();
  rmSync(folder, { recursive: true, force: true });
}
for (const failure of failures) console.error(`soak: ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;

/**
 * `rate` points a second, in equal bodies on a steady clock; memory and CPU are read every second, several times
 * between two collections.
 */
async function load() {
  const perTick = Math.round(rate / ticksPerSecond);
  const ticks = Math.round(minutes * 60 * ticksPerSecond);
  const samples = [];
  const begun = Date.now();
  let written = 0;
  for (let tick = 0; tick < ticks; tick += 1) {
    const due = begun + (tick * 1000) / ticksPerSecond;
    const late = Date.now() - due;
    if (late < 0) await after(-late);
    await member.ask('POST', 'write?db=soak&rp=autogen', bodyAt(due, written, perTick));
    written += perTick;
    if (tick % ticksPerSecond === 0) samples.push(sampleAt(tick / ticksPerSecond, Date.now() - due));
  }
  return { written, samples };
}

function bodyAt(timeMs, first, count) {
  const lines = [];
  for (let n = first; n < first + count; n += 1) {
    const host = (n >> 1) % hosts;
    const wave = 50 + 50 * Math.sin(n / 7919 + host);
    const at = `${Math.floor(timeMs)}${String(n % 1_000_000).padStart(6, '0')}`;
    const where = `host=h${host},region=r${host % 4}`;
    lines.push(
      n % 2 === 0
        ? `cpu,${where} usage=${wave.toFixed(3)},state="s${Math.floor(wave / 10)}",count=${n}i ${at}`
        : `mem,${where} used=${(100 - wave).toFixed(3)},free=${n}i ${at}`,
    );
  }
  return lines.join('\n');
}

function sampleAt(seconds, lateMs) {
  const status = readFileSync(`/proc/${member.process.pid}/status`, 'utf8');
  const stat = readFileSync(`/proc/${member.process.pid}/stat`, 'utf8').split(') ')[1].split(' ');
  const sample = {
    seconds,
    rssMb: Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024,
    cpuSeconds: (Number(stat[11]) + Number(stat[12])) / 100,
    lateMs: Math.round(lateMs),
    delivered,
  };
  if (seconds % 60 === 0) console.log(`${seconds / 60} min: ${sample.rssMb.toFixed(1)} MB, late ${sample.lateMs} ms`);
  return sample;
}

async function judge(written, samples) {
  const { tasks } = await member.ask(
    'GET',
    'tasks?fields=script&fields=error&fields=stats&fields=executing&limit=1000',
  );
  const complain = (condition, words) => condition && failures.push(words);
  for (const { id, script, error, executing, stats } of tasks) {
    complain(error !== '' || !executing, `${id}: ${executing ? '' : 'not executing, '}error ${JSON.stringify(error)}`);
    const nodes = stats['node-stats'];
    // Half of the points is each measurement's; a task is given those of the measurements it names.
    const due = script.includes(`'mem'`) ? written : written / 2;
    complain(nodes.stream0.collected !== due, `${id}: ${nodes.stream0.collected} of ${due} points counted`);
    for (const [node, counts] of Object.entries(nodes))
      complain((counts.errors ?? 0) !== 0, `${id}: ${node} counted ${counts.errors} errors`);
  }
  complain(tasks.length !== taskCount, `${tasks.length} of ${taskCount} tasks are there`);
  const errors = member.log().match(/^.*lvl=error.*$/gm) ?? [];
  complain(errors.length > 0, `the log has ${errors.length} errors, first: ${errors[0]}`);
  const warm = samples.filter(({ seconds }) => seconds >= warmUp * 60);
  const slope = slopeOf(warm.map(({ seconds, rssMb }) => [seconds / 600, rssMb]));
  complain(!(slope < limitMbPer10Minutes), `the resident set grew by ${slope.toFixed(2)} MB per 10 minutes`);
  const last = samples.at(-1);
  return {
    minutes,
    warmUpMinutes: warmUp,
    tasks: tasks.length,
    pointsPerSecond: rate,
    written,
    delivered,
    rssMb: { afterWarmUp: warm[0]?.rssMb, last: last.rssMb, highest: Math.max(...samples.map(({ rssMb }) => rssMb)) },
    slopeMbPer10Minutes: slope,
    cores: last.cpuSeconds / last.seconds,
    failures,
  };
}

/** Least squares. */
function slopeOf(points) {
  const mean = (index) => points.reduce((sum, point) => sum + point[index], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return over / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}
