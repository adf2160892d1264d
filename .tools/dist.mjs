// Packs the app under release/ with electron-builder (target dir). Needs an Electron distribution on this machine:
// ELECTRON_OVERRIDE_DIST_PATH names it, since nothing is downloaded here.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const distribution = process.env.ELECTRON_OVERRIDE_DIST_PATH;
if (!distribution || !existsSync(distribution)) {
  console.error(
    'dist: ELECTRON_OVERRIDE_DIST_PATH must name the folder of an Electron distribution; none is downloaded',
  );
  process.exit(2);
}
const versionFile = join(distribution, 'version');
const version = existsSync(versionFile) ? readFileSync(versionFile, 'utf8').trim().replace(/^v/, '') : '45.4.1';
const steps = [
  [process.execPath, [join(root, '.tools/build.mjs')]],
  [
    'npx',
    ['--yes', 'electron-builder@26.17.0', '--dir', `-c.electronDist=${distribution}`, `-c.electronVersion=${version}`],
  ],
];
for (const [command, args] of steps) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
