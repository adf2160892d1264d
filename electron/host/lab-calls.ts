import type { Lab } from '../lab/lab.ts';
import { folderFor } from '../lab/lab-folder.ts';
import type { PlanOptions } from '../lab/plan.ts';
import type { CallGroup } from './call-group.ts';
import { valueOf } from './host-failure.ts';

/** `home`: where further labs may be made; null when the user named the folder of this one. */
export function labCalls(lab: Lab, home: string | null): CallGroup<'lab'> {
  return {
    'lab.plan': async ({ members, redundancy, delayPerMemberMs, data, freshPorts }) => {
      const options: Partial<PlanOptions> = {
        ...(members === undefined ? {} : { members }),
        ...(redundancy === undefined ? {} : { redundancy }),
        ...(delayPerMemberMs === undefined ? {} : { delayPerMemberMs }),
        ...(data === undefined ? {} : { data: { kind: data } }),
        ...(members === undefined || home === null ? {} : await folderFor(home, members, lab.plan.dir)),
      };
      valueOf(await lab.replan(options, freshPorts ?? false));
      return null;
    },
    'lab.start': async () => {
      // What goes wrong shows in the state, with the step it belongs to.
      void lab.start();
      return null;
    },
    'lab.cancel': async () => {
      valueOf(lab.cancel());
      return null;
    },
    'lab.stop': async () => {
      void lab.stop();
      return null;
    },
  };
}
