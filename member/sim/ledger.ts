/** What happened in a run, as far as the checkers need it. */
import type { HandlingCause, StampedObservation } from '../base/observation.ts';
import type { StoreWrite } from '../base/store.ts';
import { checkAcknowledgement } from './check-acknowledgements.ts';
import type { LeavingAnswer } from './sim-rpc.ts';
import type { Delivery, SimMember, SimWorld, Witness } from './sim-world.ts';

/** A broken invariant of cluster.md section 11; 0: something else that must not happen. */
export interface Violation {
  readonly invariant: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;
  readonly atMs: number;
  readonly text: string;
}

/** One event of the workload; its time names it. */
export interface LoggedEvent {
  readonly timeNs: bigint;
  readonly topic: string;
  readonly publishedAtMs: number;
  readonly publishers: Set<string>;
  /** IDs of the owners that publishers have named. */
  readonly owners: Set<string>;
  /** Members on whose disk it has been, waiting or to be sent on. */
  readonly durableAt: Set<string>;
  readonly deliveries: Delivery[];
  readonly handled: { readonly member: string; readonly atMs: number; readonly cause: HandlingCause }[];
  hasSecondOnRecord: boolean;
}

/** Something that was done to a member or to the network. */
export interface Fault {
  readonly kind: string;
  /** Null: to the network as a whole. */
  readonly member: string | null;
  readonly fromMs: number;
  toMs: number;
}

/** A `member add` or `member remove` that a run has asked for. */
export interface MembershipOperation {
  readonly kind: 'add' | 'remove';
  readonly target: string;
  readonly by: string;
  readonly fromMs: number;
  toMs: number | null;
  isDone: boolean;
}

export class Ledger implements Witness {
  readonly events = new Map<bigint, LoggedEvent>();
  readonly faults: Fault[] = [];
  readonly operations: MembershipOperation[] = [];
  /** When members have learnt that they were removed, by name. */
  readonly departures: { readonly member: string; readonly id: string; readonly atMs: number }[] = [];
  /** When members have begun to run. */
  readonly starts: { readonly member: string; readonly atMs: number }[] = [];
  readonly violations: Violation[] = [];
  readonly observationCounts = new Map<string, number>();
  /** For a trace; off unless asked for. */
  onTrace: ((line: string) => void) | undefined;
  /** Added when somebody looks at every status change as it happens. */
  onStatus:
    | ((observer: SimMember, observation: Extract<StampedObservation, { kind: 'status' }>, atMs: number) => void)
    | undefined;
  onMembership:
    | ((
        observer: SimMember,
        observation: Extract<StampedObservation, { kind: 'member-added' | 'member-removed' }>,
      ) => void)
    | undefined;
  #world: SimWorld | undefined;

  watch(world: SimWorld): void {
    this.#world = world;
  }

