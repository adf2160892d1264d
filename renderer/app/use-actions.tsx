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
import type { HostState, LinkFaultState } from '../../electron/contract/state.ts';
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

function errorNote(title: string, error: HostError): Note {
  const original = error.details === null ? error.message : `${error.message}\n${error.details}`;
  return { title, original, text: nextSteps[error.code], icon: CircleX, tone: 'bad', durationMs: 20_000 };
}

const shortNoteMs = 4_000;

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

export function makeActions(lab: LabHandle): Actions {
  const tools = makeTools(lab);
  return {
    ...labActions(tools),
    ...memberActions(tools),
    ...linkActions(tools),
    ...scenarioActions(tools),
    healMember: (name) => healMember(tools, name),
    undo: tools.undo,
    healAll: tools.healAll,
  };
}

interface Tools {
  readonly host: () => HostState;
  /** Asks; on failure shows the note and answers null. */
  readonly ask: <R extends RequestName>(
    name: R,
    input: RequestInput<R>,
    failure: string,
  ) => Promise<Answered<R> | null>;
  readonly undo: () => Promise<void>;
  readonly healAll: () => Promise<void>;
  /** Says what was broken, with the way back. */
  readonly faultNote: (title: string, icon: LucideIcon, text?: string) => void;
}

interface Answered<R extends RequestName> {
  readonly value: RequestOutput<R>;
}

function makeTools({ bridge, feed }: LabHandle): Tools {
  const ask: Tools['ask'] = async (name, input, failure) => {
    const answer = await bridge.request(name, input);
    if (answer.ok) return { value: answer.value };
    showNote(errorNote(failure, answer.error));
    return null;
  };
  const undo = async (): Promise<void> => {
    const done = await ask('faults.undo', null, 'Nothing was undone.');
    if (done === null) return;
    const title = done.value.undone === null ? 'No fault is left to undo.' : `Undone: ${done.value.undone}.`;
    showNote({ title, icon: Undo2, durationMs: shortNoteMs });
  };
  const healAll = async (): Promise<void> => {
    const done = await ask('faults.heal', null, 'The faults were not healed.');
    if (done === null) return;
    showNote({ title: `${counted(done.value.healed, 'fault')} healed.`, icon: Undo2, durationMs: shortNoteMs });
  };
  const faultNote: Tools['faultNote'] = (title, icon, text) =>
    showNote({
      title,
      text,
      icon,
      tone: 'fault',
      actions: [
        { label: 'Undo', hint: <Kbd isHint>{keyText('Ctrl Z')}</Kbd>, run: () => void undo() },
        { label: 'Heal all', look: 'fault', run: () => void healAll() },
      ],
    });
  return { host: () => presentHost(feed.store.getState()), ask, undo, healAll, faultNote };
}

type LabActions = Pick<
  Actions,
  'startLab' | 'planLab' | 'cancelStart' | 'stopLab' | 'addMember' | 'removeMember' | 'incident' | 'testAlert'
>;

function labActions({ ask }: Tools): LabActions {
  const unsubscribe = async (name: string, destination: string): Promise<void> => {
    const done = await ask('data.unsubscribe', { destination }, `The subscription of ${name} was not dropped.`);
    if (done === null) return;
    const { dropped } = done.value;
    const title =
      dropped === 0
        ? `InfluxDB has no subscription of ${name} any more.`
        : `${counted(dropped, 'subscription')} of ${name} dropped.`;
    showNote({ title, icon: LogOut, durationMs: shortNoteMs });
  };
  return {
    startLab: async () => void (await ask('lab.start', null, 'The lab was not started.')),
    planLab: async () => void (await ask('lab.plan', { freshPorts: true }, 'Other ports were not chosen.')),
    cancelStart: async () => void (await ask('lab.cancel', null, 'The start was not cancelled.')),
    stopLab: async () => void (await ask('lab.stop', null, 'The lab was not stopped.')),
    addMember: async () => {
      const done = await ask('member.add', null, 'No member was added.');
      if (done === null) return;
      const text = 'It joins, and owners are chosen anew. The size of a cluster is best settled before it is set up.';
      showNote({ title: `${done.value.name} is starting.`, text, icon: Plus });
    },
    removeMember: async (name) => {
      const done = await ask('member.remove', { name }, `${name} was not removed.`);
      if (done === null) return;
      const { selection } = session.getState();
      if (selection.kind === 'member' && selection.name === name) session.setState({ selection: { kind: 'cluster' } });
      const { left } = done.value;
      const title = `${name} was removed from the cluster.`;
      if (left === null) return showNote({ title, text: 'The others forget it.', icon: LogOut });
      const drop = { label: 'Drop its subscription', run: () => void unsubscribe(name, left.destination) };
      // The hint asks for something to be done, so it stays until that is done or it is closed.
      showNote({ title, text: left.hint, icon: LogOut, durationMs: Infinity, actions: [drop] });
    },
    incident: async (name, incident) =>
      void (await ask('data.incident', { host: name, incident }, `The data of ${name} was not changed.`)),
    testAlert: async (topic, member) => {
      if ((await ask('alerts.test', { topic, member }, 'The test alert was not sent.')) === null) return;
      showNote({ title: 'Test alert sent.', text: `To ${topic}, from ${member}.`, durationMs: shortNoteMs });
    },
  };
}

