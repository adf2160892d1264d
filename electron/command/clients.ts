/** The commands that act on a lab which another process supervises: status, down, logs, fault, scenario. */
import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { LabBridge } from '../contract/bridge.ts';
import type { LogLine, StateNotice } from '../contract/notices.ts';
import type { HostState } from '../contract/state.ts';
import { connectControl, type ControlClient } from '../host/control-client.ts';
import { labFiles, lastLab, readPlan } from '../lab/lab-files.ts';
import { logLevel } from '../lab/log-level.ts';
import type { ClientCommand } from './arguments.ts';
import { labFacts } from './event-lines.ts';
import { faultCalls } from './fault-command.ts';
import { membersTable } from './human.ts';
import type { Output } from './output.ts';

export interface ClientSurroundings {
  readonly home: string;
  /** Of the lab's terminals; means the lab they belong to. */
  readonly labDirVariable: string | undefined;
  readonly output: Output;
  readonly interrupted: Promise<void>;
}

/** The exit code. */
export async function runClient(command: ClientCommand, surroundings: ClientSurroundings): Promise<number> {
  const { output } = surroundings;
  const dir = await labDir(command, surroundings);
  if (dir === null) {
    output.trouble('no lab has run so far; name one with --dir');
    return 1;
  }
  const client = await connectControl(dir);
  if (client === null) {
    if (command.kind === 'logs') return printLogFiles(dir, command, output);
    output.trouble(`no lab runs in ${dir}`);
    // What down is asked for is already so.
    return command.kind === 'down' ? 0 : 1;
  }
  try {
    return await act(client, command, surroundings);
  } finally {
    client.close();
  }
}

async function labDir(command: ClientCommand, { home, labDirVariable }: ClientSurroundings): Promise<string | null> {
  if (command.dir !== null) return resolve(command.dir);
  return labDirVariable ?? (await lastLab(home));
}

function act(client: ControlClient, command: ClientCommand, surroundings: ClientSurroundings): Promise<number> {
  switch (command.kind) {
    case 'status':
      return status(client, surroundings.output);
    case 'down':
      return down(client, surroundings.output);
    case 'logs':
      return logs(client, command, surroundings);
    case 'fault':
      return fault(client, command, surroundings.output);
    case 'scenario':
      return scenario(client, command, surroundings.output);
  }
}

async function status(client: ControlClient, output: Output): Promise<number> {
  const state = await snapshot(client.bridge);
  const link = await client.control('link', null);
  const ui = link.ok && typeof link.value === 'string' ? link.value : null;
  const { lab, faults, members } = state;
  const shown = members.map(({ name, process, clusterState, views }) => ({
    name,
    state: process,
    clusterState,
    views,
  }));
  const facts = labFacts(state);
  output.event({ event: 'status', status: lab.status, pid: client.pid, ...facts, views: shown, faults, ui });
  output.text(`Lab ${lab.plan.name} in ${lab.plan.dir}: ${lab.status}, supervised by process ${client.pid}`);
  output.text(
    `Cluster ${lab.clusterId ?? '-'}, inbox ${lab.inbox ?? '-'}, ${lab.deliveries} deliveries, data: ${state.data.title}\n`,
  );
  output.text(membersTable(state));
  for (const fault of faults) output.text(`Fault: ${fault.kind} ${fault.members.join(' ')}`);
  if (ui !== null) output.text(`\nOpen ${ui} (once)`);
  return 0;
}

async function down(client: ControlClient, output: Output): Promise<number> {
  const asked = await client.control('quit', null);
  if (!asked.ok) return refuse(asked.error.message, output);
  await client.closed;
  output.event({ event: 'stopped' });
  output.text('stopped');
  return 0;
}

async function logs(
  client: ControlClient,
  command: ClientCommand,
  { output, interrupted }: ClientSurroundings,
): Promise<number> {
  const undo = client.bridge.subscribe('log', command.words[0] ?? '*', (lines) =>
    lines.forEach((line) => printLine(line, output)),
  );
  if (command.isFollowing) {
    await Promise.race([interrupted, client.closed]);
  } else {
    // What is recent comes before the answer to the next request; then nothing more is wanted.
    await snapshot(client.bridge);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  undo();
  return 0;
}

async function printLogFiles(dir: string, command: ClientCommand, output: Output): Promise<number> {
  const plan = await readPlan(dir);
  if (!plan.ok || plan.value === null) return refuse(plan.ok ? `there is no lab in ${dir}` : plan.error, output);
  const names = plan.value.members
    .map(({ name }) => name)
    .filter((name) => command.words[0] === undefined || command.words[0] === name);
  for (const name of names) {
    const text = await readFile(labFiles.memberLog(dir, name), 'utf8').catch(() => '');
    for (const line of text.split('\n').filter((one) => one !== ''))
      printLine({ member: name, text: line, level: logLevel(line) }, output);
  }
  return 0;
}

function printLine({ member, text, level }: Pick<LogLine, 'member' | 'text' | 'level'>, output: Output): void {
  output.event({ event: 'log', member, level, text });
  output.text(`${member} | ${text}`);
}

async function fault(client: ControlClient, command: ClientCommand, output: Output): Promise<number> {
  const calls = faultCalls(command, await snapshot(client.bridge));
  if (!calls.ok) return refuse(calls.error, output);
  for (const { name, input } of calls.value) {
    const answer = await client.ask(name, input);
    if (!answer.ok) return refuse(answer.error.message, output);
    output.event({ event: 'fault', call: name, input, value: answer.value });
  }
  return 0;
}

async function scenario(client: ControlClient, command: ClientCommand, output: Output): Promise<number> {
  const [word = ''] = command.words;
  const isFile = /[/\\]|\.ya?ml$/.test(word) && existsSync(word);
  const name = isFile ? basename(word).replace(/\.ya?ml$/, '') : word;
  let told = -1;
  const undo = client.bridge.subscribe('state', null, (notice) => {
    const run = scenarioIn(notice);
    if (run === null) return;
    // Steps that pass within one notice are told as well.
    for (const [i, step] of run.steps.entries()) {
      if (i <= told || i > run.current) continue;
      told = i;
      output.event({ event: 'step', scenario: run.name, step: i + 1, title: step.title, text: step.text });
      output.text(`${i + 1}/${run.steps.length}  ${step.title}`);
    }
  });
  const played = await client.control('scenario', { name, text: isFile ? await readFile(word, 'utf8') : null });
  undo();
  output.event({ event: 'scenario', name, held: played.ok, error: played.ok ? null : played.error.message });
  if (!played.ok) return refuse(played.error.message, output);
  output.text('all expectations held');
  return 0;
}

function scenarioIn(notice: StateNotice): HostState['scenario'] {
  if (notice.kind === 'snapshot') return notice.state.scenario;
  const change = notice.changes.findLast(({ part }) => part === 'scenario');
  return change?.part === 'scenario' ? change.value : null;
}

function snapshot(bridge: LabBridge): Promise<HostState> {
  return new Promise((resolve) => {
    const undo = bridge.subscribe('state', null, (notice) => {
      if (notice.kind !== 'snapshot') return;
      setImmediate(() => undo());
      resolve(notice.state);
    });
  });
}

function refuse(message: string, output: Output): number {
  output.trouble(message);
  output.event({ event: 'failed', message });
  return 1;
}
