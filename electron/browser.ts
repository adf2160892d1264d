/**
 * The browser host: the app without Electron. Serves the page on loopback, prints a link that opens once, and opens it
 * in the user's browser unless `--no-open` is given. Ends with SIGINT or SIGTERM, and its lab with it.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BrowserServer } from './host/browser-server.ts';
import { openPageHost } from './host/page-host.ts';
import { findPrograms } from './lab/programs.ts';

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What opens a link on this system; the link is printed in any case, so that a failure costs nothing. */
function openInBrowser(link: string): void {
  const [program, words] =
    process.platform === 'darwin'
      ? ['open', [link]]
      : process.platform === 'win32'
        ? ['cmd', ['/c', 'start', '', link]]
        : ['xdg-open', [link]];
  const opener = spawn(program, words, { detached: true, stdio: 'ignore' });
  opener.on('error', () => say('No browser could be opened from here; open the link by hand.'));
  opener.unref();
}

function portAsked(): number | undefined {
  const word = process.argv.find((one) => /^--port=\d+$/.test(one));
  return word === undefined ? undefined : Number(word.slice('--port='.length));
}

async function main(): Promise<number> {
  const programs = findPrograms(fileURLToPath(import.meta.url));
  let page: BrowserServer | null = null;
  const host = await openPageHost({
    kind: 'browser',
    programs,
    newLink: () => page?.newLink() ?? null,
    onTrouble: (message) => process.stderr.write(`${message}\n`),
  });
  if (!host.ok) {
    process.stderr.write(`kapacitor-lab: ${host.error}\n`);
    return 1;
  }
  const opened = await BrowserServer.open(programs.renderer, host.value.wire, portAsked());
  if (!opened.ok) {
    process.stderr.write(`kapacitor-lab: ${opened.error}\n`);
    return 1;
  }
  page = opened.value;
  if (host.value.attachedTo !== null) say(`Following the lab that process ${host.value.attachedTo} supervises.`);
  const link = page.newLink();
  say(`Open ${link} (once)`);
  if (!process.argv.includes('--no-open')) openInBrowser(link);
  await new Promise<void>((resolve) => {
    let count = 0;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => (++count > 1 ? process.exit(1) : resolve()));
    }
  });
  await host.value.close();
  await page.close();
  return 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
