/** The one window: sandboxed, isolated, without a way out to other pages. */
import { BrowserWindow, shell } from 'electron';
import { pageUrl } from './app-scheme.ts';

export function openMainWindow(preload: string): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 960,
    minHeight: 620,
    show: false,
    backgroundColor: '#0b0d11',
    title: 'Kapacitor Lab',
    webPreferences: { preload, sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false },
  });
  window.once('ready-to-show', () => window.show());
  window.webContents.setWindowOpenHandler(({ url }) => {
    // Links in texts open in the user's browser; nothing else leaves the window.
    if (url.startsWith('https://')) void shell.openExternal(url);
    return { action: 'deny' };
  });
  window.webContents.on('will-navigate', (event) => {
    if (!event.url.startsWith(pageUrl)) event.preventDefault();
  });
  window.webContents.session.setPermissionRequestHandler((_page, permission, answer) =>
    answer(permission === 'clipboard-sanitized-write'),
  );
  void window.loadURL(pageUrl);
  return window;
}
