/** `BrowserWindow`, `webContents` and `ipcMain` over pages of a Chromium. */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { BrowserContext, CDPSession, Page, Request, Route } from 'playwright';
import { strict } from './strict.ts';
import type { FromStandIn } from './protocol.ts';
import { bindingName, pageScript, preloadScript, preloadWorld } from './worlds.ts';

export interface WindowSurroundings {
  readonly context: Promise<BrowserContext>;
  readonly tell: (message: FromStandIn) => void;
  /** Answers requests of the app's own scheme. */
  readonly answer: (url: string, method: string) => Promise<Response>;
  readonly onAllClosed: () => void;
}

/** How Chromium sees `lab://app`. */
export const pageOrigin = 'http://app.lab.localhost';
const appOrigin = 'lab://app';

export function appUrl(url: string): string {
  return url.startsWith(pageOrigin) ? appOrigin + url.slice(pageOrigin.length) : url;
}

export const ipcMain = new EventEmitter();

interface WindowOptions {
  readonly show?: boolean;
  readonly webPreferences?: {
    readonly preload?: string;
    readonly sandbox?: boolean;
    readonly contextIsolation?: boolean;
    readonly nodeIntegration?: boolean;
  };
}

export type OpenHandler = (details: { url: string }) => { action: 'deny' | 'allow' };

let nextId = 1;
const windows: StandInWindow[] = [];

/** The class that `electron` exports, bound to its surroundings. */
export function browserWindowClass(surroundings: WindowSurroundings): unknown {
  class BrowserWindow extends StandInWindow {
    constructor(options: WindowOptions) {
      super(options, surroundings);
      // What a constructor returns replaces what it made: the same window, but strict.
      return strict('BrowserWindow', this);
    }

    static getAllWindows(): StandInWindow[] {
      return [...windows];
    }
  }
  return strict('BrowserWindow', BrowserWindow);
}

export function lastWindow(): StandInWindow | undefined {
  return windows.at(-1);
}

export class StandInWindow extends EventEmitter {
  readonly id = nextId++;
  readonly webContents: unknown;
  private readonly contents = new EventEmitter();
  private readonly surroundings: WindowSurroundings;
  private readonly page: Promise<Page>;
  private session: CDPSession | null = null;
  private worldId: number | null = null;
  private openHandler: OpenHandler = () => ({ action: 'deny' });
  private url = '';
  private isGone = false;
  private isLoading = false;

  constructor(options: WindowOptions, surroundings: WindowSurroundings) {
    super();
    const { preload, sandbox, contextIsolation, nodeIntegration } = options.webPreferences ?? {};
    if (sandbox !== true || contextIsolation !== true || nodeIntegration === true) {
      throw new Error('stand-in: only sandboxed windows with context isolation and without Node are modelled');
    }
    this.surroundings = surroundings;
    this.webContents = this.makeContents();
    windows.push(this);
    this.page = this.open(preload);
    // The failure is told where the page is awaited, in loadURL.
    this.page.catch(() => undefined);
  }

  async loadURL(url: string): Promise<void> {
    if (!url.startsWith(appOrigin)) throw new Error(`stand-in: loadURL of ${url} is not modelled`);
    const page = await this.page;
    this.isLoading = true;
    await page.goto(pageOrigin + url.slice(appOrigin.length));
    this.surroundings.tell({ kind: 'window', id: this.id });
    this.emit('ready-to-show');
  }

  show(): void {
    this.emit('show');
  }

  isMinimized(): boolean {
    return false;
  }

  restore(): void {
    this.emit('restore');
  }

  focus(): void {
    this.emit('focus');
  }

  /** As the user does it. */
  async closeByUser(): Promise<void> {
    await (await this.page).close();
  }

