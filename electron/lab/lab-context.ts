/** What the parts of one lab share: its plan, its state, its processes and its journal. */
import { err, ok, type Result } from '../../member/base/result.ts';
import type { Change } from '../contract/notices.ts';
import type { Lab as LabState, LabMember, LabPlan, PlanStep } from '../contract/state.ts';
import type { FaultBook } from './fault-book.ts';
import type { GuardLink } from './guard-link.ts';
import type { Journal } from './journal.ts';
import type { LabError } from './lab-error.ts';
import { MemberClient } from './member-client.ts';
import type { Plan, PlannedMember } from './plan.ts';
import type { Programs } from './programs.ts';
import type { StateStore } from './state-store.ts';
import type { Supervisor } from './supervisor.ts';

export interface LabContext {
  readonly store: StateStore;
  readonly programs: Programs;
  readonly journal: Journal;
  readonly supervisor: Supervisor;
  readonly guard: GuardLink;
  readonly faults: FaultBook;
  plan: Plan;
}

export function memberState(context: { readonly store: StateStore }, name: string): LabMember | undefined {
  return context.store.state.members.find((member) => member.name === name);
}

export function updateMember(
  context: { readonly store: StateStore },
  name: string,
  next: (member: LabMember) => LabMember,
): void {
  const member = memberState(context, name);
  const changed = member === undefined ? undefined : next(member);
  if (changed !== undefined && changed !== member) context.store.change({ part: 'member', value: changed });
}

export function updateLab(context: { readonly store: StateStore }, part: Partial<LabState>): void {
  context.store.change({ part: 'lab', value: { ...context.store.state.lab, ...part } });
}

export function updateStep(context: { readonly store: StateStore }, id: string, part: Partial<PlanStep>): void {
  const { steps } = context.store.state.lab;
  updateLab(context, { steps: steps.map((step) => (step.id === id ? { ...step, ...part } : step)) });
}

/** The name shown for a member ID; the ID itself for strangers. */
export function nameOf(context: { readonly store: StateStore }): (memberId: string) => string {
  return (memberId) => context.store.state.members.find(({ id }) => id === memberId)?.name ?? memberId;
}

export function apiOf(member: PlannedMember): string {
  return `http://127.0.0.1:${member.api}`;
}

export function clientOf(member: PlannedMember): MemberClient {
  return new MemberClient(apiOf(member));
}

/** Planned members whose process runs and answers. */
export function runningMembers(context: Pick<LabContext, 'store' | 'plan'>): PlannedMember[] {
  return context.plan.members.filter(({ name }) => memberState(context, name)?.process === 'running');
}

/** A running member other than the named one, for what any member can be asked. */
export function anotherMember(context: LabContext, name: string): Result<PlannedMember, LabError> {
  const running = runningMembers(context).filter((member) => member.name !== name);
  const best =
    running.find((member) => memberState(context, member.name)?.clusterState === 'initialized') ?? running[0];
  return best === undefined
    ? err({ code: 'wrong-state', message: `no other member runs that could be asked` })
    : ok(best);
}

/** Every running member lists exactly the running members as alive, and no other member as anything but dead or left. */
export function membersAgree(context: LabContext): boolean {
  const names = runningMembers(context).map(({ name }) => name);
  return names.every((observer) => {
    const alive = memberState(context, observer)?.views.filter(({ status }) => status === 'alive') ?? [];
    return alive.length === names.length && alive.every(({ member }) => names.includes(member));
  });
}

export function emptyMember(planned: PlannedMember): LabMember {
  return {
    name: planned.name,
    id: null,
    pid: null,
    process: 'stopped',
    processSince: Date.now(),
    reason: null,
    byFault: false,
    api: apiOf(planned),
    rpc: `127.0.0.1:${planned.rpc}`,
    gossip: `127.0.0.1:${planned.gossip}`,
    clusterState: null,
    clusterId: null,
    views: [],
    seenAt: null,
  };
}

export function planShown(plan: Plan): LabPlan {
  const { name, dir, members, inboxPort, redundancy, delayPerMemberMs, data, portNotes } = plan;
  return { name, dir, members, inboxPort, redundancy, delayPerMemberMs, data: data.kind, portNotes };
}

/** Faults as they now stand, to the page and the journal. */
export function showFaults(context: LabContext): void {
  const links = context.faults.linkFaults();
  const changes: Change[] = [{ part: 'faults', value: context.faults.active() }];
  if (JSON.stringify(links) !== JSON.stringify(context.store.state.links)) {
    changes.push({ part: 'links', value: links });
    context.journal.write({ kind: 'links', links });
  }
  context.store.change(...changes);
}
