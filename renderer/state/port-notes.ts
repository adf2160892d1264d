/** Taken ports as the first start says them: one sentence per holder, however many of its ports were in the way. */
import type { LabPlan } from '../../electron/contract/state.ts';
import { listed } from './words.ts';

export interface HolderNote {
  readonly holder: string;
  /** `Port 9092 is taken` · `Ports 19080 and 19090 to 19098 are taken` */
  readonly claim: string;
  /** `19092 instead and keeps it` · `others instead and keeps them` */
  readonly instead: string;
}

export function holderNotes(notes: LabPlan['portNotes']): readonly HolderNote[] {
  const holders = new Map<string, LabPlan['portNotes'][number][]>();
  for (const note of notes) holders.set(note.holder, [...(holders.get(note.holder) ?? []), note]);
  return [...holders].map(([holder, held]) => {
    const [only] = held;
    if (only !== undefined && held.length === 1)
      return { holder, claim: `Port ${only.port} is taken`, instead: `${only.instead} instead and keeps it` };
    const ports = held.map(({ port }) => port).toSorted((a, b) => a - b);
    return { holder, claim: `Ports ${listed(ranges(ports))} are taken`, instead: 'others instead and keeps them' };
  });
}

/** `19080` · `19090 to 19098`: neighbours as one. */
function ranges(ports: readonly number[]): readonly string[] {
  const found: { first: number; last: number }[] = [];
  for (const port of ports) {
    const range = found.at(-1);
    if (range !== undefined && port <= range.last + 1) range.last = port;
    else found.push({ first: port, last: port });
  }
  return found.map(({ first, last }) => (first === last ? `${first}` : `${first} to ${last}`));
}
