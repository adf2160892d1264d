// Live development in the browser host: rebuilds what changed, restarts the host when its own code did.
//
//   npm run dev
//
// The page is rebuilt in place: reload it. A restarted host stops its lab in order; the lab's data stays.
import { spawn, spawnSync } from 'node:child_process';
import { watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const partOf = (path) => {
  if (/\.test\.tsx?$|testdata/.test(path)) return [];
  if (path.startsWith('renderer')) return ['renderer'];
  if (path.startsWith('electron/contract')) return ['lab', 'renderer'];
  if (path.startsWith('electron')) return ['lab'];
  if (/^member\/(base|api|config)/.test(path)) return ['member', 'lab'];
  return ['member'];
};

let host = null;
let closing = false;
function startHost() {
  host = spawn(process.execPath, [join(root, 'dist/lab/start.js'), '--browser', '--no-open'], { stdio: 'inherit' });
}

async function stopHost() {
  if (host === null || host.exitCode !== null) return;
  const gone = new Promise((resolve) => host.once('exit', resolve));
  host.kill('SIGTERM');
  await gone;
}

const build = (parts) =>
  spawnSync(process.execPath, [join(root, '.tools/build.mjs'), ...parts], { stdio: 'inherit' }).status === 0;

const pending = new Set();
let timer = null;
async function apply() {
  const parts = [...pending];
  pending.clear();
  if (!build(parts) || !parts.some((part) => part !== 'renderer')) return;
  await stopHost();
  if (!closing) startHost();
}

if (!build([])) process.exit(1);
startHost();
for (const folder of ['member', 'electron', 'renderer']) {
  watch(join(root, folder), { recursive: true }, (_event, file) => {
    for (const part of partOf(`${folder}/${file}`)) pending.add(part);
    clearTimeout(timer);
    if (pending.size > 0) timer = setTimeout(() => void apply(), 200);
  });
}
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    closing = true;
    void stopHost().then(() => process.exit(0));
  });
}
