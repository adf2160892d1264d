/**
 * Composition root of the Electron host: scheme, host, wire, window, in this order, and back in the reverse one. All
 * logic lives in modules that never see Electron.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, BrowserWindow, dialog } from 'electron';
import { openPageHost, type PageHost } from './host/page-host.ts';
import { findPrograms } from './lab/programs.ts';
import { registerAppScheme, servePage } from './window/app-scheme.ts';
import { openMainWindow } from './window/main-window.ts';
import { serveWire } from './window/wire-ipc.ts';

const here = fileURLToPath(import.meta.url);
const preload = join(dirname(here), 'preload.cjs');
let host: PageHost | null = null;
let isClosing = false;

async function start(): Promise<void> {
  const programs = findPrograms(here);
  servePage(programs.renderer);
  const opened = await openPageHost({
    kind: 'electron',
    programs,
    newLink: () => null,
    onTrouble: (message) => process.stderr.write(`${message}\n`),
  });
  if (!opened.ok) {
    dialog.showErrorBox('Kapacitor Lab cannot start', opened.error);
    app.exit(1);
    return;
  }
  host = opened.value;
  serveWire(host.wire);
  openMainWindow(preload);
}

/** The lab ends first, then the app: a quit is held until no member is left. */
async function close(): Promise<void> {
  await host?.close();
  app.exit(0);
}

registerAppScheme();
if (app.requestSingleInstanceLock()) {
  app.on('second-instance', () => {
    const [window] = BrowserWindow.getAllWindows();
    if (window?.isMinimized() === true) window.restore();
    window?.focus();
  });
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', (event) => {
    event.preventDefault();
    if (isClosing) return;
    isClosing = true;
    void close();
  });
  app.on('activate', () => {
    if (host !== null && BrowserWindow.getAllWindows().length === 0) openMainWindow(preload);
  });
  void app.whenReady().then(start);
} else {
  app.exit(0);
}
