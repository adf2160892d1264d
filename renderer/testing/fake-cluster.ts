/**
 * An in-memory cluster that behaves as a real one looks from outside: members probe each other once a second, a
 * silent one is suspected and declared dead, alerts go to the first owner or, after the delay, to the next. It is
 * driven by `advanceTo`, so a test runs it on its own time and the demo on the wall clock.
 */
import type { Change, LogLine, ObservationNotice } from '../../electron/contract/notices.ts';
import type {
  AlertRecord,
  AlertStep,
  HostState,
  LabMember,
  LevelName,
  MemberStatusName,
  MemberView,
  ProcessState,
} from '../../electron/contract/state.ts';
import { aMember, anAlert, aPlan, aTopic, aView, idOf } from '../../electron/contract/testing/states.ts';

const probeEveryMs = 1_000;
const ackTimeoutMs = 500;
const gossipMs = 180;
const suspicionMs = 4_000;

export interface ClusterEvents {
  change(...changes: Change[]): void;
  observe(...notices: ObservationNotice[]): void;
  log(line: Omit<LogLine, 'seq'>): void;
}

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

export class FakeCluster {
  state: HostState;
  private readonly events: ClusterEvents;
  private queue: Entry[] = [];
  private order = 0;
  private clock: number;
  private seqNo = 0;
  private readonly turn = new Map<string, number>();

  constructor(state: HostState, events: ClusterEvents, now: number) {
    this.state = state;
    this.events = events;
    this.clock = now;
  }

  get now(): number {
    return this.clock;
  }

  in(ms: number, run: () => void): void {
    this.queue.push({ at: this.clock + ms, order: this.order++, run });
  }

  advanceTo(now: number): void {
    for (;;) {
      const next = this.queue.toSorted((a, b) => a.at - b.at || a.order - b.order)[0];
      if (next === undefined || next.at > now) break;
      this.queue = this.queue.filter((entry) => entry !== next);
      this.clock = Math.max(this.clock, next.at);
      next.run();
    }
    this.clock = Math.max(this.clock, now);
  }

  /** Takes up what a given state is in the middle of: suspicions that run out, owners that wait. */
  resume(): void {
    for (const observer of this.state.members) {
      for (const view of observer.views) {
        const { deadAt, member } = view;
        if (deadAt !== null) this.in(deadAt - this.clock, () => this.declareDead(observer.name, member, deadAt));
      }
    }
    for (const alert of this.state.alerts) {
      const wait = alert.outcome === 'pending' ? alert.steps.find((step) => step.did === 'waiting') : undefined;
      if (wait === undefined) continue;
      const rank = wait.rank ?? 1;
      const until = wait.at + rank * this.state.lab.plan.delayPerMemberMs;
      this.in(until - this.clock, () => this.handle(alert.key, wait.member, rank, 'took-over'));
    }
  }

  /** Begins the probing of every member that runs. */
  begin(): void {
    this.state.members.forEach((member, index) => this.in(120 + index * 290, () => this.probeLoop(member.name)));
  }

  member(name: string): LabMember {
    const found = this.state.members.find((member) => member.name === name);
    if (found === undefined) throw new Error(`no member ${name}`);
    return found;
  }

  set(change: Change): void {
    this.apply(change);
    this.events.change(change);
  }

  private apply(change: Change): void {
    switch (change.part) {
      case 'lab':
        this.state = { ...this.state, lab: change.value };
        break;
      case 'member': {
        const index = this.state.members.findIndex((member) => member.name === change.value.name);
        const members =
          index < 0 ? [...this.state.members, change.value] : this.state.members.with(index, change.value);
        this.state = { ...this.state, members };
        break;
      }
      case 'member-gone':
        this.state = { ...this.state, members: this.state.members.filter((member) => member.name !== change.name) };
        break;
      case 'alert': {
        const rest = this.state.alerts.filter((alert) => alert.key !== change.value.key);
        this.state = { ...this.state, alerts: [...rest, change.value].toSorted((a, b) => b.at - a.at) };
        break;
      }
      case 'alerts-cleared':
        this.state = { ...this.state, alerts: [] };
        break;
      case 'command':
        this.state = { ...this.state, commands: [...this.state.commands, change.value] };
        break;
      default:
        this.state = { ...this.state, [change.part]: change.value };
    }
  }

