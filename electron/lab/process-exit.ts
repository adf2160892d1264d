/** What the end of a process means, and what a member says on its private channel. Pure. */
import type { FromMember } from '../../member/api/private-channel.ts';
import type { ProcessState } from '../contract/state.ts';

/** What the lab has asked a process to do: a fault, a stop as a fault, the end of the lab; null: nothing. */
export type Expected = 'crash' | 'stop' | 'end' | null;

export interface Exit {
  readonly state: ProcessState;
  readonly expected: Expected;
  /** What the member, or the system, said about it. */
  readonly failure: string | null;
  readonly code: number | null;
  readonly signal: string | null;
  readonly lastLines: readonly string[];
}

export interface Outcome {
  readonly state: 'stopped' | 'crashed' | 'failed';
  readonly reason: string | null;
  readonly byFault: boolean;
}

export function exitOutcome(exit: Exit): Outcome {
  switch (exit.expected) {
    case 'crash':
      return { state: 'crashed', reason: 'ended by SIGKILL, as asked', byFault: true };
    case 'stop':
    case 'end': {
      const byFault = exit.expected === 'stop';
      return exit.signal === 'SIGKILL'
        ? { state: 'crashed', reason: 'did not stop within 10 s and was ended', byFault }
        : { state: 'stopped', reason: null, byFault };
    }
    case null:
      return {
        state: exit.state === 'starting' ? 'failed' : 'crashed',
        reason: exit.failure ?? reasonOf(exit),
        byFault: false,
      };
  }
}

function reasonOf(exit: Exit): string {
  const how =
    exit.signal === null ? `exit status ${String(exit.code ?? 'unknown')}` : `ended by ${exit.signal} from outside`;
  // A member that does not start says why in one line, "run: reason".
  const line =
    exit.lastLines.findLast((text) => text.startsWith('run: ')) ??
    (exit.signal === null ? exit.lastLines.at(-1) : undefined);
  return line === undefined || line === '' ? how : `${line.replace(/^run: /, '')} (${how})`;
}

/** Undefined for what is no message of ours. */
export function readFromMember(raw: unknown): FromMember | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const { kind, reason, memberId, clusterId, api, rpc, gossip } = raw as Record<string, unknown>;
  if (kind === 'failed' && typeof reason === 'string') return { kind, reason };
  if (kind !== 'listening') return undefined;
  if (typeof memberId !== 'string' || typeof clusterId !== 'string') return undefined;
  if (typeof api !== 'string' || typeof rpc !== 'string' || typeof gossip !== 'string') return undefined;
  return { kind, memberId, clusterId, api, rpc, gossip };
}
