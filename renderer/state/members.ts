/**
 * What the window says about members. The ring is what the *others* believe, the badge what happened to the
 * process: they may differ, and the difference is the lesson (design.md, principle 4).
 */
import type {
  HostState,
  LabMember,
  MemberStatusName,
  MemberView,
  ProcessState,
} from '../../electron/contract/state.ts';
import { memberOf, nameOf } from './names.ts';
import { numberOf } from './words.ts';

/** `unknown`: nobody who answers has a view. `ghost`: a place on the map whose process was never started. */
export type MapStatus = MemberStatusName | 'starting' | 'unknown' | 'ghost';

/** What was done to a process, or befell it. */
export type Badge = 'crashed' | 'frozen' | 'stopped' | 'failed';

export interface MemberFacts {
  readonly name: string;
  readonly number: string;
  readonly id: string | null;
  readonly status: MapStatus;
  readonly process: ProcessState;
  readonly badge: Badge | null;
  readonly byFault: boolean;
  /** Observers whose view is the shown status. */
  readonly believedBy: readonly string[];
  /** Since when, wall milliseconds: the first belief for suspect and dead, else the last to agree. */
  readonly since: number;
  /** Earliest instant at which a suspecting observer declares it dead. */
  readonly deadAt: number | null;
  /** When the suspicion that ends at `deadAt` began. */
  readonly suspectSince: number | null;
}

const severity: Readonly<Record<MemberStatusName, number>> = { alive: 0, left: 1, suspect: 2, dead: 3 };

/** A process that can answer: its views count and its lanes are its own. */
export function answers(member: LabMember): boolean {
  return member.process === 'running';
}

interface ViewOf {
  readonly observer: LabMember;
  readonly view: MemberView;
}

/** What the members that answer believe of one member. */
function viewsAbout(host: HostState, name: string): readonly ViewOf[] {
  const found: ViewOf[] = [];
  for (const observer of host.members) {
    if (observer.name === name || !answers(observer)) continue;
    const view = observer.views.find((candidate) => nameOf(host.members, candidate.member) === name);
    if (view !== undefined) found.push({ observer, view });
  }
  return found;
}

export function memberFacts(host: HostState, member: LabMember): MemberFacts {
  const views = viewsAbout(host, member.name);
  const status = statusOf(member, views);
  const believers = views.filter(({ view }) => view.status === status);
  const suspicions = views.filter(({ view }) => view.status === 'suspect' && view.deadAt !== null);
  const first = suspicions.toSorted((a, b) => (a.view.deadAt ?? 0) - (b.view.deadAt ?? 0))[0];
  return {
    name: member.name,
    number: numberOf(member.name),
    id: member.id,
    status,
    process: member.process,
    badge: badgeOf(member.process),
    byFault: member.byFault,
    believedBy: believers.map(({ observer }) => observer.name),
    since: sinceOf(member, status, believers),
    deadAt: first?.view.deadAt ?? null,
    suspectSince: first?.view.since ?? null,
  };
}

export function allMembers(host: HostState): readonly MemberFacts[] {
  return host.members.map((member) => memberFacts(host, member));
}

function statusOf(member: LabMember, views: readonly ViewOf[]): MapStatus {
  const worst = worstStatus(views);
  if (member.process === 'starting' && worst !== 'alive' && worst !== 'suspect') return 'starting';
  if (worst !== null) return worst;
  if (member.process === 'running') return 'alive';
  return member.process === 'stopped' ? 'left' : 'unknown';
}

function worstStatus(views: readonly ViewOf[]): MemberStatusName | null {
  let worst: MemberStatusName | null = null;
  for (const { view } of views) if (worst === null || severity[view.status] > severity[worst]) worst = view.status;
  return worst;
}

function badgeOf(process: ProcessState): Badge | null {
  return process === 'starting' || process === 'running' ? null : process;
}

function sinceOf(member: LabMember, status: MapStatus, believers: readonly ViewOf[]): number {
  const times = believers.map(({ view }) => view.since);
  if (times.length === 0) return member.processSince;
  return status === 'alive' ? Math.max(...times) : Math.min(...times);
}

/** The process that answers and believes the member well: what "carries on" means in the story line. */
export function carriesOn(facts: MemberFacts): boolean {
  return facts.process === 'running' && facts.status === 'alive';
}

export type Cell =
  | { readonly kind: 'self' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'none' }
  | { readonly kind: 'view'; readonly status: MemberStatusName; readonly differs: boolean };

export interface Matrix {
  readonly rows: readonly { readonly observer: string; readonly cells: readonly Cell[] }[];
  /** All who answer believe the same of each. */
  readonly isAgreed: boolean;
  /** Since when they agree, or since when they differ. Null without views. */
  readonly since: number | null;
  /** Members about whom views differ from each other. */
  readonly disputed: readonly string[];
}

/** Who believes what. A disagreement is between observers that answer; one that is cut off counts as well. */
export function beliefMatrix(host: HostState): Matrix {
  const disputed = host.members
    .filter((member) => isDisputed(viewsAbout(host, member.name)))
    .map((member) => member.name);
  const rows = host.members.map((observer) => ({
    observer: observer.name,
    cells: host.members.map((target) => cellOf(host, observer, target, disputed)),
  }));
  const stamps = host.members.flatMap((member) => viewsAbout(host, member.name).map(({ view }) => view.since));
  return { rows, isAgreed: disputed.length === 0, since: matrixSince(host, disputed, stamps), disputed };
}

function matrixSince(host: HostState, disputed: readonly string[], stamps: readonly number[]): number | null {
  if (stamps.length === 0) return null;
  if (disputed.length === 0) return Math.max(...stamps);
  return Math.min(...disputed.map((name) => disputeSince(viewsAbout(host, name))));
}

/** The first observer to leave the common view began the dispute: the oldest view that is not the oldest belief. */
function disputeSince(views: readonly ViewOf[]): number {
  const oldest = views.toSorted((a, b) => a.view.since - b.view.since)[0];
  const others = views.filter(({ view }) => view.status !== oldest?.view.status).map(({ view }) => view.since);
  return Math.min(...others);
}

function isDisputed(views: readonly ViewOf[]): boolean {
  const first = views[0];
  return first !== undefined && views.some(({ view }) => view.status !== first.view.status);
}

function cellOf(host: HostState, observer: LabMember, target: LabMember, disputed: readonly string[]): Cell {
  if (observer.name === target.name) return { kind: 'self' };
  if (!answers(observer)) return { kind: 'silent' };
  const view = observer.views.find((candidate) => memberOf(host.members, candidate.member)?.name === target.name);
  return view === undefined
    ? { kind: 'none' }
    : { kind: 'view', status: view.status, differs: disputed.includes(target.name) };
}
