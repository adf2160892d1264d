import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { present } from '../../../member/base/assert.ts';
import type { AlertRecord, HostState } from '../../contract/state.ts';
import { anAlert } from '../../contract/testing/states.ts';
import { hostState, labMemberState } from '../../testing/states.ts';
import { readScenario, summary, type Scenario } from './scenario-file.ts';
import { unmet } from './scenario-condition.ts';
import {
  beginScenario,
  isFinished,
  playScenario,
  refusal,
  scenarioRun,
  type Played,
  type ScenarioInput,
} from './scenario-machine.ts';

const source = (steps: string): string => `title: T
description: D
about: 10s
topic: cpu-alerts
needs: { members: 3, redundancy: 2 }
steps:
${steps}`;
const scenarioOf = (steps: string): Scenario => {
  const read = readScenario('t', source(steps));
  if (!read.ok) throw new Error(read.error);
  return read.value;
};
const twoSteps = scenarioOf(`
  - title: Crash {first}
    text: '{first} owns it, {second} is next, {third} publishes.'
    do:
      - crash: '{first}'
      - wait: { is: process, member: '{first}', state: crashed }
        limit: 4s
        says: '{first} to be gone'
  - title: Once
    text: x
    do:
      - incident: { host: web-03, kind: hot }
      - expect: { is: delivered, event: e, level: CRITICAL, by: ['{second}'] }
        says: one delivery by {second}
`);
const alert = (extra: Partial<AlertRecord>): AlertRecord => anAlert({ event: 'e', ...extra });

/** Plays inputs at given times; the actions asked for on the way. */
function play(start: Played, ...inputs: [ScenarioInput, number, HostState][]): { actions: unknown[]; played: Played } {
  const actions: unknown[] = [start.action];
  let played = start;
  for (const [input, now, state] of inputs) {
    played = playScenario(played.machine, input, { now, state });
    actions.push(played.action);
  }
  return { actions, played };
}

