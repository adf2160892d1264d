/** Starts the shipped `dist/electron/main.cjs` in the stand-in and gives the test its page. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright';
import { freePorts } from '../../member/shell/testing/free-ports.ts';
import type { FromStandIn, ToStandIn } from './protocol.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface StandInApp {
  readonly page: Page;
  readonly process: ChildProcess;
  /** Requests that left the app's origin, links handed to the system, error boxes, uses of what is not modelled. */
  readonly refused: readonly string[];
  readonly external: readonly string[];
  readonly dialogs: readonly string[];
  readonly unmodelled: readonly string[];
  order(message: ToStandIn): void;
  /** The exit code, once the app has ended. */
  readonly ended: Promise<number | null>;
}

export interface StandInOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly main?: string;
}

/** Path of a Chromium, or null: then the suite is skipped, and says what installs one. */
export function chromiumPath(): string | null {
  const candidates = [
    process.env['CHROMIUM'],
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    chromium.executablePath(),
  ];
  return candidates.find((file) => file !== undefined && file !== '' && existsSync(file)) ?? null;
}

export async function launchStandIn(options: StandInOptions): Promise<StandInApp> {
  const [hook, [port]] = await Promise.all([bundledHook(), freePorts(1)]);
  const child = spawn(process.execPath, ['--require', hook, options.main ?? join(root, 'dist/electron/main.cjs')], {
    cwd: root,
    env: {
      ...process.env,
      ...options.environment,
      STAND_IN_CHROMIUM: chromiumPath() ?? '',
      STAND_IN_PORT: String(port),
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const heard = {
    refused: [] as string[],
    external: [] as string[],
    dialogs: [] as string[],
    unmodelled: [] as string[],
  };
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const endpoint = await new Promise<string>((resolve, reject) => {
    let address = '';
    child.on('message', (message: FromStandIn) => {
      if (message.kind === 'browser') address = message.endpoint;
      if (message.kind === 'window') resolve(address);
      if (message.kind === 'refused') heard.refused.push(message.url);
      if (message.kind === 'external') heard.external.push(message.url);
      if (message.kind === 'unmodelled') heard.unmodelled.push(message.name);
      if (message.kind === 'dialog') heard.dialogs.push(`${message.title}: ${message.content}`);
    });
    child.on('exit', (code) =>
      reject(
        new Error(`the app ended with status ${code} before it had a window; dialogs: ${heard.dialogs.join('; ')}`),
      ),
    );
  });
  const browser = await chromium.connectOverCDP(endpoint);
  return { ...heard, page: firstPage(browser), process: child, order: (message) => void child.send(message), ended };
}

function firstPage(browser: Browser): Page {
  const page = browser
    .contexts()
    .flatMap((context) => context.pages())
    .find((one) => one.url().startsWith('http://app.lab.localhost/'));
  if (page === undefined) throw new Error('the stand-in shows no page of the app');
  return page;
}

async function bundledHook(): Promise<string> {
  const outfile = join(mkdtempSync(join(tmpdir(), 'stand-in-')), 'hook.cjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['e2e/stand-in/hook.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // Playwright is not bundled; it is found from the repository, wherever this file lies.
    plugins: [
      {
        name: 'playwright',
        setup: (plan) =>
          plan.onResolve({ filter: /^playwright$/ }, () => ({
            path: join(root, 'node_modules/playwright/index.js'),
            external: true,
          })),
      },
    ],
    logLevel: 'warning',
  });
  return outfile;
}
