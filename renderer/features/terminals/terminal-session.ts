/**
 * One shell of a member: its xterm, its stream, its element. Lives outside React, because a shell must survive a
 * switch of tabs, screens and layouts; the pane only gives its element a place.
 */
import { FitAddon } from '@xterm/addon-fit';
import { Terminal, type ITheme } from '@xterm/xterm';
import type { LabBridge } from '../../../electron/contract/bridge.ts';
import type { HostError } from '../../../electron/contract/requests.ts';

export type ShellState =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open' }
  | { readonly kind: 'ended'; readonly code: number }
  | { readonly kind: 'failed'; readonly error: HostError };

const scrollback = 5_000;
const resizeDelayMs = 80;

export class TerminalSession {
  readonly member: string;
  readonly element: HTMLDivElement;
  readonly terminal: Terminal;
  private readonly bridge: LabBridge;
  private readonly fitAddon = new FitAddon();
  private readonly listeners = new Set<() => void>();
  private id: string | null = null;
  private stop: (() => void) | null = null;
  private resizeTimer: ReturnType<typeof setTimeout> | null = null;
  private isClosed = false;
  private held: ShellState = { kind: 'opening' };
  /** Called with what is typed; the pane decides who gets it. */
  onTyped: (data: string) => void = (data) => this.write(data);

  constructor(bridge: LabBridge, member: string) {
    this.bridge = bridge;
    this.member = member;
    this.element = document.createElement('div');
    this.element.className = 'terminal-host unzoomed h-full w-full overflow-hidden';
    this.terminal = new Terminal({
      allowTransparency: true,
      cursorBlink: true,
      fontFamily: '"JetBrains Mono Variable", "JetBrains Mono", ui-monospace, monospace',
      fontSize: fontSize(),
      lineHeight: 1.15,
      scrollback,
      overviewRuler: { width: 8 },
      theme: themeFromTokens(),
    });
    this.terminal.loadAddon(this.fitAddon);
    this.terminal.onData((data) => this.onTyped(data));
  }

  get state(): ShellState {
    return this.held;
  }

  watch(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private become(state: ShellState): void {
    this.held = state;
    for (const listener of this.listeners) listener();
  }

  /** Puts the element into its place; the first time also draws the terminal and opens the shell. */
  showIn(place: HTMLElement): void {
    place.append(this.element);
    if (this.terminal.element === undefined) {
      this.terminal.open(this.element);
      this.fit();
      void this.open();
    } else this.fit();
  }

  async open(): Promise<void> {
    this.become({ kind: 'opening' });
    const answer = await this.bridge.request('terminal.open', {
      member: this.member,
      columns: this.terminal.cols,
      rows: this.terminal.rows,
    });
    if (!answer.ok) {
      this.become({ kind: 'failed', error: answer.error });
      return;
    }
    const { id } = answer.value;
    if (this.isClosed) {
      void this.bridge.request('terminal.close', { id });
      return;
    }
    this.id = id;
    this.become({ kind: 'open' });
    this.stop = this.bridge.subscribe('terminal', id, (notice) => {
      if (notice.kind === 'data') this.terminal.write(notice.data);
      else {
        this.id = null;
        this.become({ kind: 'ended', code: notice.code });
      }
    });
  }

  write(data: string): void {
    if (this.id !== null) void this.bridge.request('terminal.write', { id: this.id, data });
  }

  /** Columns and rows follow the element; the shell hears of it once the element rests. */
  fit(): void {
    if (this.element.clientWidth < 40 || this.element.clientHeight < 30) return;
    const before = `${this.terminal.cols}x${this.terminal.rows}`;
    this.fitAddon.fit();
    if (this.id === null || before === `${this.terminal.cols}x${this.terminal.rows}`) return;
    if (this.resizeTimer !== null) clearTimeout(this.resizeTimer);
    const { id } = this;
    this.resizeTimer = setTimeout(
      () =>
        void this.bridge.request('terminal.resize', {
          id,
          columns: Math.max(2, this.terminal.cols),
          rows: Math.max(1, this.terminal.rows),
        }),
      resizeDelayMs,
    );
  }

  /** After a change of theme or text size. */
  restyle(): void {
    this.terminal.options.theme = themeFromTokens();
    this.terminal.options.fontSize = fontSize();
    if (this.terminal.element !== undefined) this.fit();
  }

  close(): void {
    this.isClosed = true;
    this.stop?.();
    if (this.id !== null) void this.bridge.request('terminal.close', { id: this.id });
    this.terminal.dispose();
    this.element.remove();
  }
}

/** xterm measures in window pixels, so it stands outside the zoom of the text size and takes it as its font size. */
function fontSize(): number {
  return 12 * (Number(document.documentElement.style.getPropertyValue('--zoom')) || 1);
}

/** The terminal's colours are the tokens of the theme in force. */
function themeFromTokens(): ITheme {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string, fallback: string): string => style.getPropertyValue(`--kl-${name}`).trim() || fallback;
  const ink = token('ink-1', '#eee');
  return {
    background: '#00000000',
    foreground: ink,
    cursor: ink,
    cursorAccent: token('sunken', '#000'),
    selectionBackground: token('focus-line', '#888'),
    scrollbarSliderBackground: token('line-2', '#333'),
    scrollbarSliderHoverBackground: token('line-3', '#444'),
    scrollbarSliderActiveBackground: token('line-3', '#444'),
    overviewRulerBorder: '#00000000',
    black: token('line-3', '#444'),
    red: token('dead', '#f66'),
    green: token('alive', '#4d9'),
    yellow: token('suspect', '#fb4'),
    blue: token('info', '#6bf'),
    magenta: token('fault', '#f6c'),
    cyan: token('frozen', '#7df'),
    white: token('ink-2', '#aaa'),
    brightBlack: token('ink-3', '#888'),
    brightRed: token('dead', '#f66'),
    brightGreen: token('alive', '#4d9'),
    brightYellow: token('suspect', '#fb4'),
    brightBlue: token('info', '#6bf'),
    brightMagenta: token('fault', '#f6c'),
    brightCyan: token('frozen', '#7df'),
    brightWhite: ink,
  };
}