  private makeContents(): unknown {
    const mainFrame = this.makeFrame();
    const methods = {
      id: this.id,
      mainFrame,
      session: strict('session', { setPermissionRequestHandler: () => undefined }),
      isDestroyed: () => this.isGone,
      setWindowOpenHandler: (handler: OpenHandler) => (this.openHandler = handler),
      send: (channel: string, ...args: unknown[]) => this.send(channel, args),
      on: (event: string, listener: (...args: unknown[]) => void) => this.contents.on(event, listener),
      once: (event: string, listener: (...args: unknown[]) => void) => this.contents.once(event, listener),
      off: (event: string, listener: (...args: unknown[]) => void) => this.contents.off(event, listener),
    };
    return strict('webContents', methods);
  }

  private makeFrame(): unknown {
    const urlOf = (): string => this.url;
    return strict('WebFrameMain', {
      get url() {
        return urlOf();
      },
    });
  }

  private async open(preload: string | undefined): Promise<Page> {
    const context = await this.surroundings.context;
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    this.session = session;
    session.on('Runtime.executionContextCreated', ({ context: world }) => {
      if (world.name === preloadWorld) this.worldId = world.id;
    });
    session.on('Runtime.bindingCalled', ({ name, payload }) => {
      if (name === bindingName) this.received(payload);
    });
    await session.send('Runtime.enable');
    await session.send('Page.enable');
    await session.send('Runtime.addBinding', { name: bindingName, executionContextName: preloadWorld });
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source: pageScript });
    if (preload !== undefined) {
      const source = preloadScript(readFileSync(preload, 'utf8'));
      await session.send('Page.addScriptToEvaluateOnNewDocument', { source, worldName: preloadWorld });
    }
    await page.route('**/*', (route, request) => this.serve(route, request));
    page.on('popup', (popup) => void this.popup(popup));
    page.on('close', () => this.gone());
    page.on('crash', () => this.contents.emit('render-process-gone'));
    return page;
  }

  private async serve(route: Route, request: Request): Promise<void> {
    const isDocument = request.isNavigationRequest() && request.frame().parentFrame() === null;
    if (isDocument && !this.mayNavigate(request.url())) return route.abort();
    if (!request.url().startsWith(`${pageOrigin}/`)) {
      this.surroundings.tell({ kind: 'refused', url: request.url() });
      return route.abort();
    }
    if (isDocument) {
      this.contents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false });
      this.url = appUrl(request.url());
      this.worldId = null;
    }
    const response = await this.surroundings.answer(appUrl(request.url()), request.method());
    await route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    });
  }

  /** What the page begins by itself is asked about; what the app loads is not. */
  private mayNavigate(url: string): boolean {
    if (this.isLoading) {
      this.isLoading = false;
      return true;
    }
    let isPrevented = false;
    this.contents.emit('will-navigate', { url: appUrl(url), preventDefault: () => (isPrevented = true) });
    return !isPrevented;
  }

  private async popup(popup: Page): Promise<void> {
    const { action } = this.openHandler({ url: appUrl(popup.url()) });
    if (action !== 'deny') throw new Error('stand-in: windows opened by pages are not modelled');
    await popup.close();
  }

  private received(payload: string): void {
    const { channel, args } = JSON.parse(payload) as { channel: string; args: string[] };
    const { mainFrame } = this.webContents as { mainFrame: unknown };
    if (ipcMain.listenerCount(channel) === 0) throw new Error(`stand-in: nobody listens on ${channel}`);
    ipcMain.emit(channel, { sender: this.webContents, senderFrame: mainFrame }, ...args);
  }

  private send(channel: string, args: unknown[]): void {
    if (args.some((arg) => typeof arg !== 'string'))
      throw new Error('stand-in: only texts are modelled as arguments of webContents.send');
    if (this.worldId === null || this.session === null) return;
    const expression = `globalThis.__standInFromMain(${JSON.stringify(channel)}, ${JSON.stringify(JSON.stringify(args))})`;
    // A page that goes away meanwhile loses the message, as it does in the original.
    this.session.send('Runtime.evaluate', { expression, contextId: this.worldId }).catch(() => undefined);
  }

  private gone(): void {
    this.isGone = true;
    windows.splice(windows.indexOf(this), 1);
    this.contents.emit('destroyed');
    this.emit('closed');
    if (windows.length === 0) this.surroundings.onAllClosed();
  }
}