  setMember(name: string, part: Partial<LabMember>): void {
    this.set({ part: 'member', value: { ...this.member(name), ...part } });
  }

  setProcess(name: string, process: ProcessState, byFault: boolean): void {
    this.setMember(name, {
      process,
      byFault,
      processSince: this.clock,
      pid: process === 'crashed' || process === 'stopped' ? null : (this.member(name).pid ?? 50_000 + this.seqNo),
    });
    this.say(name, process === 'running' ? 'info' : 'warn', `process is ${process}`);
  }

  isCut(from: string, to: string): boolean {
    return this.state.links.some((link) => link.from === from && link.to === to && link.cut);
  }

  private runs(name: string): boolean {
    return this.state.members.some((member) => member.name === name && member.process === 'running');
  }

  private reaches(from: string, to: string): boolean {
    return this.runs(from) && this.runs(to) && !this.isCut(from, to);
  }

  viewOf(observer: string, target: string): MemberView | undefined {
    return this.member(observer).views.find((view) => view.member === target);
  }

  setView(observer: string, target: string, status: MemberStatusName, part: Partial<MemberView> = {}): void {
    const views = this.member(observer).views.filter((view) => view.member !== target);
    const incarnation = part.incarnation ?? this.viewOf(observer, target)?.incarnation ?? 1;
    this.setMember(observer, {
      seenAt: this.clock,
      views: [...views, aView(target, status, { since: this.clock, deadAt: null, ...part, incarnation })],
    });
  }

  private observe(
    observer: string,
    kind: string,
    target: string,
    fields: Readonly<Record<string, unknown>> = {},
  ): void {
    this.events.observe({
      member: observer,
      at: this.clock,
      observation: { kind, member: idOf(Number(target.split('-')[1])), ...fields },
    });
  }

  private say(member: string, level: LogLine['level'], text: string): void {
    this.events.log({ member, at: this.clock, level, text });
  }

  private probeLoop(name: string): void {
    if (!this.state.members.some((member) => member.name === name)) return;
    this.in(probeEveryMs, () => this.probeLoop(name));
    if (!this.runs(name)) return;
    const targets = this.member(name).views.filter((view) => view.status === 'alive' || view.status === 'suspect');
    const turn = (this.turn.get(name) ?? 0) + 1;
    this.turn.set(name, turn);
    const target = targets[turn % Math.max(1, targets.length)];
    if (target !== undefined) this.probe(name, target.member);
  }

  private probe(from: string, to: string): void {
    const seqNo = ++this.seqNo;
    this.observe(from, 'probe-started', to, { seqNo });
    const delay = this.state.links
      .filter((link) => (link.from === from && link.to === to) || (link.from === to && link.to === from))
      .reduce((sum, link) => sum + link.delayMs, 0);
    this.in(1 + delay, () => {
      if (this.reaches(from, to) && this.reaches(to, from)) {
        this.observe(from, 'probe-acked', to, {
          seqNo,
          via: 'direct',
          roundTripMs: 0.3 + ((seqNo * 7) % 4) / 10 + delay,
        });
        return;
      }
      this.in(ackTimeoutMs, () => this.probeThrough(from, to, seqNo));
    });
  }

