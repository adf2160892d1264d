/** `kapacitor-lab up`: plans a lab, starts it, supervises it until told to stop. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { BrowserServer } from '../host/browser-server.ts';
import { connectControl } from '../host/control-client.ts';
import { openHost, type OpenedHost } from '../host/open-host.ts';
import { childEnvironment } from '../lab/child-environment.ts';
import { defaultFolder, type LabFolder } from '../lab/lab-folder.ts';
import { labFiles } from '../lab/lab-files.ts';
import type { PlanOptions } from '../lab/plan.ts';
import type { Programs } from '../lab/programs.ts';
import type { UpCommand } from './arguments.ts';
import { EventLines, labFacts, type EventLine } from './event-lines.ts';
import { humanLine, membersTable, planText } from './human.ts';
import type { Output } from './output.ts';

export interface UpSurroundings {
  readonly programs: Programs;
  readonly home: string;
  readonly output: Output;
  /** Resolves at the first SIGINT or SIGTERM; the second one does not wait. */
  readonly interrupted: Promise<void>;
}

/** The exit code. */
export async function up(command: UpCommand, surroundings: UpSurroundings): Promise<number> {
  const { home, output } = surroundings;
  const folder = command.dir === null ? await defaultFolder(home, command.members) : namedFolder(command.dir);
  const other = await connectControl(folder.dir);
  if (other !== null) {
    other.close();
    output.trouble(`the lab in ${folder.dir} runs already, supervised by process ${other.pid}`);
    return 1;
  }
  return command.isDetached && !isDetachedChild()
    ? detach(folder, surroundings)
    : supervise(command, folder, surroundings);
}

function namedFolder(dir: string): LabFolder {
  return { dir: resolve(dir), name: basename(resolve(dir)) };
}

async function supervise(command: UpCommand, folder: LabFolder, surroundings: UpSurroundings): Promise<number> {
  const { programs, home, output, interrupted } = surroundings;
  let endBecauseDown = (): void => undefined;
  const down = new Promise<void>((resolve) => (endBecauseDown = resolve));
  let page: BrowserServer | null = null;
  const opened = await openHost({
    kind: 'browser',
    options: planOptions(command, folder),
    programs,
    home,
    isFolderFixed: true,
    checksOutputs: false,
    newLink: () => page?.newLink() ?? null,
    onDown: endBecauseDown,
    onTrouble: (message) => output.trouble(message),
  });
  if (!opened.ok) {
    output.trouble(opened.error);
    return 1;
  }
  const { lab } = opened.value;
  if (command.isDryRun) {
    output.text(planText(lab.store.state));
    output.event({ event: 'plan', plan: lab.plan });
    return 0;
  }
  output.text(planText(lab.store.state));
  tellEvents(opened.value, output);
  const starting = lab.start();
  void interrupted.then(() => lab.stop());
  const started = await starting;
  if (!started.ok) {
    output.trouble(started.error.message);
    for (const line of lab.store.state.lab.error?.log ?? []) output.trouble(`  ${line}`);
    output.event({ event: 'failed', message: started.error.message });
    return 1;
  }
  page = command.ui === 'browser' ? await openPage(opened.value, surroundings) : null;
  tellReady(opened.value, page?.newLink() ?? null, output);
  await Promise.race([interrupted, down]);
  await lab.stop();
  await page?.close();
  output.event({ event: 'stopped' });
  output.text('stopped');
  return 0;
}

function planOptions(command: UpCommand, folder: LabFolder): PlanOptions {
  const { members, redundancy, delayPerMemberMs, data, engine, settings } = command;
  return { ...folder, members, redundancy, delayPerMemberMs, data, engine, settings };
}

function tellEvents({ lab }: OpenedHost, output: Output): void {
  const lines = new EventLines();
  lab.store.watch((_state, changes) => {
    for (const line of lines.of(changes)) {
      output.event(line);
      const text = humanLine(line);
      if (text !== null) output.text(text);
    }
  });
}

async function openPage(opened: OpenedHost, { programs, output }: UpSurroundings): Promise<BrowserServer | null> {
  if (!existsSync(programs.renderer)) {
    output.trouble('the page was not built, so there is none; npm run build makes it');
    return null;
  }
  const page = await BrowserServer.open(programs.renderer, opened.wire);
  if (page.ok) return page.value;
  output.trouble(page.error);
  return null;
}

function tellReady({ lab }: OpenedHost, ui: string | null, output: Output): void {
  const { state } = lab.store;
  const line: EventLine = { event: 'ready', ...labFacts(state), ui };
  output.event(line);
  output.text(`\n${membersTable(state)}\n\nInbox ${state.lab.inbox ?? ''}, data: ${state.data.title}`);
  if (ui !== null) output.text(`Open ${ui} (once)`);
  // Told to the command that detached us, if any.
  if (isDetachedChild()) {
    process.send?.({ line, text: `${membersTable(state)}${ui === null ? '' : `\n\nOpen ${ui} (once)`}` });
    process.disconnect();
  }
}

const detachedVariable = 'LAB_DETACHED_CHILD';

function isDetachedChild(): boolean {
  return process.env[detachedVariable] === '1';
}

/** The same command again, as a process of its own that outlives this one; resolves when its lab is ready. */
function detach(folder: LabFolder, { programs, output }: UpSurroundings): Promise<number> {
  mkdirSync(folder.dir, { recursive: true, mode: 0o700 });
  const log = openSync(labFiles.hostLog(folder.dir), 'a', 0o600);
  const words = process.argv.slice(2).filter((word) => !/^--?detach$/.test(word));
  const child = spawn(process.execPath, [programs.lab, ...words, '--dir', folder.dir, '--json'], {
    env: { ...childEnvironment(), ...ownEnvironment(), [detachedVariable]: '1' },
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  return new Promise((resolve) => {
    child.on('message', (message: { line: EventLine; text: string }) => {
      output.event(message.line);
      output.text(
        `${message.text}\n\nThe lab goes on as process ${child.pid ?? ''}; kapacitor-lab down --dir ${folder.dir} stops it.`,
      );
      child.disconnect();
      child.unref();
      resolve(0);
    });
    child.on('exit', (code) => {
      output.trouble(`the lab did not start (exit status ${code ?? 'unknown'}); see ${labFiles.hostLog(folder.dir)}`);
      resolve(1);
    });
  });
}

/** What children of a lab do not get, but the lab itself needs. */
function ownEnvironment(): Record<string, string> {
  const home = process.env['KAPACITOR_LAB_HOME'];
  return home === undefined ? {} : { KAPACITOR_LAB_HOME: home };
}
