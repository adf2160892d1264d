/**
 * What `npm start` runs after the build: the desktop app where there is an Electron binary and a display, else, with
 * one line that says why, the browser host. `--browser` asks for that directly; `--no-open` only prints the link.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFileSync } from 'node:fs';

const here = fileURLToPath(import.meta.url);
const root = join(dirname(here), '../..');

/** Path of the Electron binary, or why there is none. Nothing is downloaded: that is the user's decision. */
function electronBinary(): { file: string } | { missing: string } {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const folder = override ?? installedFolder();
  if (folder === null) return { missing: 'Electron is not installed' };
  const name =
    override === undefined ? readPathFile(folder) : process.platform === 'win32' ? 'electron.exe' : 'electron';
  const file = join(override ?? join(folder, 'dist'), name);
  return existsSync(file) ? { file } : { missing: 'the Electron binary was not downloaded' };
}

function installedFolder(): string | null {
  try {
    return dirname(createRequire(here).resolve('electron/package.json'));
  } catch {
    return null;
  }
}

function readPathFile(folder: string): string {
  const file = join(folder, 'path.txt');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : 'electron';
}

function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true;
  return [process.env['DISPLAY'], process.env['WAYLAND_DISPLAY']].some(
    (display) => display !== undefined && display !== '',
  );
}

function reasonForBrowser(): { reason: string } | { electron: string } {
  if (process.argv.includes('--browser')) return { reason: '' };
  const electron = electronBinary();
  if ('missing' in electron) return { reason: electron.missing };
  return hasDisplay() ? { electron: electron.file } : { reason: 'there is no display' };
}

const choice = reasonForBrowser();
if ('reason' in choice && choice.reason !== '')
  process.stdout.write(`No desktop window, as ${choice.reason}; the app is served to a browser instead.\n`);
const words = process.argv.slice(2).filter((word) => word !== '--browser');
const [program, script] =
  'electron' in choice ? [choice.electron, root] : [process.execPath, join(root, 'dist/lab/browser.js')];
const child = spawn(program, [script, ...words], { stdio: 'inherit' });
child.on('error', (error) => {
  process.stderr.write(`${program} did not start: ${error.message}\n`);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
// The child gets the terminal's Ctrl C itself; a signal sent to this process alone is handed on.
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
process.on('SIGINT', () => undefined);