  private probeThrough(from: string, to: string, seqNo: number): void {
    if (!this.runs(from)) return;
    const relays = this.state.members
      .map((member) => member.name)
      .filter((name) => name !== from && name !== to && this.reaches(from, name));
    this.observe(from, 'probe-indirect', to, { seqNo, relays: relays.map((name) => idOf(Number(name.split('-')[1]))) });
    const relay = relays.find((name) => this.reaches(name, to) && this.reaches(to, name));
    this.in(ackTimeoutMs, () => {
      if (!this.runs(from)) return;
      if (relay !== undefined && this.runs(to)) {
        this.observe(from, 'probe-acked', to, { seqNo, via: 'relay', roundTripMs: 1.1 });
        return;
      }
      this.observe(from, 'probe-failed', to, { seqNo, nacksExpected: relays.length, nacksReceived: relays.length });
      if (this.viewOf(from, to)?.status === 'alive') this.suspect(from, to, from);
    });
  }

  private suspect(observer: string, target: string, from: string): void {
    const deadAt = this.clock + suspicionMs;
    this.setView(observer, target, 'suspect', { deadAt });
    this.observe(observer, 'suspected', target, {
      from: idOf(Number(from.split('-')[1])),
      incarnation: 1,
      timeoutMs: suspicionMs,
    });
    this.say(observer, 'warn', `memberlist: suspect ${target} has failed, no acks received`);
    this.in(suspicionMs, () => this.declareDead(observer, target, deadAt));
    if (observer !== from) return;
    for (const other of this.state.members.map((member) => member.name)) {
      if (other === observer) continue;
      this.in(gossipMs, () => this.hear(observer, other, target));
    }
  }

  private hear(from: string, other: string, target: string): void {
    if (!this.reaches(from, other)) return;
    if (other === target) this.refute(target);
    else if (this.viewOf(other, target)?.status === 'alive') this.suspect(other, target, from);
  }

  private refute(target: string): void {
    const incarnation =
      Math.max(
        ...this.state.members.map((member) => member.views.find((view) => view.member === target)?.incarnation ?? 1),
      ) + 1;
    this.observe(target, 'refuted', target, { incarnation });
    for (const other of this.state.members.map((member) => member.name)) {
      if (other !== target && this.reaches(target, other)) this.setView(other, target, 'alive', { incarnation });
    }
  }

  private declareDead(observer: string, target: string, deadAt: number): void {
    const view = this.runs(observer) ? this.viewOf(observer, target) : undefined;
    if (view?.status !== 'suspect' || view.deadAt !== deadAt) return;
    this.setView(observer, target, 'dead');
    this.observe(observer, 'status', target, {
      status: 'dead',
      previous: 'suspect',
      from: null,
      incarnation: view.incarnation,
    });
    this.say(observer, 'warn', `memberlist: marking ${target} as failed, suspect timeout reached`);
  }

  /** A process that begins to run meets all it can reach. */
  meet(name: string): void {
    for (const other of this.state.members.map((member) => member.name)) {
      if (other === name || !this.runs(other) || this.isCut(name, other)) continue;
      this.setView(other, name, 'alive', { incarnation: (this.viewOf(other, name)?.incarnation ?? 0) + 1 });
      this.setView(name, other, 'alive');
    }
  }

  leave(name: string): void {
    for (const other of this.state.members.map((member) => member.name))
      if (other !== name && this.runs(other)) this.setView(other, name, 'left');
  }

  join(number: number): void {
    const member = aMember(number, {
      process: 'starting',
      processSince: this.clock,
      views: [],
      seenAt: null,
      clusterState: null,
    });
    this.set({ part: 'member', value: member });
    this.in(700, () => {
      this.setMember(member.name, {
        process: 'running',
        processSince: this.clock,
        clusterState: 'initialized',
        seenAt: this.clock,
      });
      this.meet(member.name);
      this.probeLoop(member.name);
    });
  }

  plan(count: number): void {
    this.set({ part: 'lab', value: { ...this.state.lab, plan: aPlan(count) } });
  }

