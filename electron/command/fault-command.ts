/** `kapacitor-lab fault …` as calls of the contract. Pure. */
import { err, ok, type Result } from '../../member/base/result.ts';
import type { RequestInput, RequestName } from '../contract/requests.ts';
import type { HostState } from '../contract/state.ts';
import type { ClientCommand } from './arguments.ts';

export type FaultCall = {
  readonly [R in RequestName]: { readonly name: R; readonly input: RequestInput<R> };
}[RequestName];

type LinkFault = RequestInput<'link.fault'>['fault'];

const healthy = { cut: false, delayMs: 0, jitterMs: 0, loss: 0 };

export function faultCalls(command: ClientCommand, state: HostState): Result<FaultCall[], string> {
  const [verb = '', ...words] = command.words;
  const [first = '', second = '', third = ''] = words;
  const need = (count: number, form: string): string | null =>
    words.length === count ? null : `usage: kapacitor-lab fault ${verb} ${form}`;
  const link = (fault: LinkFault): Result<FaultCall[], string> => ok(linkCalls(first, second, fault, command.isOneWay));
  switch (verb) {
    case 'crash':
    case 'freeze':
    case 'thaw':
    case 'stop':
    case 'start': {
      const problem = need(1, 'MEMBER');
      return problem === null ? ok([{ name: `member.${verb}`, input: { name: first } }]) : err(problem);
    }
    case 'cut': {
      const problem = need(2, 'A B [--one-way]');
      return problem === null ? link({ ...healthy, cut: true }) : err(problem);
    }
    case 'delay': {
      const ms = /^(\d{1,5})(ms)?$/.exec(third)?.[1];
      const problem =
        need(3, 'A B MS [--jitter MS] [--one-way]') ??
        (ms === undefined ? `${third}: 0 to 60000 milliseconds are wanted` : null);
      return problem === null ? link({ ...healthy, delayMs: Number(ms), jitterMs: command.jitterMs }) : err(problem);
    }
    case 'loss': {
      const percent = /^(\d{1,3}(?:\.\d+)?)%?$/.exec(third)?.[1];
      const isPercent = percent !== undefined && Number(percent) <= 100;
      const problem =
        need(3, 'A B PERCENT [--one-way]') ?? (isPercent ? null : `${third}: 0 to 100 per cent are wanted`);
      return problem === null ? link({ ...healthy, loss: Number(percent) / 100 }) : err(problem);
    }
    case 'heal':
      if (words.length === 0) return ok([{ name: 'faults.heal', input: null }]);
      return words.length === 1 ? ok(healMember(first, state)) : link(null);
    case 'undo':
      return ok([{ name: 'faults.undo', input: null }]);
    case 'incident': {
      const kind = second === 'none' ? null : second;
      const isKind = kind === null || kind === 'hot' || kind === 'gap' || kind === 'flapping';
      return words.length === 2 && isKind
        ? ok([{ name: 'data.incident', input: { host: first, incident: kind } }])
        : err('usage: kapacitor-lab fault incident HOST hot|gap|flapping|none');
    }
    case 'alert': {
      const problem = need(2, 'TOPIC MEMBER');
      return problem === null ? ok([{ name: 'alerts.test', input: { topic: first, member: second } }]) : err(problem);
    }
    default:
      return err(
        `unknown fault ${verb}; known are crash, freeze, thaw, stop, start, cut, delay, loss, heal, undo, incident, alert`,
      );
  }
}

function linkCalls(from: string, to: string, fault: LinkFault, isOneWay: boolean): FaultCall[] {
  const one = (a: string, b: string): FaultCall => ({ name: 'link.fault', input: { from: a, to: b, fault } });
  return isOneWay ? [one(from, to)] : [one(from, to), one(to, from)];
}

/** Its links, and its process where that is not running. */
function healMember(name: string, state: HostState): FaultCall[] {
  const links = state.links.filter(({ from, to }) => from === name || to === name);
  const calls: FaultCall[] = links.map(({ from, to }) => ({ name: 'link.fault', input: { from, to, fault: null } }));
  const process = state.members.find((member) => member.name === name)?.process;
  if (process === 'frozen') calls.push({ name: 'member.thaw', input: { name } });
  else if (process !== 'running') calls.push({ name: 'member.start', input: { name } });
  return calls;
}
