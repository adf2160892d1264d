import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { LabBridge } from '../../../electron/contract/bridge.ts';
import { TerminalSession } from './terminal-session.ts';

export interface TerminalState {
  readonly layout: 'one' | 'all';
  readonly isTypingToAll: boolean;
  /** Shells by member; a split adds one more of the same member. */
  readonly shells: Readonly<Record<string, readonly TerminalSession[]>>;
  /** The member in front where only one fits. */
  readonly active: string | null;
}

export const terminals = createStore<TerminalState>(() => ({
  layout: 'all',
  isTypingToAll: false,
  shells: {},
  active: null,
}));

export function useTerminals<T>(select: (state: TerminalState) => T): T {
  return useStore(terminals, select);
}

function openSessions(): readonly TerminalSession[] {
  return Object.values(terminals.getState().shells).flat();
}

/** What is typed goes to its own shell, or with *Type to all* to every one. */
function typed(session: TerminalSession, data: string): void {
  if (terminals.getState().isTypingToAll) for (const each of openSessions()) each.write(data);
  else session.write(data);
}

export function ensureShell(bridge: LabBridge, member: string): void {
  if ((terminals.getState().shells[member]?.length ?? 0) === 0) addShell(bridge, member);
}

export function addShell(bridge: LabBridge, member: string): void {
  const session = new TerminalSession(bridge, member);
  session.onTyped = (data) => typed(session, data);
  const { shells } = terminals.getState();
  terminals.setState({ shells: { ...shells, [member]: [...(shells[member] ?? []), session] } });
}

export function closeShell(session: TerminalSession): void {
  const { shells } = terminals.getState();
  session.close();
  terminals.setState({
    shells: { ...shells, [session.member]: (shells[session.member] ?? []).filter((each) => each !== session) },
  });
}

/** Shells of members that are gone from the lab end with them. */
export function dropShellsExcept(members: readonly string[]): void {
  const { shells } = terminals.getState();
  const gone = Object.keys(shells).filter((member) => !members.includes(member));
  if (gone.length === 0) return;
  for (const member of gone) for (const session of shells[member] ?? []) session.close();
  terminals.setState({
    shells: Object.fromEntries(Object.entries(shells).filter(([member]) => !gone.includes(member))),
  });
}

export function restyleShells(): void {
  for (const session of openSessions()) session.restyle();
}
