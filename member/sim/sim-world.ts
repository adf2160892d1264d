/** Simulated members on a simulated network: the product's composition on simulated ports. */
import type { AlertEvent, HandlerSpec } from '../alerts/event.ts';
import type { Publication } from '../alerts/publication.ts';
import type { StampedObservation } from '../base/observation.ts';
import { randomBelow, randomFloat, seededRandom, type Random } from '../base/random.ts';
import { ok } from '../base/result.ts';
import type { JsonValue, StoreWrite } from '../base/store.ts';
import { startMember, type HandlerPort, type Member, type MemberOptions } from '../daemon/compose.ts';
import { lanSettings } from '../gossip/settings.ts';
import { Scheduler } from './scheduler.ts';
import { SimGossipNetwork } from './sim-gossip-network.ts';
import { SimNetwork } from './sim-network.ts';
import { SimProcess, type ClockSkew } from './sim-process.ts';
import { SimRpc, type LeavingAnswer } from './sim-rpc.ts';
import { SimStore } from './sim-store.ts';

/** How the handlers of a member behave. */
export interface HandlerBehaviour {
  readonly minMs: number;
  readonly jitterMs: number;
  readonly failureRate: number;
}

export interface WorldSettings {
  readonly redundancy: number;
  readonly delayPerMemberMs: number;
  readonly fullSyncIntervalMs: number;
}

/** What a handler sent out: the receiver has it, whatever becomes of the member afterwards. */
export interface Delivery {
  readonly atMs: number;
  readonly member: string;
  readonly handler: string;
  readonly event: AlertEvent;
}

export interface SimMember {
  readonly name: string;
  readonly host: string;
  readonly process: SimProcess;
  readonly store: SimStore;
  readonly setAside: Map<string, JsonValue>;
  readonly skew: ClockSkew;
  /** Undefined while it is down. */
  member: Member | undefined;
  /** Its ID, known since the first start. */
  id: string;
}

export interface Witness {
  onObservation(member: SimMember, observation: StampedObservation, atMs: number): void;
  onDelivery(delivery: Delivery): void;
  onAnswer(leaving: LeavingAnswer): void;
  /** A row of this member is on its disk. */
  onDurable(member: string, write: StoreWrite): void;
  onFatal(member: SimMember, reason: string): void;
}

export class SimWorld {
  readonly scheduler = new Scheduler();
  readonly random: Random;
  readonly network: SimNetwork;
  readonly settings: WorldSettings;
  readonly members = new Map<string, SimMember>();
  handlerBehaviour: HandlerBehaviour = { minMs: 2, jitterMs: 20, failureRate: 0 };
  readonly #gossip: SimGossipNetwork;
  readonly #rpc: SimRpc;
  readonly #witness: Witness;
  #outstanding = 0;

  constructor(seed: number, settings: WorldSettings, witness: Witness) {
    this.random = seededRandom(seed);
    this.settings = settings;
    this.#witness = witness;
    this.network = new SimNetwork(this.scheduler, this.random);
    this.#gossip = new SimGossipNetwork(this.network);
    this.#rpc = new SimRpc(this.network, (leaving) => witness.onAnswer(leaving));
  }

  get nowMs(): number {
    return this.scheduler.nowMs;
  }

  /** A member that was never started before. */
  create(name: string, skew: ClockSkew = { rate: 1, wallOffsetMs: 0 }): SimMember {
    const host = `10.0.0.${this.members.size + 1}`;
    const process = new SimProcess(this.scheduler, skew);
    const created: SimMember = {
      name,
      host,
      process,
      skew,
      member: undefined,
      id: '',
      store: new SimStore(this.random, (write) => this.#witness.onDurable(name, write)),
      setAside: new Map(),
    };
    this.members.set(name, created);
    this.#gossip.addHost(host, process);
    this.#rpc.addHost(host, process);
    this.start(created);
    return created;
  }

  start(target: SimMember): Member {
    const { process, store, host } = target;
    process.boot();
    const started = startMember(this.#options(target), {
      clock: process.clock(),
      random: seededRandom(this.random.nextUint32()),
      gossip: this.#gossip.port(host),
      rpc: this.#rpc.port(host),
      store: store.port(process),
      setAside: {
        write: (name, content, done) => {
          process.later(3, () => {
            target.setAside.set(name, content);
            done(ok(undefined));
          });
        },
      },
      handlers: this.#handlerPort(target),
    });
    if (!started.ok) throw new Error(`${target.name}: ${started.error}`);
    const member = started.value;
    target.member = member;
    target.id = member.memberId;
    for (const past of member.observations.after(0)) this.#witness.onObservation(target, past, this.nowMs);
    member.observations.subscribe((observation) => {
      if (target.member === member) this.#witness.onObservation(target, observation, this.nowMs);
    });
    return member;
  }

