/** Composes a host: the lab, its scenarios, its calls, and the control socket that exists while the lab runs. */
import { join } from 'node:path';
import { err, ok, type Result } from '../../member/base/result.ts';
import type { HostState } from '../contract/state.ts';
import { Lab, type Release } from '../lab/lab.ts';
import type { PlanOptions } from '../lab/plan.ts';
import type { Programs } from '../lab/programs.ts';
import { bundledScenarios, ScenarioPlayer } from '../lab/scenario/scenario-player.ts';
import { readScenario } from '../lab/scenario/scenario-file.ts';
import { summary } from '../lab/scenario/scenario-file.ts';
import { ControlServer } from './control-server.ts';
import { createHost, type Host } from './host.ts';
import { wireServer, type WireServer } from './wire-server.ts';

export interface HostSetup {
  readonly kind: HostState['host'];
  readonly options: PlanOptions;
  readonly programs: Programs;
  readonly home: string;
  /** The user named the folder: the page must not choose another one. */
  readonly isFolderFixed: boolean;
  readonly checksOutputs: boolean;
  /** A new link to the page; null when there is none. */
  readonly newLink: () => string | null;
  /** `kapacitor-lab down` was called. The lab is stopped by then. */
  readonly onDown: () => void;
  readonly onTrouble: (message: string) => void;
}

export interface OpenedHost {
  readonly lab: Lab;
  readonly player: ScenarioPlayer;
  readonly host: Host;
  readonly wire: WireServer;
}

export async function openHost(setup: HostSetup): Promise<Result<OpenedHost, string>> {
  const scenarios = await bundledScenarios(setup.programs.resources);
  // The parts need each other; what refers forward runs only once all are made.
  const made: { opened: OpenedHost | null } = { opened: null };
  const lab = await Lab.open({
    options: setup.options,
    programs: setup.programs,
    host: setup.kind,
    scenarios: scenarios.map(summary),
    home: setup.home,
    claim: (dir) => claim(dir, setup, () => made.opened),
  });
  if (!lab.ok) return lab;
  const player = new ScenarioPlayer(lab.value, scenarios);
  const host = createHost({
    lab: lab.value,
    player,
    settingsFile: join(setup.home, 'settings.json'),
    home: setup.isFolderFixed ? null : setup.home,
    checksOutputs: setup.checksOutputs,
    onTrouble: setup.onTrouble,
  });
  made.opened = { lab: lab.value, player, host, wire: wireServer(host) };
  return ok(made.opened);
}

async function claim(dir: string, setup: HostSetup, opened: () => OpenedHost | null): Promise<Result<Release, string>> {
  const made = opened();
  if (made === null) return err('the host is not ready yet');
  const control = await ControlServer.open(dir, made.host, {
    quit: () => void made.lab.stop().then(setup.onDown),
    link: setup.newLink,
    scenario: ({ name, text }) => playScenario(made.player, name, text),
  });
  return control.ok ? ok(() => control.value.close()) : control;
}

async function playScenario(player: ScenarioPlayer, name: string, text: string | null): Promise<Result<void, string>> {
  const scenario = text === null ? ok(player.find(name)) : readScenario(name, text);
  if (!scenario.ok) return scenario;
  if (scenario.value === undefined) return err(`there is no scenario ${name}`);
  return player.runUnattended(scenario.value, () => undefined);
}
