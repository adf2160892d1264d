import type { Lab } from '../lab/lab.ts';
import type { CallGroup } from './call-group.ts';
import { valueOf } from './host-failure.ts';

export function memberCalls(lab: Lab): CallGroup<'member'> {
  const nothing =
    (act: (name: string) => Promise<Parameters<typeof valueOf<void>>[0]>) =>
    async ({ name }: { name: string }) => {
      valueOf(await act(name));
      return null;
    };
  return {
    'member.add': async () => ({ name: valueOf(await lab.addMember()) }),
    'member.remove': async ({ name }) => valueOf(await lab.removeMember(name)),
    'member.crash': nothing((name) => lab.crash(name)),
    'member.freeze': nothing((name) => lab.freeze(name)),
    'member.thaw': nothing((name) => lab.thaw(name)),
    'member.stop': nothing((name) => lab.stopMember(name)),
    'member.start': nothing((name) => lab.startMember(name)),
  };
}
