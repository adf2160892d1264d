// Everything that must pass, in one command; the last line counts it.
//
//   npm test                          all suites
//   node .tools/test.mjs types lint   only the named ones; --list names them
//
// A suite that needs something this machine lacks is named with the line that installs it and counts as skipped,
// never as passed. Nothing is installed by surprise.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium, missing, onPath } from './needs.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const scratch = join(root, '.cache/test');
const bin = (name) => join(root, 'node_modules/.bin', name);

const counts = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

/** A suite is one check, or reports counts of its own by writing them to a JSON file. */
const suites = [
  { name: 'types', run: () => check('types', [bin('tsc'), '-b'], [bin('tsc'), '-p', 'tsconfig.test.json']) },
  { name: 'lint', run: () => check('lint', [bin('oxlint'), '--type-aware', '--deny-warnings']) },
  { name: 'format', run: () => check('format', [bin('prettier'), '--check', '--log-level', 'warn', '.']) },
  { name: 'layers', run: layers },
  { name: 'tidy', run: () => check('tidy', [process.execPath, '.tools/tidy.mjs']) },
  { name: 'dead-code', run: () => check('dead-code', [bin('knip'), '--no-progress']) },
  { name: 'build', run: () => check('build', [process.execPath, '.tools/build.mjs', '--stale']) },
  { name: 'unit', run: unit },
  { name: 'conformance', run: conformance },
  { name: 'end-to-end', run: endToEnd },
];

function run(command, environment = {}) {
  return new Promise((resolve) => {
    const child = spawn(command[0], command.slice(1), {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const take = (chunk) => {
      output += chunk;
      process.stdout.write(chunk);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('error', (error) => resolve({ code: 127, output: String(error) }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

function pass(count = 1) {
  counts.passed += count;
}

function fail(what, count = 1) {
  counts.failed += count;
  failures.push(what);
}

function skip(what, install, count = 1) {
  counts.skipped += count;
  console.log(`skipped: ${what}${install === null ? '' : `; to run it: ${install}`}`);
}

async function check(name, ...commands) {
  for (const command of commands) {
    const { code } = await run(command);
    if (code !== 0) return fail(name);
  }
  pass();
}

/** The rules table passes trivially when nothing was read, so an empty reading is a failure. */
async function layers() {
  const { code, output } = await run([
    bin('depcruise'),
    'member',
    'electron',
    'renderer',
    '--config',
    '.dependency-cruiser.cjs',
  ]);
  const modules = Number(/\((\d+) modules/.exec(output)?.[1] ?? 0);
  if (code !== 0 || modules < 100) return fail(`layers (${modules} modules read)`);
  pass();
}

async function unit() {
  const report = freshReport('unit.json');
  await run([bin('vitest'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]);
  if (!existsSync(report)) return fail('unit (no report was written)');
  const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites, testResults } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  pass(numPassedTests);
  if (numFailedTests > 0) fail('unit', numFailedTests);
  // A file that fails to load has no failed test of its own, yet it is a failure.
  else if (numFailedTestSuites > 0) fail('unit (a test file did not load)', numFailedTestSuites);
  if (numPendingTests > 0) {
    const names = testResults.flatMap(({ assertionResults }) =>
      assertionResults.filter(({ status }) => status === 'pending' || status === 'skipped'),
    );
    for (const { fullName } of names) console.log(`skipped: ${fullName}`);
    counts.skipped += numPendingTests;
  }
}

async function conformance() {
  const shared = join(root, '../shared/conformance');
  if (!existsSync(shared)) return skip('conformance with the original (its recordings are not here)', null);
  const report = freshReport('conformance.json');
  const { code } = await run([process.execPath, '.tools/conformance.mjs', '--report', report]);
  if (!existsSync(report)) return fail('conformance (no report was written)');
  const { passed, broken, skipped } = JSON.parse(readFileSync(report, 'utf8'));
  pass(passed);
  if (broken.length > 0) fail(`conformance: ${broken.join('; ')}`, broken.length);
  else if (code !== 0) fail('conformance');
  for (const what of skipped) skip(what, missing(what));
}

async function endToEnd() {
  const chromium = findChromium();
  if (chromium === null) skip('end-to-end tests of the window', missing('chromium'));
  const report = freshReport('e2e.json');
  const projects = chromium === null ? ['--project=processes'] : [];
  await run([bin('playwright'), 'test', ...projects, '--reporter=list,json'], {
    ...(chromium === null ? {} : { CHROMIUM: chromium }),
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
  });
  if (!existsSync(report)) return fail('end-to-end (no report was written)');
  const { stats, suites } = JSON.parse(readFileSync(report, 'utf8'));
  pass(stats.expected);
  if (stats.unexpected + stats.flaky > 0) fail('end-to-end', stats.unexpected + stats.flaky);
  if (stats.expected + stats.unexpected === 0) fail('end-to-end (no test was run)');
  for (const [why, count] of reasonsToSkip(suites)) {
    skip(`${count} end-to-end test${count === 1 ? '' : 's'}: ${why}`, null, count);
  }
}

/** Why tests were skipped, as they say themselves, and how many for each reason. */
function reasonsToSkip(suites, reasons = new Map()) {
  for (const suite of suites) {
    reasonsToSkip(suite.suites ?? [], reasons);
    for (const { tests } of suite.specs ?? []) {
      for (const { status, annotations } of tests) {
        if (status !== 'skipped') continue;
        const why = annotations.find(({ type }) => type === 'skip')?.description ?? 'another test of its file failed';
        reasons.set(why, (reasons.get(why) ?? 0) + 1);
      }
    }
  }
  return reasons;
}

function freshReport(name) {
  mkdirSync(scratch, { recursive: true });
  const path = join(scratch, name);
  rmSync(path, { force: true });
  return path;
}

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('-'));
if (process.argv.includes('--list')) {
  console.log(suites.map(({ name }) => name).join('\n'));
  process.exit(0);
}
const unknown = wanted.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(`test: unknown suite ${unknown.join(', ')}; known are ${suites.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
if (!onPath('influxd'))
  console.log(`note: tests against a real InfluxDB are skipped; to run them: ${missing('influxd')}`);
for (const suite of suites) {
  if (wanted.length > 0 && !wanted.includes(suite.name)) continue;
  const started = performance.now();
  console.log(`\n== ${suite.name}`);
  await suite.run();
  console.log(`== ${suite.name} took ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
for (const what of failures) console.log(`failed: ${what}`);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed > 0 ? 1 : 0);
