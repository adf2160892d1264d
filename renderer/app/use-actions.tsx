/**
 * Everything the window can do to a lab. Each action asks the host, and says in a note what was done with its undo,
 * or what was not done and why: original text, then the next step by the code of the error.
 */
import {
  CircleX,
  Snowflake,
  Square,
  Timer,
  Undo2,
  Unlink,
  Zap,
  CircleDotDashed,
  Play,
  Plus,
  LogOut,
  type LucideIcon,
} from 'lucide-react';
import { useMemo } from 'react';
import type { HostError, RequestInput, RequestName, RequestOutput } from '../../electron/contract/requests.ts';
import type { LinkFaultState } from '../../electron/contract/state.ts';
import type { ProcessAction } from '../state/commands.ts';
import { counted, duration, numberOf, percent } from '../state/words.ts';
import { Kbd } from '../ui/chip.tsx';
import { showNote, type Note } from '../ui/toasts.tsx';
import { presentHost, useLab, type LabHandle } from './lab-context.tsx';
import { session } from './session.ts';
import { keyText } from './keys.ts';

export type LinkFaultSetting = Pick<LinkFaultState, 'cut' | 'delayMs' | 'jitterMs' | 'loss'>;
export const cutFault: LinkFaultSetting = { cut: true, delayMs: 0, jitterMs: 0, loss: 0 };
export const slowFault = (delayMs: number): LinkFaultSetting => ({ cut: false, delayMs, jitterMs: 0, loss: 0 });
export const lossyFault = (loss: number): LinkFaultSetting => ({ cut: false, delayMs: 0, jitterMs: 0, loss });

export interface Actions {
  readonly startLab: () => Promise<void>;
  readonly planLab: () => Promise<void>;
  readonly cancelStart: () => Promise<void>;
  readonly stopLab: () => Promise<void>;
  readonly addMember: () => Promise<void>;
  readonly removeMember: (name: string) => Promise<void>;
  readonly process: (action: ProcessAction, name: string) => Promise<void>;
  readonly isolate: (name: string) => Promise<void>;
  /** Both directions, or one when `isOneWay`: the lane from `a` to `b`. */
  readonly faultLink: (a: string, b: string, fault: LinkFaultSetting, isOneWay?: boolean) => Promise<void>;
  readonly faultLinks: (pairs: readonly (readonly [string, string])[], fault: LinkFaultSetting) => Promise<void>;
  readonly healLink: (a: string, b: string) => Promise<void>;
  readonly healMember: (name: string) => Promise<void>;
  readonly undo: () => Promise<void>;
  readonly healAll: () => Promise<void>;
  readonly incident: (host: string, incident: 'hot' | 'gap' | 'flapping' | null) => Promise<void>;
  readonly testAlert: (topic: string, member: string) => Promise<void>;
  readonly startScenario: (name: string) => Promise<void>;
  readonly scenarioStep: (step: 'scenario.next' | 'scenario.repeat') => Promise<void>;
  readonly pauseScenario: (paused: boolean) => Promise<void>;
  readonly leaveScenario: (heal: boolean) => Promise<void>;
}

const nextSteps: Readonly<Record<HostError['code'], string>> = {
  'invalid-input': 'Change the input, then try again.',
  'not-found': 'It may be gone; the list shows what is there.',
  'wrong-state': 'Wait until it has changed, then try again.',
  'port-taken': 'Free the port or choose other ports.',
  'member-failed': 'The log of the member says why.',
  refused: 'The host does not allow it.',
  timeout: 'It may still happen; the window shows what the members report.',
  unreachable: 'The window connects again by itself.',
  unknown: 'The host log has the cause.',
};

export function errorNote(title: string, error: HostError): Note {
  const original = error.details === null ? error.message : `${error.message}\n${error.details}`;
  return { title, original, text: nextSteps[error.code], icon: CircleX, tone: 'bad', durationMs: 20_000 };
}

