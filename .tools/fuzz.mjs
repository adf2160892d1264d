// Grammar-based fuzzing of the engine: random scripts over every node, random data, and a watch for exceptions, cases
// without end, growing memory and behaviour that is not the same twice.
//
//   node .tools/fuzz.mjs [--minutes 10] [--seed N] [--case N] [--budget-ms 30000]
//
// The seed fixes every case. --case plays that one alone and shows it. Exit status 1 when anything is found.
import { build } from 'esbuild';
import { fork } from 'node:child_process';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    case: { type: 'string' },
    'budget-ms': { type: 'string', default: '30000' },
  },
});
const seed = Number(options.seed ?? Date.now() % 1_000_000_000) >>> 0;
const budgetMs = Number(options['budget-ms']);
const casesPerRound = 500;
const checkEvery = 10;
/** Bytes a minute, in the second half of a run, beyond which the heap is said to grow. */
const growthLimit = 1024 * 1024;

const outfile = join(root, '.cache/fuzz/worker.cjs');
await build({
  entryPoints: [join(root, '.tools/fuzz-worker.mjs')],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node18',
  sourcemap: true,
  logLevel: 'error',
});
const library = join(root, '.cache/fuzz/cases.cjs');
await build({
  stdin: {
    contents: `export * from './fuzz-case.ts'; export * from './fuzz-script.ts'; export * from './fuzz-nodes.ts';`,
    resolveDir: join(root, 'member/pipeline/testing/fuzz'),
    loader: 'ts',
  },
  outfile: library,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  logLevel: 'error',
});
const { default: cases } = await import(library);

let worker;
function openWorker() {
  worker ??= fork(outfile, [], { execArgv: ['--enable-source-maps', '--max-old-space-size=1024'] });
  return worker;
}
async function closeWorker() {
  const ending = worker;
  worker = undefined;
  if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
  await new Promise((resolve) => {
    ending.once('exit', resolve);
    ending.kill('SIGKILL');
  });
}

/** Sends a message and waits for the answer; a silence of `budget` ends the worker. */
function ask(message, budget) {
  const asked = openWorker();
  return new Promise((resolve) => {
    let at;
    let timer;
    const finish = (answer) => {
      clearTimeout(timer);
      asked.off('message', hear);
      asked.off('exit', died);
      resolve(answer);
    };
    const watch = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        asked.off('exit', died);
        void closeWorker().then(() => finish({ kind: 'hang', index: at }));
      }, budget);
    };
    const hear = (answer) => {
      if (answer.kind === 'case') {
        at = answer.index;
        watch();
      } else finish(answer);
    };
    const died = () => {
      worker = undefined;
      finish({ kind: 'died', index: at });
    };
    asked.on('message', hear);
    asked.on('exit', died);
    watch();
    asked.send(message);
  });
}

async function signatureOf(fuzzCase, budget) {
  const answer = await ask({ kind: 'play', fuzzCase }, budget);
  return answer.kind === 'played' ? (answer.failure?.signature ?? null) : answer.kind;
}

/** Leaves out whatever can be left out while it fails the same way. */
async function minimal(fuzzCase, signature) {
  let smallest = fuzzCase;
  const budget = signature === 'hang' ? Math.min(budgetMs, 3000) : budgetMs;
  const end = Date.now() + 60_000;
  for (let hasShrunk = true; hasShrunk && Date.now() < end;) {
    hasShrunk = false;
    for (const smaller of cases.smallerCases(smallest)) {
      if (Date.now() > end) break;
      if ((await signatureOf(smaller, budget)) !== signature) continue;
      smallest = smaller;
      hasShrunk = true;
      break;
    }
  }
  return smallest;
}

function show(fuzzCase) {
  const steps = fuzzCase.steps.map((step) =>
    step.kind === 'write' ? `write ${step.target}\n  ${step.lines.join('\n  ')}` : JSON.stringify(step),
  );
  const functions = fuzzCase.functions.map((made) => JSON.stringify(made));
  return [cases.scriptText(fuzzCase.script), ...functions, '----', ...steps].join('\n');
}

