import type { Lab } from '../lab/lab.ts';
import { apiOf } from '../lab/lab-context.ts';
import { labFiles } from '../lab/lab-files.ts';
import type { CallGroup } from './call-group.ts';
import { HostFailure } from './host-failure.ts';
import type { Terminals } from './terminals.ts';

export function terminalCalls(lab: Lab, terminals: Terminals): CallGroup<'terminal'> {
  return {
    'terminal.open': async ({ member, columns, rows }) => {
      const planned = lab.plan.members.find(({ name }) => name === member);
      if (planned === undefined) throw new HostFailure('not-found', `there is no ${member} in this lab`);
      const { guard } = lab;
      if (guard === null) throw new HostFailure('wrong-state', 'terminals open once the lab has started');
      const { dir } = lab.plan;
      const id = terminals.open({
        member,
        api: apiOf(planned),
        binFolder: labFiles.bin(dir),
        labFolder: dir,
        columns,
        rows,
        guard,
      });
      return { id };
    },
    'terminal.write': async ({ id, data }) => {
      terminals.write(id, data);
      return null;
    },
    'terminal.resize': async ({ id, columns, rows }) => {
      terminals.resize(id, columns, rows);
      return null;
    },
    'terminal.close': async ({ id }) => {
      terminals.close(id);
      return null;
    },
  };
}