  /** An event that every running member's task publishes; the owners of the topic do the rest. */
  raise(event: string, level: LevelName, isInline = false): void {
    const at = this.clock;
    const key = `${event}|${level}|${at}`;
    const publishers = this.state.members.filter((member) => member.process === 'running');
    this.put(
      anAlert({
        key,
        event,
        level,
        at,
        inline: isInline,
        task: event.split(':')[0] ?? event,
        topic: isInline ? `main:${event.split(':')[0] ?? ''}` : 'cpu-alerts',
      }),
    );
    publishers.forEach((member, index) => this.in(12 + 2 * index, () => this.step(key, 'published', member.name)));
    if (isInline)
      publishers.forEach((member, index) => this.in(30 + 3 * index, () => this.deliver(key, member.name, 'inline')));
    else this.in(16, () => this.reachOwners(key));
  }

  private reachOwners(key: string): void {
    const owners = (this.state.topics.find((topic) => topic.topic === 'cpu-alerts') ?? aTopic()).owners;
    owners.forEach((id, rank) => {
      const owner = this.state.members.find((member) => member.id === id)?.name;
      if (owner === undefined || !this.runs(owner)) return;
      this.step(key, 'received', owner, { rank });
      if (rank === 0) this.in(4, () => this.handle(key, owner, rank, 'handled'));
      else this.holdFor(key, owner, rank);
    });
  }

  private holdFor(key: string, owner: string, rank: number): void {
    this.step(key, 'waiting', owner, { rank });
    this.in(rank * this.state.lab.plan.delayPerMemberMs, () => {
      if (this.runs(owner) && this.alert(key)?.outcome === 'pending') this.handle(key, owner, rank, 'took-over');
    });
  }

  private handle(key: string, owner: string, rank: number, did: 'handled' | 'took-over'): void {
    this.step(key, did, owner, { rank });
    this.in(18, () => this.deliver(key, owner, 'attempted', rank));
  }

  private deliver(key: string, member: string, did: 'attempted' | 'inline', rank: number | null = null): void {
    const alert = this.alert(key);
    if (alert === undefined) return;
    const path = did === 'inline' ? '/t/inline' : '/t/cpu-alerts';
    this.step(key, did, member, {
      rank,
      note: did === 'inline' ? `POST ${path}, 200` : `pager: POST ${path}, 200 in 17 ms`,
    });
    const deliveries = [...alert.deliveries, { member: idOf(Number(member.split('-')[1])), at: this.clock, path }];
    const outcome = did === 'inline' ? 'inline' : deliveries.length === 1 ? 'once' : 'duplicate';
    const published = alert.steps.find((step) => step.did === 'published')?.at ?? alert.at;
    const latencyMs = alert.latencyMs ?? this.clock - Math.max(alert.at, published);
    this.put({ ...(this.alert(key) ?? alert), deliveries, outcome, latencyMs });
    this.set({ part: 'lab', value: { ...this.state.lab, deliveries: this.state.lab.deliveries + 1 } });
    if (did !== 'attempted') return;
    for (const other of alert.steps.filter((step) => step.did === 'waiting' && step.member !== member)) {
      this.in(3, () => this.step(key, 'told', other.member, { rank: other.rank, note: `by ${member}` }));
    }
  }

  private alert(key: string): AlertRecord | undefined {
    return this.state.alerts.find((alert) => alert.key === key);
  }

  private put(value: AlertRecord): void {
    this.set({ part: 'alert', value });
  }

  private step(key: string, did: AlertStep['did'], member: string, part: Partial<AlertStep> = {}): void {
    const alert = this.alert(key);
    if (alert === undefined) return;
    const ranks = this.state.topics.find((topic) => topic.topic === alert.topic)?.owners ?? [];
    const rank = ranks.indexOf(this.member(member).id ?? '');
    this.put({
      ...alert,
      steps: [...alert.steps, { at: this.clock, member, rank: rank < 0 ? null : rank, did, note: '', ...part }],
    });
    this.say(member, 'info', `topic=${alert.topic} event=${alert.event} ${did}`);
  }
}