  crash(target: SimMember): void {
    if (target.process.state === 'down') return;
    target.process.kill();
    target.store.crash();
    target.member = undefined;
    this.#gossip.gone(target.host);
    this.#rpc.gone(target.host);
  }

  /** Clean stop; the process ends when the member has, and then `onDown` is called. */
  stop(target: SimMember, onDown: () => void): void {
    const { member } = target;
    if (member === undefined || target.process.state !== 'running') return;
    this.track(member.stop(), () => {
      if (target.member !== member) return;
      this.crash(target);
      onDown();
    });
  }

  /** An operation of a member; `done` runs when it has ended. */
  track<Value>(promise: Promise<Value>, done: (value: Value) => void): void {
    this.#outstanding++;
    void promise.then((value) => {
      this.#outstanding--;
      done(value);
    });
  }

  publish(target: SimMember, publication: Publication): boolean {
    if (target.member === undefined || target.process.state !== 'running') return false;
    target.member.publish(publication);
    return true;
  }

  between(min: number, max: number): number {
    return min + randomFloat(this.random) * (max - min);
  }

  chance(share: number): boolean {
    return randomFloat(this.random) < share;
  }

  pick<Item>(items: readonly Item[]): Item | undefined {
    return items.length === 0 ? undefined : items[randomBelow(this.random, items.length)];
  }

  /** Runs for a while, or until it is so. */
  async run(durationMs: number, isDone: () => boolean = () => false): Promise<boolean> {
    const endMs = this.nowMs + durationMs;
    while (!isDone()) {
      const isMore = this.scheduler.step(endMs);
      // Promises of members go on only between events.
      if (this.#outstanding > 0) for (let hop = 0; hop < 8; hop++) await Promise.resolve();
      if (!isMore) return isDone();
    }
    return true;
  }

  #options(target: SimMember): MemberOptions {
    const { host } = target;
    return {
      addresses: { gossip: `${host}:9090`, rpc: `${host}:9091`, api: `${host}:9092` },
      roles: ['worker'],
      ...this.settings,
      handlerRetryForMs: 0,
      persistTopics: true,
      joinSecret: '',
      isReachableFromOutside: false,
      clusteringRefusal: null,
      importedIds: null,
      gossipSettings: lanSettings,
      prepareHandler: () => ok({ effect: { kind: 'send' }, matches: null }),
      run: `${target.name}-${target.process.incarnation}`,
      onFatal: (reason) => this.#witness.onFatal(target, reason),
    };
  }

  #handlerPort(target: SimMember): HandlerPort {
    const { process } = target;
    return {
      attempt: (handler, event, limitMs, done) => {
        const { minMs, jitterMs, failureRate } = this.handlerBehaviour;
        const wantedMs = minMs + randomFloat(this.random) * jitterMs;
        const isTooSlow = limitMs !== null && wantedMs > limitMs;
        const durationMs = isTooSlow ? limitMs : wantedMs;
        const sentMs = durationMs * randomFloat(this.random);
        process.later(sentMs, () => this.#deliver(target, handler, event));
        const error = isTooSlow ? 'timeout' : this.chance(failureRate) ? 'status 500' : null;
        process.later(durationMs, () => done({ error, durationMs }));
      },
    };
  }

  #deliver(target: SimMember, handler: HandlerSpec, event: AlertEvent): void {
    this.#witness.onDelivery({
      atMs: this.nowMs,
      member: target.name,
      handler: `${handler.topic}/${handler.id}`,
      event,
    });
  }
}
