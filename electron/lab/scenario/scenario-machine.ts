/**
 * Plays a scenario: a pure step machine. Inputs carry the time and the state of the lab; out come the new machine and
 * at most one action to carry out, whose outcome is the next input. The trainer decides when a fulfilled step is left.
 */
import type { HostState, ScenarioRun } from '../../contract/state.ts';
import { spanText } from '../instant.ts';
import { fillNames, unmet } from './scenario-condition.ts';
import type { Scenario, ScenarioAction } from './scenario-file.ts';

export interface ScenarioMachine {
  readonly scenario: Scenario;
  readonly step: number;
  readonly item: number;
  readonly phase: 'acting' | 'waiting' | 'fulfilled' | 'failed';
  /** When the present item began. */
  readonly since: number;
  readonly mark: number;
  readonly pausedAt: number | null;
  readonly error: string | null;
  /** Texts are filled once the owners are known, and then stay as the room has read them. */
  readonly texts: readonly string[];
}

export type ScenarioInput =
  /** Time passed, or the state changed. */
  | { readonly kind: 'look' }
  | { readonly kind: 'acted'; readonly error: string | null }
  | { readonly kind: 'next' }
  | { readonly kind: 'repeat' }
  | { readonly kind: 'pause'; readonly paused: boolean };

export interface Moment {
  readonly now: number;
  readonly state: HostState;
}

export interface Played {
  readonly machine: ScenarioMachine;
  readonly action: ScenarioAction | null;
}

/** Why the scenario cannot be played on this lab; null when it can. */
export function refusal(scenario: Scenario, state: HostState): string | null {
  const { members, redundancy } = scenario.needs;
  if (state.lab.status !== 'running') return 'the lab does not run';
  if (state.members.length < members) return `this scenario needs ${members} members`;
  const owners = state.lab.plan.redundancy === 0 ? state.members.length : state.lab.plan.redundancy;
  if (owners < redundancy) return `this scenario needs redundancy ${redundancy}`;
  if (state.data.hosts.length === 0) return 'this scenario needs the sample data of the generator';
  return null;
}

export function beginScenario(scenario: Scenario, moment: Moment): Played {
  const machine: ScenarioMachine = {
    scenario,
    step: 0,
    item: 0,
    phase: 'acting',
    since: moment.now,
    mark: moment.now,
    pausedAt: null,
    error: null,
    texts: scenario.steps.map(({ text }) => text),
  };
  return enter(machine, 0, 0, moment);
}

export function playScenario(machine: ScenarioMachine, input: ScenarioInput, moment: Moment): Played {
  switch (input.kind) {
    case 'look':
      return machine.phase === 'waiting' && machine.pausedAt === null ? look(machine, moment) : still(machine);
    case 'acted':
      if (machine.phase !== 'acting') return still(machine);
      return input.error === null ? enter(machine, machine.step, machine.item + 1, moment) : fail(machine, input.error);
    case 'next':
      if (machine.phase !== 'fulfilled' || machine.step + 1 >= machine.scenario.steps.length) return still(machine);
      return enter(machine, machine.step + 1, 0, moment);
    case 'repeat':
      // An action under way is not interrupted; its outcome would otherwise count for the repeated step.
      return machine.phase === 'acting' ? still(machine) : enter(machine, machine.step, 0, moment);
    case 'pause':
      return pause(machine, input.paused, moment.now);
  }
}

export function isFinished(machine: ScenarioMachine): boolean {
  return machine.phase === 'fulfilled' && machine.step === machine.scenario.steps.length - 1;
}

export function scenarioRun(machine: ScenarioMachine, state: HostState): ScenarioRun {
  const { scenario, step, phase } = machine;
  const item = scenario.steps[step]?.do[machine.item];
  const waits = phase === 'waiting' && item !== undefined && 'wait' in item;
  return {
    name: scenario.name,
    title: scenario.title,
    steps: scenario.steps.map(({ title }, index) => ({
      title: fillNames(title, scenario, state),
      text: machine.texts[index] ?? '',
      state: index < step ? 'past' : index > step ? 'ahead' : phase,
    })),
    current: step,
    waitingFor: waits ? fillNames(item.says, scenario, state) : null,
    waitingSince: waits ? machine.since : null,
    limitMs: waits ? item.limit : null,
    paused: machine.pausedAt !== null,
    error: machine.error,
    finished: isFinished(machine),
  };
}

function still(machine: ScenarioMachine): Played {
  return { machine, action: null };
}

/** Begins an item: an action goes out, a wait starts its clock, an expectation is looked at. */
function enter(machine: ScenarioMachine, step: number, index: number, moment: Moment): Played {
  const { scenario } = machine;
  const texts = index === 0 ? machine.texts.map((text) => fillNames(text, scenario, moment.state)) : machine.texts;
  const next: ScenarioMachine = { ...machine, step, item: index, since: moment.now, error: null, texts };
  const item = scenario.steps[step]?.do[index];
  if (item === undefined) return still({ ...next, phase: 'fulfilled' });
  if ('wait' in item || 'expect' in item) return look({ ...next, phase: 'waiting' }, moment);
  const action = namedAction(item, scenario, moment.state);
  // What follows an incident is judged by what came after it.
  return { machine: { ...next, phase: 'acting', mark: 'incident' in item ? moment.now : next.mark }, action };
}

function look(machine: ScenarioMachine, moment: Moment): Played {
  const { scenario } = machine;
  const item = scenario.steps[machine.step]?.do[machine.item];
  if (item === undefined || !('wait' in item || 'expect' in item)) return still(machine);
  const condition = 'wait' in item ? item.wait : item.expect;
  const seen = unmet(condition, scenario, { ...moment, mark: machine.mark });
  if (seen === null) return enter(machine, machine.step, machine.item + 1, moment);
  const says = fillNames(item.says, scenario, moment.state);
  if ('expect' in item) return fail(machine, `expected ${says}, but ${seen}`);
  if (moment.now - machine.since < item.limit) return still(machine);
  return fail(machine, `waited ${spanText(item.limit)} for ${says}, but ${seen}`);
}

function fail(machine: ScenarioMachine, error: string): Played {
  return still({ ...machine, phase: 'failed', error });
}

/** The clock of a wait stands still with the script. */
function pause(machine: ScenarioMachine, paused: boolean, now: number): Played {
  if (paused === (machine.pausedAt !== null)) return still(machine);
  if (paused) return still({ ...machine, pausedAt: now });
  return still({ ...machine, pausedAt: null, since: machine.since + (now - (machine.pausedAt ?? now)) });
}

function namedAction(action: ScenarioAction, scenario: Scenario, state: HostState): ScenarioAction {
  const named = (text: string): string => fillNames(text, scenario, state);
  if ('crash' in action) return { crash: named(action.crash) };
  if ('freeze' in action) return { freeze: named(action.freeze) };
  if ('thaw' in action) return { thaw: named(action.thaw) };
  if ('stop' in action) return { stop: named(action.stop) };
  if ('start' in action) return { start: named(action.start) };
  return action;
}
