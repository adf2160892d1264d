/** The module that `require('electron')` gives to the app under test. */
import { EventEmitter } from 'node:events';
import type { BrowserContext } from 'playwright';
import type { FromStandIn, ToStandIn } from './protocol.ts';
import { strict, unmodelled } from './strict.ts';
import { browserWindowClass, ipcMain, lastWindow } from './windows.ts';

const appEvents = ['second-instance', 'window-all-closed', 'before-quit', 'activate'];

type SchemeHandler = (request: Request) => Promise<Response>;

export interface StandIn {
  readonly electron: object;
  order(message: ToStandIn): void;
}

export function electronModule(context: Promise<BrowserContext>, endBrowser: () => Promise<void>): StandIn {
  const tell = (message: FromStandIn): void => void process.send?.(message);
  const events = new EventEmitter();
  const handlers = new Map<string, SchemeHandler>();

  const exit = (code: number): void => void endBrowser().finally(() => process.exit(code));
  const quit = (): void => {
    let isHeld = false;
    events.emit('before-quit', { preventDefault: () => (isHeld = true) });
    if (!isHeld) exit(0);
  };
  const app = {
    requestSingleInstanceLock: () => true,
    whenReady: () => context.then(() => undefined),
    quit,
    exit,
    on(event: string, listener: (...args: unknown[]) => void) {
      if (!appEvents.includes(event)) unmodelled(`app event ${event}`);
      events.on(event, listener);
    },
  };
  const protocol = {
    registerSchemesAsPrivileged: () => undefined,
    handle(scheme: string, handler: SchemeHandler) {
      if (handlers.has(scheme)) throw new Error(`stand-in: ${scheme} is handled already`);
      handlers.set(scheme, handler);
    },
  };
  const answer = (url: string, method: string): Promise<Response> => {
    const handler = handlers.get('lab');
    if (handler === undefined) throw new Error('stand-in: nobody handles lab:');
    // Undici knows no host for unknown schemes in Request; the app reads only these two.
    return handler({ url, method } as Request);
  };
  const electron = strict('electron', {
    app: strict('app', app),
    BrowserWindow: browserWindowClass({ context, tell, answer, onAllClosed: () => events.emit('window-all-closed') }),
    ipcMain: strict('ipcMain', ipcMain),
    protocol: strict('protocol', protocol),
    dialog: strict('dialog', {
      showErrorBox: (title: string, content: string) => tell({ kind: 'dialog', title, content }),
    }),
    shell: strict('shell', { openExternal: async (url: string) => tell({ kind: 'external', url }) }),
  });
  return {
    electron,
    order(message) {
      if (message.kind === 'quit') quit();
      if (message.kind === 'second-instance') events.emit('second-instance');
      if (message.kind === 'close-window') void lastWindow()?.closeByUser();
    },
  };
}
