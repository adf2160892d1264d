import type { Lab } from '../lab/lab.ts';
import type { CallGroup } from './call-group.ts';
import { valueOf } from './host-failure.ts';

export function faultCalls(
  lab: Lab,
): CallGroup<'link'> & CallGroup<'faults'> & CallGroup<'data'> & CallGroup<'alerts'> {
  return {
    'link.fault': async ({ from, to, fault }) => {
      valueOf(await lab.linkFault(from, to, fault));
      return null;
    },
    'faults.undo': async () => ({ undone: valueOf(await lab.undo()) }),
    'faults.heal': async () => ({ healed: valueOf(await lab.heal()) }),
    'data.unsubscribe': async ({ destination }) => ({ dropped: valueOf(await lab.unsubscribe(destination)) }),
    'data.incident': async ({ host, incident }) => {
      valueOf(await lab.incident(host, incident));
      return null;
    },
    'alerts.test': async ({ topic, member }) => {
      valueOf(await lab.testAlert(topic, member));
      return null;
    },
  };
}
