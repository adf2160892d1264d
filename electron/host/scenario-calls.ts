import type { ScenarioPlayer } from '../lab/scenario/scenario-player.ts';
import type { CallGroup } from './call-group.ts';
import { HostFailure, valueOf } from './host-failure.ts';

export function scenarioCalls(player: ScenarioPlayer): CallGroup<'scenario'> {
  return {
    'scenario.start': async ({ name }) => {
      const scenario = player.find(name);
      if (scenario === undefined) throw new HostFailure('not-found', `there is no scenario ${name}`);
      valueOf(player.start(scenario));
      return null;
    },
    'scenario.next': async () => {
      valueOf(player.give({ kind: 'next' }));
      return null;
    },
    'scenario.repeat': async () => {
      valueOf(player.give({ kind: 'repeat' }));
      return null;
    },
    'scenario.pause': async ({ paused }) => {
      valueOf(player.give({ kind: 'pause', paused }));
      return null;
    },
    'scenario.leave': async ({ heal }) => {
      valueOf(await player.leave(heal));
      return null;
    },
  };
}