  violate(invariant: Violation['invariant'], text: string): void {
    this.violations.push({ invariant, atMs: Math.round(this.#world?.nowMs ?? 0), text });
  }

  fault(kind: string, member: string | null, durationMs: number): Fault {
    const fromMs = this.#world?.nowMs ?? 0;
    const fault = { kind, member, fromMs, toMs: fromMs + durationMs };
    this.faults.push(fault);
    this.onTrace?.(`${fromMs.toFixed(1)} fault ${kind} ${member ?? 'network'} for ${Math.round(durationMs)} ms`);
    return fault;
  }

  published(timeNs: bigint, topic: string, member: string): void {
    let event = this.events.get(timeNs);
    if (event === undefined) {
      event = {
        timeNs,
        topic,
        publishedAtMs: this.#world?.nowMs ?? 0,
        publishers: new Set(),
        owners: new Set(),
        durableAt: new Set(),
        deliveries: [],
        handled: [],
        hasSecondOnRecord: false,
      };
      this.events.set(timeNs, event);
    }
    event.publishers.add(member);
  }

  onObservation(member: SimMember, observation: StampedObservation, atMs: number): void {
    const { kind } = observation;
    this.observationCounts.set(kind, (this.observationCounts.get(kind) ?? 0) + 1);
    if (this.onTrace !== undefined) this.onTrace(`${atMs.toFixed(1)} ${member.name} ${traceText(observation)}`);
    switch (observation.kind) {
      case 'cluster-state':
        if (observation.cause === 'start') this.starts.push({ member: member.name, atMs });
        return;
      case 'published':
        for (const owner of observation.owners) this.#eventOf(observation.eventTime)?.owners.add(owner);
        return;
      case 'handled':
        this.#eventOf(observation.eventTime)?.handled.push({
          member: member.name,
          atMs,
          cause: observation.cause ?? 'first-owner',
        });
        return;
      // A takeover is on record before its delivery, also if the member never gets to say `handled`.
      case 'owner-took-over':
      case 'owner-asking':
      case 'delivered-twice': {
        const event = this.#eventOf(observation.eventTime);
        if (event !== undefined) event.hasSecondOnRecord = true;
        return;
      }
      case 'status':
        return this.onStatus?.(member, observation, atMs);
      case 'member-added':
      case 'member-removed':
        if (observation.kind === 'member-removed' && observation.member === member.id)
          this.departures.push({ member: member.name, id: member.id, atMs });
        return this.onMembership?.(member, observation);
      default:
        return;
    }
  }

  onDelivery(delivery: Delivery): void {
    this.events.get(delivery.event.timeNs)?.deliveries.push(delivery);
    const { atMs, member, handler, event } = delivery;
    this.onTrace?.(`${atMs.toFixed(1)} ${member} delivers ${event.id} ${event.timeNs} by ${handler}`);
  }

  onAnswer(leaving: LeavingAnswer): void {
    const member = [...(this.#world?.members.values() ?? [])].find(({ host }) => host === leaving.member);
    if (member === undefined) return;
    const problem = checkAcknowledgement(member, leaving, (timeNs) => this.#hasBegun(member, BigInt(timeNs)));
    if (problem !== null) this.violate(5, `${member.name} acknowledged what is not on its disk: ${problem}`);
  }

  onDurable(member: string, { table, value }: StoreWrite): void {
    if (value === null || (table !== 'alert-outbox' && table !== 'alert-pending')) return;
    if (typeof value !== 'object' || !('publication' in value)) return;
    const { publication } = value;
    if (typeof publication !== 'object' || publication === null || !('timeNs' in publication)) return;
    if (typeof publication.timeNs === 'string') this.events.get(BigInt(publication.timeNs))?.durableAt.add(member);
  }

  onFatal(member: SimMember, reason: string): void {
    this.violate(0, `${member.name} had to stop: ${reason}`);
  }

  /** The member has sent the event to a handler itself. */
  #hasBegun({ name, member }: SimMember, timeNs: bigint): boolean {
    const event = this.events.get(timeNs);
    const pending = member?.topics.owners().topics.find(({ topic }) => topic === event?.topic)?.pending ?? 0;
    return pending > 0 || event?.deliveries.some((delivery) => delivery.member === name) === true;
  }

  #eventOf(eventTime: string): LoggedEvent | undefined {
    // Workload times are whole seconds and a unique number of nanoseconds.
    const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?Z$/.exec(eventTime);
    if (match === null) return undefined;
    return this.events.get(timeOf(match));
  }
}

/** Events of a workload lie in the first day of 1970, so that their RFC3339 text is read back easily. */
function timeOf(match: RegExpExecArray): bigint {
  const part = (index: number): bigint => BigInt(match[index] ?? '0');
  const seconds = (part(4) * 60n + part(5)) * 60n + part(6);
  return seconds * 1_000_000_000n + BigInt((match[7] ?? '').padEnd(9, '0'));
}

function traceText({ seq: _seq, run: _run, at: _at, observer: _observer, ...rest }: StampedObservation): string {
  return JSON.stringify(rest);
}
