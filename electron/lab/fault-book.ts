/** Which faults of ours are in force, and in which order they can be taken back. Pure. */
import type { ActiveFault, LabMember, LinkFaultState } from '../contract/state.ts';

export type LinkSettings = Omit<LinkFaultState, 'from' | 'to'>;
export type ProcessFault = 'crash' | 'freeze' | 'stop';

/** What to do to take a fault back. */
export type Undo =
  | { readonly kind: 'process'; readonly name: string; readonly fault: ProcessFault }
  | { readonly kind: 'links'; readonly links: readonly { from: string; to: string; previous: LinkSettings | null }[] };

/** The window asks for each direction on its own; both within this time are one act. */
const oneActMs = 1_000;

interface Done {
  undo: Undo;
  at: number;
  fault: string;
}

export class FaultBook {
  private readonly links = new Map<string, { settings: LinkSettings; since: number }>();
  private readonly processes = new Map<string, { fault: ProcessFault; since: number }>();
  private done: Done[] = [];

  setLink(from: string, to: string, settings: LinkSettings | null, at: number): void {
    const key = linkKey(from, to);
    const previous = this.links.get(key)?.settings ?? null;
    if (settings === null || isHealthy(settings)) this.links.delete(key);
    else this.links.set(key, { settings, since: this.links.get(key)?.since ?? at });
    const change = { from, to, previous };
    const last = this.done.at(-1);
    const fault = JSON.stringify(settings);
    if (
      last?.undo.kind === 'links' &&
      last.fault === fault &&
      at - last.at < oneActMs &&
      last.undo.links.some((link) => link.from === to && link.to === from)
    ) {
      last.undo = { kind: 'links', links: [...last.undo.links, change] };
    } else {
      this.done.push({ undo: { kind: 'links', links: [change] }, at, fault });
    }
  }

  /** Puts links back without making that itself something to undo. */
  restoreLinks(links: readonly { from: string; to: string; previous: LinkSettings | null }[], at: number): void {
    for (const { from, to, previous } of links) {
      if (previous === null) this.links.delete(linkKey(from, to));
      else this.links.set(linkKey(from, to), { settings: previous, since: at });
    }
  }

  processFault(name: string, fault: ProcessFault, at: number): void {
    this.processes.set(name, { fault, since: at });
    this.done.push({ undo: { kind: 'process', name, fault }, at, fault });
  }

  /** The member runs again, however that came. */
  processHealed(name: string): void {
    this.processes.delete(name);
    this.done = this.done.filter(({ undo }) => undo.kind !== 'process' || undo.name !== name);
  }

  memberGone(name: string): void {
    this.processHealed(name);
    for (const key of this.links.keys()) if (key.split(' ').includes(name)) this.links.delete(key);
  }

  /** Takes the last fault that is still in force out of the book. */
  takeLast(): Undo | null {
    for (let last = this.done.pop(); last !== undefined; last = this.done.pop()) {
      const { undo } = last;
      if (undo.kind === 'process' && this.processes.has(undo.name)) return undo;
      if (
        undo.kind === 'links' &&
        undo.links.some(({ from, to, previous }) => !sameSettings(this.settings(from, to), previous))
      )
        return undo;
    }
    return null;
  }

  clearLinks(): void {
    this.links.clear();
    this.done = this.done.filter(({ undo }) => undo.kind !== 'links');
  }

  settings(from: string, to: string): LinkSettings | null {
    return this.links.get(linkKey(from, to))?.settings ?? null;
  }

  linkFaults(): LinkFaultState[] {
    return Array.from(this.links, ([key, { settings }]) => {
      const [from = '', to = ''] = key.split(' ');
      return { from, to, ...settings };
    });
  }

  /** Both directions with the same fault are one fault of two members. */
  active(): ActiveFault[] {
    const faults: ActiveFault[] = [];
    for (const [name, { fault, since }] of this.processes)
      faults.push({ id: `${fault}:${name}`, kind: fault, members: [name], since });
    for (const [key, { settings, since }] of this.links) {
      const [from = '', to = ''] = key.split(' ');
      const kind = settings.cut ? 'cut' : settings.loss > 0 ? 'loss' : 'delay';
      const back = faults.find(
        ({ members, kind: other }) => members[0] === to && members[1] === from && other === kind,
      );
      if (back !== undefined && sameSettings(this.settings(to, from), settings)) continue;
      faults.push({ id: `${kind}:${from}:${to}`, kind, members: [from, to], since });
    }
    return faults.sort((a, b) => a.since - b.since);
  }
}

/** The command line of the same act. */
export function linkCommand(from: string, to: string, settings: LinkSettings | null): string {
  const start = 'kapacitor-lab fault';
  if (settings === null || isHealthy(settings)) return `${start} heal ${from} ${to} --one-way`;
  if (settings.cut) return `${start} cut ${from} ${to} --one-way`;
  if (settings.loss > 0) return `${start} loss ${from} ${to} ${Number((settings.loss * 100).toFixed(2))} --one-way`;
  const jitter = settings.jitterMs > 0 ? ` --jitter ${settings.jitterMs}` : '';
  return `${start} delay ${from} ${to} ${settings.delayMs}${jitter} --one-way`;
}

/** What of D25 a member's fault is, in words; null when it has none. */
export function faultWords(name: string, faults: readonly ActiveFault[], members: readonly LabMember[]): string | null {
  const fault = faults.find(({ members }) => members.includes(name));
  if (fault === undefined) {
    const member = members.find((one) => one.name === name);
    return member?.process === 'crashed' || member?.process === 'failed'
      ? `${name} crashed between receipt and completion`
      : null;
  }
  if (fault.kind === 'crash' || fault.kind === 'stop') return `${name} was ended between receipt and completion`;
  if (fault.kind === 'freeze') return `${name} was frozen between receipt and completion`;
  return `${fault.members.join(' and ')} were cut or disturbed, so both sides own and publish`;
}

function isHealthy({ cut, delayMs, jitterMs, loss }: LinkSettings): boolean {
  return !cut && delayMs === 0 && jitterMs === 0 && loss === 0;
}

function sameSettings(a: LinkSettings | null, b: LinkSettings | null): boolean {
  if (a === null || b === null) return a === b;
  return a.cut === b.cut && a.delayMs === b.delayMs && a.jitterMs === b.jitterMs && a.loss === b.loss;
}

function linkKey(from: string, to: string): string {
  return `${from} ${to}`;
}
