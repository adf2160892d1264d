/**
 * Several members of the alerts core in virtual time, over a network that loses, delays and cuts, with crashes,
 * freezes and stores that lose what was not synced. One seed gives one run.
 */
import { memberId, randomUuid, type MemberId } from '../../base/ids.ts';
import type { MemberStatus, Observation } from '../../base/observation.ts';
import { randomBelow, seededRandom, type Random } from '../../base/random.ts';
import { ok } from '../../base/result.ts';
import { assert, present } from '../../base/assert.ts';
import type { AlertEvent, HandlerSpec } from '../event.ts';
import type { MembersView } from '../alerts-io.ts';
import { readPeerAnswer, readPeerRequest } from '../message-reader.ts';
import type { PeerAnswer, PeerRequest } from '../messages.ts';
import type { Publication } from '../publication.ts';
import { SimMember, type World } from './sim-member.ts';

export interface SimOptions {
  readonly seed: number;
  readonly members: number;
  readonly redundancy: number;
  readonly delayPerMemberMs: number;
  readonly lossPercent: number;
  readonly networkDelayMs: number;
  /** How long a failed member is still thought alive. */
  readonly detectionMs: number;
  /** Wall clocks differ by up to this. */
  readonly clockSkewMs?: number;
  readonly handlers: readonly HandlerSpec[];
}

export interface Delivery {
  readonly member: MemberId;
  readonly handler: string;
  readonly topic: string;
  readonly event: string;
  readonly atMs: number;
  readonly timeNs: bigint;
  readonly level: string;
  readonly previousLevel: string;
  readonly message: string;
}

export class ClusterSim implements World {
  readonly options: SimOptions;
  readonly random_: Random;
  readonly members: SimMember[] = [];
  readonly deliveries: Delivery[] = [];
  readonly observations: { readonly member: MemberId; readonly atMs: number; readonly observation: Observation }[] = [];
  readonly #queue: { readonly atMs: number; readonly order: number; readonly run: () => void }[] = [];
  readonly #cuts = new Set<string>();
  readonly #statuses = new Map<MemberId, MemberStatus>();
  readonly #absent = new Set<MemberId>();
  readonly #notYetOwners = new Set<MemberId>();
  #nowMs = 0;
  #order = 0;
  #ownersVersion = 1;
  lossPercent: number;

  constructor(options: SimOptions) {
    this.options = options;
    this.lossPercent = options.lossPercent;
    this.random_ = seededRandom(options.seed);
    const prepare = (
      spec: HandlerSpec,
    ): ReturnType<typeof ok<{ effect: { kind: 'send' } | { kind: 'publish'; topics: string[] }; matches: null }>> => {
      const topics = spec.options?.['topics'];
      return ok({
        effect:
          spec.kind === 'publish' && Array.isArray(topics)
            ? { kind: 'publish', topics: topics.map(String) }
            : { kind: 'send' },
        matches: null,
      });
    };
    for (let i = 0; i < options.members; i++) {
      const id = memberId(randomUuid(this.random_));
      this.members.push(new SimMember(id, this, prepare, options.handlers));
      this.#statuses.set(id, 'alive');
    }
    const skewMs = options.clockSkewMs ?? 0;
    for (const member of this.members) {
      if (skewMs > 0) member.skewMs = this.random(skewMs);
      member.start(this.view());
    }
  }

  nowMs(): number {
    return this.#nowMs;
  }

  random(below: number): number {
    return randomBelow(this.random_, below);
  }

  at(ms: number, run: () => void): void {
    const entry = { atMs: ms, order: this.#order++, run };
    let low = 0;
    let high = this.#queue.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (present(this.#queue[middle], 'entry').atMs <= ms) low = middle + 1;
      else high = middle;
    }
    this.#queue.splice(low, 0, entry);
  }

  /** Runs until a time; what is scheduled beyond it stays. */
  runUntil(ms: number): void {
    for (let next = this.#queue[0]; next !== undefined && next.atMs <= ms; next = this.#queue[0]) {
      this.#queue.shift();
      this.#nowMs = next.atMs;
      next.run();
    }
    this.#nowMs = ms;
  }