describe('scenario machine', () => {
  const calm = hostState();
  const crashed = hostState({ members: calm.members.with(1, labMemberState(2, { process: 'crashed' })) });

  test('acts, waits, stays fulfilled until the trainer goes on', () => {
    const { actions, played } = play(
      beginScenario(twoSteps, { now: 0, state: calm }),
      [{ kind: 'acted', error: null }, 10, calm],
      [{ kind: 'look' }, 100, calm],
      [{ kind: 'next' }, 150, calm],
      [{ kind: 'look' }, 200, crashed],
      [{ kind: 'look' }, 9_999, calm],
    );
    expect(actions).toEqual([{ crash: 'kapacitor-2' }, null, null, null, null, null]);
    expect(scenarioRun(played.machine, crashed)).toMatchObject({
      steps: [
        {
          title: 'Crash kapacitor-2',
          text: 'kapacitor-2 owns it, kapacitor-3 is next, kapacitor-1 publishes.',
          state: 'fulfilled',
        },
        { state: 'ahead' },
      ],
      current: 0,
      waitingFor: null,
      error: null,
      finished: false,
    });
    expect(playScenario(played.machine, { kind: 'next' }, { now: 10_000, state: crashed }).action).toEqual({
      incident: { host: 'web-03', kind: 'hot' },
    });
  });

  test('a wait shows for what, since when and how long, and fails with what was seen', () => {
    const { played } = play(beginScenario(twoSteps, { now: 0, state: calm }), [
      { kind: 'acted', error: null },
      10,
      calm,
    ]);
    expect(scenarioRun(played.machine, calm)).toMatchObject({
      waitingFor: 'kapacitor-2 to be gone',
      waitingSince: 10,
      limitMs: 4_000,
    });
    const late = playScenario(played.machine, { kind: 'look' }, { now: 4_010, state: calm });
    expect(scenarioRun(late.machine, calm)).toMatchObject({
      steps: [{ state: 'failed' }, {}],
      error: 'waited 4 s for kapacitor-2 to be gone, but kapacitor-2 is running',
      waitingFor: null,
    });
    expect(playScenario(late.machine, { kind: 'repeat' }, { now: 5_000, state: calm }).action).toEqual({
      crash: 'kapacitor-2',
    });
  });

  test('D4: while paused the script and its clock stand still', () => {
    const { played } = play(
      beginScenario(twoSteps, { now: 0, state: calm }),
      [{ kind: 'acted', error: null }, 0, calm],
      [{ kind: 'pause', paused: true }, 1_000, calm],
      [{ kind: 'look' }, 50_000, crashed],
      [{ kind: 'pause', paused: false }, 60_000, calm],
      [{ kind: 'look' }, 62_000, calm],
    );
    expect(scenarioRun(played.machine, calm)).toMatchObject({ waitingSince: 59_000, paused: false, error: null });
    expect(playScenario(played.machine, { kind: 'look' }, { now: 63_001, state: calm }).machine.phase).toBe('failed');
  });

  test('an expectation is looked at once, and only at what came after the incident', () => {
    const second = { member: 'kapacitor-3', at: 300, path: '' };
    const before = hostState({ alerts: [alert({ deliveries: [{ ...second, at: 100 }] })] });
    const once = hostState({ alerts: [alert({ deliveries: [second] })] });
    const twice = hostState({ alerts: [alert({ deliveries: [second, { ...second, member: 'kapacitor-2' }] })] });
    const outcome = (state: HostState) => {
      const inStep = beginScenario({ ...twoSteps, steps: twoSteps.steps.slice(1) }, { now: 200, state: calm });
      const { machine } = playScenario(inStep.machine, { kind: 'acted', error: null }, { now: 400, state });
      return [machine.error, isFinished(machine)];
    };
    expect([before, once, twice].map(outcome)).toEqual([
      ['expected one delivery by kapacitor-3, but no alert e CRITICAL so far', false],
      [null, true],
      ['expected one delivery by kapacitor-3, but it was delivered 2 times, by kapacitor-3 and kapacitor-2', false],
    ]);
  });

  test('an action that fails fails the step', () => {
    const { played } = play(beginScenario(twoSteps, { now: 0, state: calm }), [
      { kind: 'acted', error: 'kapacitor-2 is stopped, not running' },
      10,
      calm,
    ]);
    expect(scenarioRun(played.machine, calm)).toMatchObject({ error: 'kapacitor-2 is stopped, not running' });
  });

  test('a lab that cannot show it is refused', () => {
    expect(refusal(twoSteps, calm)).toBeNull();
    expect(refusal(twoSteps, hostState({ members: calm.members.slice(0, 2) }))).toBe('this scenario needs 3 members');
    expect(refusal(twoSteps, hostState({ lab: { ...calm.lab, status: 'stopped' } }))).toBe('the lab does not run');
    expect(refusal(twoSteps, hostState({ lab: { ...calm.lab, plan: { ...calm.lab.plan, redundancy: 1 } } }))).toBe(
      'this scenario needs redundancy 2',
    );
  });

  test('conditions say what is seen instead', () => {
    const seen = (is: Parameters<typeof unmet>[0], state: HostState) =>
      unmet(is, twoSteps, { state, now: 10_000, mark: 0 });
    expect(seen({ is: 'members-agree' }, calm)).toBeNull();
    expect(seen({ is: 'members-agree' }, crashed)).toBe('kapacitor-2 is crashed');
    expect(seen({ is: 'seen', member: '{first}', as: 'dead' }, calm)).toBe('kapacitor-1 says kapacitor-2 is alive');
    expect(seen({ is: 'level', event: 'e', level: 'OK' }, calm)).toBeNull();
    expect(seen({ is: 'level', event: 'e', level: 'OK' }, hostState({ alerts: [alert({})] }))).toBe('e is CRITICAL');
    const delivered = hostState({
      alerts: [alert({ latencyMs: 1_500, deliveries: [{ member: 'kapacitor-3', at: 9_000, path: '' }] })],
    });
    expect(seen({ is: 'quiet', for: 3_000 }, delivered)).toBe('the last delivery was 1 s ago');
    expect(
      seen({ is: 'delivered', event: 'e', level: 'CRITICAL', by: ['{second}'], notBefore: 1_900 }, delivered),
    ).toBe('it came after 1.5 s already');
  });
});

describe('scenario files', () => {
  test('a mistake is named with its place', () => {
    expect(readScenario('t', source('  - title: x\n    text: y\n    do: []\n'))).toMatchObject({
      ok: false,
      error: expect.stringContaining('steps.0.do'),
    });
    expect(
      readScenario(
        't',
        source('  - title: x\n    text: y\n    do: [{ wait: { is: members-agree }, limit: soon, says: z }]\n'),
      ),
    ).toMatchObject({ ok: false });
    expect(readScenario('t', '\t')).toMatchObject({ ok: false });
  });

  test('the bundled failover has six steps, each with at most 40 words', () => {
    const text = readFileSync(new URL('../../../resources/scenarios/failover.yml', import.meta.url), 'utf8');
    const read = readScenario('failover', text);
    if (!read.ok) throw new Error(read.error);
    expect(summary(read.value)).toMatchObject({ name: 'failover', title: 'Failover', steps: 6 });
    expect(read.value.steps.map(({ text: words }) => words.split(/\s+/).length).filter((count) => count > 40)).toEqual(
      [],
    );
    expect(present(read.value.steps[0], 'step').title).toBe('Three members agree');
  });
});
