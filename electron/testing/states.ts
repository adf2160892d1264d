/** The states of a lab as its host keeps them: three members, each of which lists all three, itself among them. */
import type { HostState, LabMember } from '../contract/state.ts';
import { aHost, aMember, aView, memberName } from '../contract/testing/states.ts';

const numbers = [1, 2, 3];

export function labMemberState(number: number, extra: Partial<LabMember> = {}): LabMember {
  const views = numbers.map((other) => aView(memberName(other)));
  return aMember(number, { pid: 100 + number, views, ...extra });
}

export function hostState(extra: Partial<HostState> = {}): HostState {
  return aHost({ members: numbers.map((number) => labMemberState(number)), ...extra });
}