function memberActions({ ask, faultNote }: Tools): Pick<Actions, 'process'> {
  return {
    process: async (action, name) => {
      const done = await ask(`member.${action}`, { name }, `${name} was not ${processNot[action]}.`);
      if (done === null) return;
      const title = `${name} ${processDone[action]}.`;
      if (action === 'thaw' || action === 'start')
        showNote({ title, icon: processIcon[action], durationMs: shortNoteMs });
      else faultNote(title, processIcon[action], action === 'freeze' ? undefined : 'Undo starts it again.');
    },
  };
}

type LinkActions = Pick<Actions, 'isolate' | 'faultLink' | 'faultLinks' | 'healLink'>;

function linkActions({ host, ask, faultNote }: Tools): LinkActions {
  const setLink = async (from: string, to: string, fault: LinkFaultSetting | null, failure: string): Promise<boolean> =>
    (await ask('link.fault', { from, to, fault }, failure)) !== null;
  const setBoth = async (a: string, b: string, fault: LinkFaultSetting | null, failure: string): Promise<boolean> =>
    (await setLink(a, b, fault, failure)) && (await setLink(b, a, fault, failure));
  const unchanged = (a: string, b: string): string => `The link of ${numberOf(a)} and ${numberOf(b)} was not changed.`;
  return {
    isolate: async (name) => {
      for (const { name: other } of host().members) {
        if (other === name) continue;
        if (!(await setBoth(name, other, cutFault, `${name} was not isolated from ${other}.`))) return;
      }
      faultNote(`${name} is isolated from all others.`, Unlink);
    },
    faultLink: async (a, b, fault, isOneWay = false) => {
      const set = isOneWay ? setLink : setBoth;
      if (await set(a, b, fault, unchanged(a, b))) faultNote(linkSentence(a, b, fault, isOneWay), linkIcon(fault));
    },
    faultLinks: async (pairs, fault) => {
      for (const [a, b] of pairs) if (!(await setBoth(a, b, fault, unchanged(a, b)))) return;
      const [first] = pairs;
      if (first === undefined) return;
      const title = pairs.length === 1 ? linkSentence(...first, fault, false) : `${counted(pairs.length, 'link')} cut.`;
      faultNote(title, linkIcon(fault));
    },
    healLink: async (a, b) => {
      if (!(await setBoth(a, b, null, unchanged(a, b)))) return;
      showNote({ title: `${numberOf(a)} and ${numberOf(b)} are healed.`, icon: Undo2, durationMs: shortNoteMs });
    },
  };
}

/** Lifts the faults of a member's links, then thaws or starts its process. */
async function healMember({ host, ask }: Tools, name: string): Promise<void> {
  for (const { from, to } of host().links) {
    if (from !== name && to !== name) continue;
    if ((await ask('link.fault', { from, to, fault: null }, `${name} was not healed.`)) === null) return;
  }
  const process = host().members.find((member) => member.name === name)?.process;
  if (process === 'frozen') await ask('member.thaw', { name }, `${name} was not thawed.`);
  else if (process === 'crashed' || process === 'stopped' || process === 'failed') {
    await ask('member.start', { name }, `${name} was not started.`);
  }
}

type ScenarioActions = Pick<Actions, 'startScenario' | 'scenarioStep' | 'pauseScenario' | 'leaveScenario'>;

function scenarioActions({ ask }: Tools): ScenarioActions {
  const stuck = 'The scenario did not go on.';
  return {
    startScenario: async (name) => {
      if ((await ask('scenario.start', { name }, 'The scenario was not started.')) === null) return;
      // The card of the player takes the room of the inspector.
      const { panes } = session.getState();
      session.setState({ panes: { ...panes, topology: { ...panes.topology, isInspectorOpen: false } } });
    },
    scenarioStep: async (step) => void (await ask(step, null, stuck)),
    pauseScenario: async (paused) =>
      void (await ask('scenario.pause', { paused }, paused ? 'The scenario was not paused.' : stuck)),
    leaveScenario: async (heal) => {
      if ((await ask('scenario.leave', { heal }, 'The scenario was not left.')) === null) return;
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