  view(): MembersView {
    const { redundancy, delayPerMemberMs } = this.options;
    return {
      isInitialized: true,
      members: this.members
        .filter(({ id }) => !this.#absent.has(id))
        .map(({ id }) => ({ id, status: this.#statuses.get(id) ?? 'dead', mayOwn: !this.#notYetOwners.has(id) })),
      ownersVersion: this.#ownersVersion,
      redundancy,
      delayPerMemberMs,
      fullSyncIntervalMs: 30_000,
    };
  }

  /** All members hear of the members' status at about the same time. */
  #spreadView(): void {
    for (const member of this.members) {
      if (this.#absent.has(member.id)) continue;
      member.after(this.random(300), () => member.input({ kind: 'members', view: this.view() }));
    }
  }

  setStatus(id: MemberId, status: MemberStatus): void {
    if (this.#statuses.get(id) === status) return;
    this.#statuses.set(id, status);
    this.#spreadView();
  }

  crash(index: number, downMs: number): void {
    const member = this.member(index);
    if (member.status !== 'up') return;
    member.crash();
    this.#detect(member);
    this.at(this.#nowMs + downMs, () => {
      if (member.status !== 'down') return;
      member.start(this.view());
      this.#returned(member);
    });
  }

  freeze(index: number, frozenMs: number): void {
    const member = this.member(index);
    if (member.status !== 'up') return;
    member.freeze();
    this.#detect(member);
    this.at(this.#nowMs + frozenMs, () => {
      if (member.status !== 'frozen') return;
      member.thaw();
      this.at(this.#nowMs + 200, () => this.#returned(member));
    });
  }

  /** The others see it again; one that was removed meanwhile learns of it at this first contact. */
  #returned(member: SimMember): void {
    if (this.#absent.has(member.id)) this.#tellRemoved(member);
    else this.setStatus(member.id, 'alive');
  }

  #detect(member: SimMember): void {
    const { incarnation } = member;
    this.at(this.#nowMs + this.options.detectionMs, () => {
      if (member.status !== 'up' && member.incarnation === incarnation) this.setStatus(member.id, 'dead');
    });
  }

  /** Nothing passes between the two, in both directions or in one, for a while. */
  cut(from: number, to: number, forMs: number, isOneWay: boolean): void {
    const links = [`${from}>${to}`, ...(isOneWay ? [] : [`${to}>${from}`])];
    for (const link of links) this.#cuts.add(link);
    this.at(this.#nowMs + forMs, () => {
      for (const link of links) this.#cuts.delete(link);
    });
  }

  member(index: number): SimMember {
    return present(this.members[index], 'member');
  }

  publish(index: number, publication: Publication): void {
    const member = this.member(index);
    if (member.status === 'down') return;
    member.whenRunning(() => member.input({ kind: 'publish', publication }));
  }

  send(
    from: SimMember,
    to: MemberId,
    message: PeerRequest,
    timeoutMs: number,
    answered: (answer: PeerAnswer | null) => void,
  ): void {
    let isOver = false;
    const over = (answer: PeerAnswer | null): void => {
      if (isOver) return;
      isOver = true;
      from.whenRunning(() => answered(answer));
    };
    const { incarnation } = from;
    this.at(this.#nowMs + timeoutMs, () => {
      if (from.incarnation === incarnation) over(null);
    });
    const target = this.members.find(({ id }) => id === to);
    if (target === undefined) return;
    const read = readPeerRequest(JSON.parse(JSON.stringify(message)));
    assert(read.ok, read.ok ? '' : read.error);
    this.#carry(from, target, () => {
      if (target.status === 'down') {
        this.#carry(target, from, () => {
          if (from.incarnation === incarnation) over(null);
        });
        return;
      }
      target.whenRunning(() =>
        target.request(from.id, read.value, (answer) => {
          const back = readPeerAnswer(JSON.parse(JSON.stringify(answer)));
          assert(back.ok, back.ok ? '' : back.error);
          this.#carry(target, from, () => {
            if (from.incarnation === incarnation) over(back.value);
          });
        }),
      );
    });
  }

  #carry(from: SimMember, to: SimMember, arrived: () => void): void {
    const link = `${this.members.indexOf(from)}>${this.members.indexOf(to)}`;
    if (
      this.#absent.has(from.id) ||
      this.#absent.has(to.id) ||
      this.#cuts.has(link) ||
      this.random(100) < this.lossPercent
    )
      return;
    this.at(this.#nowMs + 1 + this.random(this.options.networkDelayMs), () => {
      if (!this.#cuts.has(link)) arrived();
    });
  }

  delivered(member: SimMember, handler: HandlerSpec, event: AlertEvent): void {
    const { topic, id, level, previousLevel, timeNs, message } = event;
    this.deliveries.push({
      member: member.id,
      handler: handler.id,
      topic,
      event: id,
      atMs: this.#nowMs,
      timeNs,
      level,
      previousLevel,
      message,
    });
  }

  observed(member: SimMember, observation: Observation): void {
    this.observations.push({ member: member.id, atMs: this.#nowMs, observation });
  }

  /** The network loses nothing more, every member runs. */
  heal(): void {
    this.lossPercent = 0;
    this.#cuts.clear();
    for (const member of this.members) {
      if (this.#absent.has(member.id)) continue;
      if (member.status === 'down') member.start(this.view());
      if (member.status === 'frozen') member.thaw();
      this.setStatus(member.id, 'alive');
    }
  }

  isAbsent(member: SimMember): boolean {
    return this.#absent.has(member.id);
  }

  /** One member is removed from the cluster for good; its peers refuse it from now on. */
  remove(index: number): void {
    const { id } = this.member(index);
    this.#absent.add(id);
    this.#ownersVersion++;
    this.#spreadView();
    this.#tellRemoved(this.member(index));
  }

  #tellRemoved(member: SimMember): void {
    if (member.status !== 'up') return;
    // D11: the cluster's handlers are set aside with it.
    member.input({ kind: 'handlers', specs: [] });
    member.input({ kind: 'members', view: { ...this.view(), isInitialized: false, members: [] } });
  }
}
