// Runs the shared benchmark against the built member, beside a real kapacitord where one is given.
//
//   npm run bench -- [--anchor PATH-TO-KAPACITORD] [--workload W1,W2,W3,W4b] [--runs 3] [--points N] [--json FILE]
//                    [--member BUILT-KAPACITORD.JS] [--node-flags FLAGS] [--doc resources/docs/performance.md]
//   npm run bench -- --anchor PATH-TO-KAPACITORD --all --doc resources/docs/performance.md
//
// With an anchor, the run ends with a table of every row of the bar; --doc puts it into the document, between its
// marks. --all is every workload, five runs. Both sides start a fresh process with an empty folder for every run,
// alternately, on the same two cores: only the ratios of one run are worth quoting.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reportOf } from './bench-report.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bench = join(root, '../shared/bench/bench.mjs');
if (!existsSync(bench)) {
  console.error('bench: the shared benchmark is not here (../shared/bench/bench.mjs)');
  process.exit(2);
}
const args = process.argv.slice(2);
const take = (name) => {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? null : args.splice(at, 2)[1];
};
const anchor = take('anchor');
const program = take('member') ?? join(root, 'dist/member/kapacitord.js');
const nodeFlags = take('node-flags') ?? '';
const document = take('doc');
const jsonFile = take('json');
const [begin, end] = ['<!-- measured: begin -->\n', '<!-- measured: end -->'];
// Before the run, which is long.
if (document !== null && !hasMarks(document)) {
  console.error(`bench: ${document} is no document with the marks ${begin.trim()} and ${end}`);
  process.exit(2);
}
const all = args.indexOf('--all');
if (all >= 0) args.splice(all, 1, '--workload', 'all', ...(args.includes('--runs') ? [] : ['--runs', '5']));
const scratch = mkdtempSync(join(tmpdir(), 'kapacitor-bench-'));

// What both sides share: no statistics of their own, no access log, errors only (performance.md).
const config = (port, more) => `
hostname = "localhost"
data_dir = "${scratch}/unused"
[http]
bind-address = "127.0.0.1:${port}"
log-enabled = false
${more.http ?? ''}
[replay]
dir = "${scratch}/replay"
[storage]
boltdb = "${scratch}/unused.db"
[task]
dir = "${scratch}/tasks"
[load]
dir = "${scratch}/load"
[logging]
level = "ERROR"
[stats]
enabled = false
[reporting]
enabled = false
[[influxdb]]
name = "default"
enabled = false
${more.rest ?? ''}
`;
const memberConfig = join(scratch, 'member.conf');
writeFileSync(
  memberConfig,
  config(19292, {
    http: 'allowed-origins = ["*"]',
    rest: '[cluster]\nbind-address = "127.0.0.1:19290"\n[rpc]\nbind-address = "127.0.0.1:19291"\n',
  }),
);
const anchorConfig = join(scratch, 'anchor.conf');
writeFileSync(anchorConfig, config(19192, {}));

const folders =
  'KAPACITOR_DATA_DIR={dir} KAPACITOR_REPLAY_DIR={dir}/replay KAPACITOR_STORAGE_BOLTDB={dir}/k.db KAPACITOR_LOAD_DIR={dir}/load';
const member = `${folders} ${process.execPath} ${nodeFlags} ${program} -config ${memberConfig}`;
const sides =
  anchor === null
    ? ['--a', 'member=http://127.0.0.1:19292', '--a-cmd', member]
    : [
        '--a',
        'kapacitord=http://127.0.0.1:19192',
        '--a-cmd',
        `${folders} ${anchor} -config ${anchorConfig}`,
        '--b',
        'member=http://127.0.0.1:19292',
        '--b-cmd',
        member,
      ];
const raw = join(scratch, 'report.json');
const child = spawn(process.execPath, [bench, ...sides, ...args, '--json', raw], { stdio: 'inherit' });
child.on('exit', (code) => {
  if (existsSync(raw)) conclude(readFileSync(raw, 'utf8'));
  rmSync(scratch, { recursive: true, force: true });
  process.exitCode = code ?? 1;
});

function conclude(text) {
  if (jsonFile !== null) writeFileSync(jsonFile, text);
  if (anchor === null) return;
  const table = reportOf(JSON.parse(text));
  console.log(`\n${table}`);
  if (document === null) return;
  const page = readFileSync(document, 'utf8');
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  writeFileSync(document, `${page.slice(0, from + begin.length)}\n${table}\n${page.slice(to)}`);
}

function hasMarks(file) {
  if (!existsSync(file)) return false;
  const page = readFileSync(file, 'utf8');
  return page.includes(begin) && page.indexOf(end) > page.indexOf(begin);
}
