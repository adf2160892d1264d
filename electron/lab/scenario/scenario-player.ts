/** Carries out a scenario on a lab: feeds the machine with what happens, acts, and shows the run in the state. */
import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { err, ok, type Result } from '../../../member/base/result.ts';
import type { Lab } from '../lab.ts';
import { failure, type LabError } from '../lab-error.ts';
import { readScenario, type Scenario, type ScenarioAction } from './scenario-file.ts';
import {
  beginScenario,
  isFinished,
  playScenario,
  refusal,
  scenarioRun,
  type Played,
  type ScenarioInput,
  type ScenarioMachine,
} from './scenario-machine.ts';

const lookEveryMs = 100;

export async function bundledScenarios(resources: string): Promise<Scenario[]> {
  const folder = join(resources, 'scenarios');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yml')).sort();
  const read = await Promise.all(
    files.map(async (file) => readScenario(basename(file, '.yml'), await readFile(join(folder, file), 'utf8'))),
  );
  // What is bundled is tested; a broken file is a broken build.
  return read.map((scenario) => {
    if (!scenario.ok) throw new Error(scenario.error);
    return scenario.value;
  });
}

export class ScenarioPlayer {
  private readonly lab: Lab;
  private readonly scenarios: readonly Scenario[];
  private machine: ScenarioMachine | null = null;
  private timer: NodeJS.Timeout | null = null;
  private shown = '';

  constructor(lab: Lab, scenarios: readonly Scenario[]) {
    this.lab = lab;
    this.scenarios = scenarios;
    lab.store.watch(({ lab: { status } }) => {
      if (status !== 'running' && this.machine !== null) this.end();
    });
  }

  find(name: string): Scenario | undefined {
    return this.scenarios.find((scenario) => scenario.name === name);
  }

  start(scenario: Scenario): Result<void, LabError> {
    if (this.machine !== null && !isFinished(this.machine))
      return failure('wrong-state', `${this.machine.scenario.title} is being played`);
    const refused = refusal(scenario, this.lab.store.state);
    if (refused !== null) return failure('wrong-state', refused);
    this.end();
    this.timer = setInterval(() => this.play({ kind: 'look' }), lookEveryMs);
    this.take(beginScenario(scenario, this.moment()));
    return ok(undefined);
  }

  give(input: Exclude<ScenarioInput, { kind: 'look' | 'acted' }>): Result<void, LabError> {
    if (this.machine === null) return failure('wrong-state', 'no scenario is being played');
    this.play(input);
    return ok(undefined);
  }

  async leave(heal: boolean): Promise<Result<void, LabError>> {
    if (this.machine === null) return failure('wrong-state', 'no scenario is being played');
    this.end();
    return heal ? this.healAll() : ok(undefined);
  }

  /** Plays to the end without a trainer, and heals after itself. The error says which step failed, and how. */
  async runUnattended(
    scenario: Scenario,
    onStep: (title: string, index: number) => void,
  ): Promise<Result<void, string>> {
    const started = this.start(scenario);
    if (!started.ok) return err(started.error.message);
    const outcome = await this.untilDone(onStep);
    const left = await this.leave(true);
    if (!outcome.ok) return outcome;
    return left.ok ? ok(undefined) : err(left.error.message);
  }

  private untilDone(onStep: (title: string, index: number) => void): Promise<Result<void, string>> {
    let told = -1;
    return new Promise((resolve) => {
      const finish = (result: Result<void, string>): void => {
        undo();
        resolve(result);
      };
      const look = (): void => {
        const run = this.lab.store.state.scenario;
        if (run === null) return finish(err('the scenario was left'));
        const step = run.steps[run.current];
        if (told !== run.current) {
          told = run.current;
          onStep(step?.title ?? '', run.current);
        }
        if (run.finished) return finish(ok(undefined));
        if (step?.state === 'failed') return finish(err(`step ${run.current + 1}, ${step.title}: ${run.error ?? ''}`));
        if (step?.state === 'fulfilled') this.give({ kind: 'next' });
      };
      // Later, so that a change made while one is being told is seen as well.
      const undo = this.lab.store.watch((_state, changes) => {
        if (changes.some(({ part }) => part === 'scenario')) setImmediate(look);
      });
      look();
    });
  }

  private play(input: ScenarioInput): void {
    if (this.machine !== null) this.take(playScenario(this.machine, input, this.moment()));
  }

  private take({ machine, action }: Played): void {
    this.machine = machine;
    this.show();
    if (action === null) return;
    void this.perform(action).then((result) => {
      // The scenario may have been left, or another one begun, meanwhile.
      if (this.machine?.scenario === machine.scenario)
        this.play({ kind: 'acted', error: result.ok ? null : result.error.message });
    });
  }

  private perform(action: ScenarioAction): Promise<Result<unknown, LabError>> {
    const { lab } = this;
    if ('heal' in action) return this.healAll();
    if ('incident' in action) {
      const { host, kind } = action.incident;
      return lab.incident(host, kind === 'none' ? null : kind);
    }
    if ('crash' in action) return lab.crash(action.crash);
    if ('freeze' in action) return lab.freeze(action.freeze);
    if ('thaw' in action) return lab.thaw(action.thaw);
    if ('stop' in action) return lab.stopMember(action.stop);
    return lab.startMember(action.start);
  }

  private async healAll(): Promise<Result<void, LabError>> {
    for (const { host, incident } of this.lab.store.state.data.hosts) {
      if (incident === null) continue;
      const ended = await this.lab.incident(host, null);
      if (!ended.ok) return ended;
    }
    const { faults, members } = this.lab.store.state;
    if (faults.length === 0 && members.every(({ process }) => process === 'running')) return ok(undefined);
    const healed = await this.lab.heal();
    return healed.ok ? ok(undefined) : healed;
  }

  private end(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.machine = null;
    this.show();
  }

  private show(): void {
    const value = this.machine === null ? null : scenarioRun(this.machine, this.lab.store.state);
    const text = JSON.stringify(value);
    if (text === this.shown || (value === null && this.lab.store.state.scenario === null)) return;
    this.shown = text;
    this.lab.store.change({ part: 'scenario', value });
  }

  private moment(): { now: number; state: Lab['store']['state'] } {
    return { now: Date.now(), state: this.lab.store.state };
  }
}