const found = new Map();
async function report(index, signature, stack) {
  const known = found.get(signature);
  found.set(signature, (known ?? 0) + 1);
  if (known !== undefined) return;
  console.log(`\nfailed: seed ${seed} case ${index}: ${signature}\n${stack ?? ''}`);
  if (signature === 'not deterministic') console.log(show(cases.randomCase(seed, index)));
  else console.log(`smallest case that fails so:\n${show(await minimal(cases.randomCase(seed, index), signature))}`);
}

/** Least squares, in units of `pick` a minute. */
function slopePerMinute(samples, pick) {
  if (samples.length < 3) return 0;
  const mean = (of) => samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [x, y] = [mean((sample) => sample.atMs), mean(pick)];
  const above = samples.reduce((sum, sample) => sum + (sample.atMs - x) * (pick(sample) - y), 0);
  const below = samples.reduce((sum, sample) => sum + (sample.atMs - x) ** 2, 0);
  return below === 0 ? 0 : (above / below) * 60_000;
}

async function fuzz() {
  const startMs = Date.now();
  const endMs = startMs + Number(options.minutes) * 60_000;
  const totals = {};
  const nodes = {};
  /** Of the present worker; a worker that was stopped starts them anew. */
  let samples = [];
  for (let from = 0; Date.now() < endMs;) {
    const answer = await ask({ kind: 'run', seed, from, count: casesPerRound, checkEvery }, budgetMs);
    if (answer.kind !== 'done') {
      const index = answer.index ?? from;
      await report(index, answer.kind);
      from = index + 1;
      samples = [];
      continue;
    }
    from += casesPerRound;
    for (const [key, count] of Object.entries(answer.totals)) totals[key] = (totals[key] ?? 0) + count;
    for (const [name, count] of Object.entries(answer.nodes)) nodes[name] = (nodes[name] ?? 0) + count;
    samples.push({ atMs: Date.now() - startMs, ...answer.memory });
    for (const { index, signature, stack } of answer.failures) await report(index, signature, stack);
  }
  return { totals, nodes, samples };
}

const megabytes = (bytes) => `${(bytes / 1048576).toFixed(1)} MB`;

if (options.case !== undefined) {
  const fuzzCase = cases.randomCase(seed, Number(options.case));
  console.log(show(fuzzCase));
  const answer = await ask({ kind: 'play', fuzzCase }, budgetMs);
  console.log(`----\n${JSON.stringify(answer, null, 2).replaceAll('\\n', '\n')}`);
  await closeWorker();
  process.exit(answer.result === undefined ? 1 : 0);
}

console.log(`fuzz: seed ${seed}, ${options.minutes} minutes`);
const { totals, nodes, samples } = await fuzz();
await closeWorker();
// Code is still being compiled for some ten thousand cases: the first half of the samples tells nothing.
const settled = samples.slice(Math.floor(samples.length / 2));
const heapSlope = slopePerMinute(settled, ({ heapUsed }) => heapUsed);
const [first, last] = [settled[0], settled.at(-1)];
const never = cases.nodeShapes.map(({ name }) => name).filter((name) => nodes[name] === undefined);
console.log(
  `\n${Object.entries(totals)
    .map(([key, count]) => `${key} ${count}`)
    .join(', ')}`,
);
console.log(
  `nodes run: ${Object.entries(nodes)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')}`,
);
if (never.length > 0) console.log(`never run: ${never.join(', ')}`);
if (first !== undefined && last !== undefined) {
  console.log(
    `second half, heap after collection: ${megabytes(first.heapUsed)} to ${megabytes(last.heapUsed)}, ${megabytes(heapSlope)} a minute; ` +
      `resident: ${megabytes(first.rss)} to ${megabytes(last.rss)}, ${megabytes(slopePerMinute(settled, ({ rss }) => rss))} a minute`,
  );
}
const grows = Number(options.minutes) >= 5 && heapSlope > growthLimit;
if (grows) console.log('failed: the heap grows');
console.log(
  found.size === 0
    ? 'no failures'
    : `failures: ${[...found].map(([signature, count]) => `${signature} (${count})`).join('; ')}`,
);
process.exit(found.size > 0 || grows ? 1 : 0);