const processDone: Readonly<Record<ProcessAction, string>> = {
  crash: 'is crashed',
  freeze: 'is frozen',
  thaw: 'runs again',
  stop: 'is stopped',
  start: 'is starting',
};
const processNot: Readonly<Record<ProcessAction, string>> = {
  crash: 'crashed',
  freeze: 'frozen',
  thaw: 'thawed',
  stop: 'stopped',
  start: 'started',
};
const processIcon: Readonly<Record<ProcessAction, LucideIcon>> = {
  crash: Zap,
  freeze: Snowflake,
  thaw: Play,
  stop: Square,
  start: Play,
};

export function useActions(): Actions {
  const lab = useLab();
  return useMemo(() => makeActions(lab), [lab]);
}

export function makeActions({ bridge, feed }: LabHandle): Actions {
  const host = () => presentHost(feed.store.getState());

  /** Asks; on failure shows the note and answers null. */
  async function ask<R extends RequestName>(
    name: R,
    input: RequestInput<R>,
    failure: string,
  ): Promise<{ readonly value: RequestOutput<R> } | null> {
    const answer = await bridge.request(name, input);
    if (answer.ok) return { value: answer.value };
    showNote(errorNote(failure, answer.error));
    return null;
  }

  const undo = async (): Promise<void> => {
    const done = await ask('faults.undo', null, 'Nothing was undone.');
    if (done === null) return;
    showNote({
      title: done.value.undone === null ? 'No fault is left to undo.' : `Undone: ${done.value.undone}.`,
      icon: Undo2,
      durationMs: 4_000,
    });
  };
  const healAll = async (): Promise<void> => {
    const done = await ask('faults.heal', null, 'The faults were not healed.');
    if (done !== null)
      showNote({ title: `${counted(done.value.healed, 'fault')} healed.`, icon: Undo2, durationMs: 4_000 });
  };
  const faultNote = (title: string, icon: LucideIcon, text?: string): void =>
    showNote({
      title,
      text,
      icon,
      tone: 'fault',
      actions: [
        { label: 'Undo', hint: <Kbd>{keyText('Ctrl Z')}</Kbd>, run: () => void undo() },
        { label: 'Heal all', look: 'fault', run: () => void healAll() },
      ],
    });
  const setLink = (from: string, to: string, fault: LinkFaultSetting | null, failure: string) =>
    ask('link.fault', { from, to, fault }, failure);
  const setBoth = async (a: string, b: string, fault: LinkFaultSetting | null, failure: string): Promise<boolean> =>
    (await setLink(a, b, fault, failure)) !== null && (await setLink(b, a, fault, failure)) !== null;
  const othersOf = (name: string): readonly string[] =>
    host()
      .members.map((member) => member.name)
      .filter((other) => other !== name);

  return {
    startLab: async () => void (await ask('lab.start', null, 'The lab was not started.')),
    planLab: async () => void (await ask('lab.plan', { freshPorts: true }, 'Other ports were not chosen.')),
    cancelStart: async () => void (await ask('lab.cancel', null, 'The start was not cancelled.')),
    stopLab: async () => void (await ask('lab.stop', null, 'The lab was not stopped.')),
    addMember: async () => {
      const done = await ask('member.add', null, 'No member was added.');
      if (done !== null)
        showNote({
          title: `${done.value.name} is starting.`,
          text: 'It joins when it runs, and owners are chosen anew. The size of a cluster is best settled before it is set up.',
          icon: Plus,
        });
    },
    removeMember: async (name) => {
      const done = await ask('member.remove', { name }, `${name} was not removed.`);
      if (done === null) return;
      const { selection } = session.getState();
      if (selection.kind === 'member' && selection.name === name) session.setState({ selection: { kind: 'cluster' } });
      showNote({
        title: `${name} was removed from the cluster.`,
        text: done.value.hint ?? 'The others forget it.',
        icon: LogOut,
        durationMs: done.value.hint === null ? 10_000 : Infinity,
      });
    },
    process: async (action, name) => {
      const done = await ask(`member.${action}`, { name }, `${name} was not ${processNot[action]}.`);
      if (done === null) return;
      if (action === 'thaw' || action === 'start')
        showNote({ title: `${name} ${processDone[action]}.`, icon: processIcon[action], durationMs: 4_000 });
      else
        faultNote(
          `${name} ${processDone[action]}.`,
          processIcon[action],
          action === 'freeze' ? undefined : 'Undo starts it again.',
        );
    },
    isolate: async (name) => {
      for (const other of othersOf(name))
        if (!(await setBoth(name, other, cutFault, `${name} was not isolated from ${other}.`))) return;
      faultNote(`${name} is isolated from all others.`, Unlink);
    },
    faultLink: async (a, b, fault, isOneWay = false) => {
      const failure = `The link of ${numberOf(a)} and ${numberOf(b)} was not changed.`;
      const isDone = isOneWay ? (await setLink(a, b, fault, failure)) !== null : await setBoth(a, b, fault, failure);
      if (isDone) faultNote(linkSentence(a, b, fault, isOneWay), linkIcon(fault));
    },
    faultLinks: async (pairs, fault) => {
      for (const [a, b] of pairs)
        if (!(await setBoth(a, b, fault, `The link of ${numberOf(a)} and ${numberOf(b)} was not changed.`))) return;
      const [first] = pairs;
      if (first !== undefined)
        faultNote(
          pairs.length === 1 ? linkSentence(...first, fault, false) : `${counted(pairs.length, 'link')} cut.`,
          linkIcon(fault),
        );
    },
    healLink: async (a, b) => {
      if (await setBoth(a, b, null, `The link of ${numberOf(a)} and ${numberOf(b)} was not healed.`))
        showNote({ title: `${numberOf(a)} and ${numberOf(b)} are healed.`, icon: Undo2, durationMs: 4_000 });
    },
    healMember: async (name) => {
      for (const link of host().links.filter((each) => each.from === name || each.to === name)) {
        if ((await setLink(link.from, link.to, null, `${name} was not healed.`)) === null) return;
      }
      const process = host().members.find((member) => member.name === name)?.process;
      if (process === 'frozen') await ask('member.thaw', { name }, `${name} was not thawed.`);
      else if (process === 'crashed' || process === 'stopped' || process === 'failed')
        await ask('member.start', { name }, `${name} was not started.`);
    },
    undo,
    healAll,
    incident: async (name, incident) =>
      void (await ask('data.incident', { host: name, incident }, `The data of ${name} was not changed.`)),
    testAlert: async (topic, member) => {
      if ((await ask('alerts.test', { topic, member }, 'The test alert was not sent.')) !== null)
        showNote({ title: 'Test alert sent.', text: `To ${topic}, from ${member}.`, durationMs: 4_000 });
    },
    startScenario: async (name) => void (await ask('scenario.start', { name }, 'The scenario was not started.')),
    scenarioStep: async (step) => void (await ask(step, null, 'The scenario did not go on.')),
    pauseScenario: async (paused) =>
      void (await ask(
        'scenario.pause',
        { paused },
        paused ? 'The scenario was not paused.' : 'The scenario did not go on.',
      )),
    leaveScenario: async (heal) => {
      if ((await ask('scenario.leave', { heal }, 'The scenario was not left.')) !== null)
        session.setState({ isPresenting: false });
    },
  };
}

function linkSentence(a: string, b: string, fault: LinkFaultSetting, isOneWay: boolean): string {
  const [from, to] = [numberOf(a), numberOf(b)];
  if (isOneWay) return `${from} cannot reach ${to}.`;
  if (fault.cut) return `${from} and ${to} are cut.`;
  return fault.loss > 0
    ? `${from} and ${to} lose ${percent(fault.loss)}.`
    : `${from} and ${to} are slow by ${duration(fault.delayMs)}.`;
}

function linkIcon(fault: LinkFaultSetting): LucideIcon {
  if (fault.cut) return Unlink;
  return fault.loss > 0 ? CircleDotDashed : Timer;
}
