/** The command line that does the same as a button (feature S1): shown in menus, in the palette, ready to copy. */
import type { Lab, LabMember, LinkFaultState } from '../../electron/contract/state.ts';

export type ProcessAction = 'crash' | 'freeze' | 'thaw' | 'stop' | 'start';

export function processCommand(action: ProcessAction, member: string): string {
  return `kapacitor-lab fault ${action} ${member}`;
}

export function isolateCommand(member: string, others: readonly string[]): string {
  return others.map((other) => `kapacitor-lab fault cut ${member} ${other}`).join(' && ');
}

type LinkChange = 'cut' | 'slow' | 'lossy' | 'heal';

export interface LinkCommand {
  readonly change: LinkChange;
  readonly from: string;
  readonly to: string;
  /** One direction only. */
  readonly isOneWay?: boolean;
  readonly fault?: Pick<LinkFaultState, 'delayMs' | 'loss'>;
}

export function linkCommand({ change, from, to, isOneWay = false, fault }: LinkCommand): string {
  const way = isOneWay ? ' --one-way' : '';
  switch (change) {
    case 'cut':
      return `kapacitor-lab fault cut ${from} ${to}${way}`;
    case 'heal':
      return `kapacitor-lab fault heal ${from} ${to}${way}`;
    case 'slow':
      return `kapacitor-lab fault delay ${from} ${to} ${fault?.delayMs ?? 0}ms${way}`;
    case 'lossy':
      return `kapacitor-lab fault loss ${from} ${to} ${Math.round((fault?.loss ?? 0) * 100)}%${way}`;
  }
}

export const healAllCommand = 'kapacitor-lab fault heal';

export function removeCommand(member: LabMember, through: LabMember | undefined): string {
  return `kapacitorctl member remove ${member.id ?? member.name}${through === undefined ? '' : ` -url ${through.api}`}`;
}

export function showTopicCommand(topic: string): string {
  return `kapacitor show-topic ${topic}`;
}

export function scenarioCommand(name: string): string {
  return `kapacitor-lab scenario ${name}`;
}

export function startCommand(lab: Lab): string {
  return `kapacitor-lab up --members ${lab.plan.members.length} --redundancy ${lab.plan.redundancy}`;
}
