/**
 * Several cluster cores in one virtual time, for tests: calls take a millisecond each way and can be lost, stores are
 * maps that survive a crash, and gossip is an oracle that knows who is up and reachable.
 */
import { earliest } from '../../base/deadline.ts';
import type { MemberId } from '../../base/ids.ts';
import type { ClusterObservation, MemberStatus } from '../../base/observation.ts';
import { seededRandom, type Random } from '../../base/random.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { JsonValue } from '../../base/store.ts';
import { noVersions } from '../../gossip/versions.ts';
import { createCluster, type Cluster } from '../cluster.ts';
import type {
  ClusterCommand,
  ClusterError,
  ClusterEvent,
  ClusterOptions,
  ClusterOutput,
  ClusterReply,
  ClusterTable,
} from '../cluster-io.ts';
import { ownVersionRanges } from '../versions.ts';

type CallOutput = Extract<ClusterOutput, { kind: 'call' }>;
export type Fate = 'deliver' | 'lose-request' | 'lose-answer';

export interface CoreOverrides extends Partial<Omit<ClusterOptions, 'rows' | 'random' | 'addresses'>> {
  readonly address?: string;
  /** Of this member's wall clock from the world's. */
  readonly clockOffsetMs?: number;
}

export class CoreBox {
  readonly name: string;
  readonly rpc: string;
  readonly rows = new Map<string, Map<string, JsonValue>>();
  readonly setAside: { readonly name: string; readonly content: JsonValue }[] = [];
  readonly observations: ClusterObservation[] = [];
  readonly replies = new Map<number, Result<ClusterReply, ClusterError>>();
  readonly answers = new Map<number, (answer: Extract<ClusterOutput, { kind: 'answer-call' }>['answer']) => void>();
  readonly told = new Map<string, MemberStatus>();
  readonly overrides: CoreOverrides;
  core: Cluster | undefined;
  /** Steps so far, for crashing after the n-th. */
  steps = 0;
  /** The metadata that gossip carries for this member. */
  meta: Uint8Array = new Uint8Array();

  constructor(name: string, overrides: CoreOverrides) {
    this.name = name;
    this.rpc = overrides.address ?? `${name}:9091`;
    this.overrides = overrides;
  }

  get up(): Cluster {
    if (this.core === undefined) throw new Error(`${this.name} is down`);
    return this.core;
  }

  get id(): MemberId {
    return this.up.identity.memberId;
  }

  dump(): string {
    return JSON.stringify(
      [...this.rows].map(([table, rows]) => [table, [...rows]]).filter(([, rows]) => rows?.length !== 0),
    );
  }

  list(): readonly string[] {
    return this.up.members().map(({ record, seen }) => `${record.rpc.split(':')[0]} ${seen.status}`);
  }
}

export class CoreWorld {
  readonly boxes = new Map<string, CoreBox>();
  nowMs = 1_000;
  wallMs = 1_790_000_000_000;
  /** Decides what becomes of a call; tests replace it. */
  fate: (from: CoreBox, to: CoreBox | undefined, call: CallOutput) => Fate = () => 'deliver';
  /** Called before each step of a box; tests crash members here. */
  beforeStep: (box: CoreBox) => void = () => undefined;
  readonly #random: Random;
  readonly #cut = new Set<string>();
  #queue: { atMs: number; seq: number; run: () => void }[] = [];
  #seq = 0;
  #request = 0;

  constructor(seed = 1) {
    this.#random = seededRandom(seed);
  }

  start(name: string, overrides: CoreOverrides = {}): CoreBox {
    const box = this.boxes.get(name) ?? new CoreBox(name, overrides);
    this.boxes.set(name, box);
    const created = createCluster({
      addresses: { gossip: `${name}:9090`, rpc: box.rpc, api: `${name}:9092` },
      roles: ['worker'],
      versions: ownVersionRanges,
      redundancy: 0,
      delayPerMemberMs: 10_000,
      fullSyncIntervalMs: 300_000,
      joinSecret: '',
      isReachableFromOutside: false,
      clusteringRefusal: null,
      importedIds: null,
      ...box.overrides,
      random: this.#random,
      rows: (table: ClusterTable) => [...(box.rows.get(table) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)),
    });
    if (!created.ok) throw new Error(created.error);
    box.core = created.value;
    box.told.clear();
    this.#takeMeta(box);
    this.feed(box, { kind: 'start' });
    return box;
  }

  crash(box: CoreBox): void {
    box.core = undefined;
    box.answers.clear();
  }

  /** Both ways; calls then time out. */
  cut(a: CoreBox, b: CoreBox): void {
    this.#cut.add(`${a.name} ${b.name}`).add(`${b.name} ${a.name}`);
  }

  heal(): void {
    this.#cut.clear();
  }

  command(box: CoreBox, command: ClusterCommand): number {
    const request = ++this.#request;
    this.feed(box, { kind: 'command', request, command });
    return request;
  }

  /** Runs until the answer is there. */
  ask(box: CoreBox, command: ClusterCommand): Result<ClusterReply, ClusterError> {
    const request = this.command(box, command);
    this.runUntil(() => box.replies.has(request), 30_000);
    const reply = box.replies.get(request);
    if (reply === undefined) throw new Error('no answer within 30 s');
    return reply;
  }

  feed(box: CoreBox, event: ClusterEvent): void {
    this.beforeStep(box);
    if (box.core === undefined) return;
    box.steps++;
    const core = box.core;
    const outputs = core.step({
      ...event,
      nowMs: this.nowMs,
      wallMs: this.wallMs + (box.overrides.clockOffsetMs ?? 0),
    });
    for (const output of outputs) if (box.core === core) this.#perform(box, output);
  }

  runFor(durationMs: number): void {
    const endMs = this.nowMs + durationMs;
    this.runUntil(() => false, durationMs);
    this.wallMs += Math.max(0, endMs - this.nowMs);
    this.nowMs = Math.max(this.nowMs, endMs);
  }

  runUntil(isDone: () => boolean, limitMs: number): void {
    const endMs = this.nowMs + limitMs;
    for (;;) {
      this.#gossip();
      if (isDone()) return;
      this.#queue.sort((a, b) => a.atMs - b.atMs || a.seq - b.seq);
      const next = this.#queue[0];
      const wakes = [...this.boxes.values()].flatMap((box) =>
        box.core === undefined ? [] : [{ box, atMs: box.core.nextDeadline() }],
      );
      const wakeMs = earliest(...wakes.map(({ atMs }) => atMs));
      const atMs = Math.min(next?.atMs ?? Infinity, wakeMs);
      if (atMs > endMs) return;
      if (atMs > this.nowMs) {
        this.wallMs += atMs - this.nowMs;
        this.nowMs = atMs;
      }
      if (next !== undefined && next.atMs <= wakeMs) {
        this.#queue.shift();
        next.run();
      } else {
        const due = wakes.find((wake) => wake.atMs === wakeMs);
        if (due !== undefined) this.feed(due.box, { kind: 'wake' });
      }
    }
  }

  #later(delayMs: number, run: () => void): void {
    this.#queue.push({ atMs: this.nowMs + delayMs, seq: ++this.#seq, run });
  }

  #perform(box: CoreBox, output: ClusterOutput): void {
    switch (output.kind) {
      case 'persist':
        for (const { table, key, value } of output.batch.writes) {
          const rows = box.rows.get(table) ?? new Map<string, JsonValue>();
          box.rows.set(table, rows);
          if (value === null) rows.delete(key);
          else rows.set(key, value);
        }
        return;
      case 'set-aside':
        box.setAside.push(output);
        return;
      case 'call':
        return this.#call(box, output);
      case 'answer-call': {
        const answer = box.answers.get(output.token);
        box.answers.delete(output.token);
        return answer?.(output.answer);
      }
      case 'reply':
        box.replies.set(output.request, output.result);
        return;
      case 'join-gossip': {
        const target = [...this.boxes.values()].find((other) => `${other.name}:9090` === output.address);
        const isReached = target?.core !== undefined && !this.#cut.has(`${box.name} ${target.name}`);
        return this.#later(2, () => this.feed(box, { kind: 'gossip-joined', member: output.member, isReached }));
      }
      case 'update-metadata':
      case 'restart-gossip':
        return this.#takeMeta(box);
      case 'observe':
        box.observations.push(output.observation);
        return;
      case 'members-changed':
      case 'handlers-changed':
        return;
    }
  }

  #call(from: CoreBox, output: CallOutput): void {
    const { call, address, request, credentials, timeoutMs } = output;
    const caller = from.core;
    const end = (result: Extract<ClusterEvent, { kind: 'called' }>['result']): void => {
      if (from.core === caller) this.feed(from, { kind: 'called', call, result });
    };
    const to = [...this.boxes.values()].find((box) => box.rpc === address);
    const fate =
      to !== undefined && this.#cut.has(`${from.name} ${to.name}`) ? 'lose-request' : this.fate(from, to, output);
    if (fate === 'lose-request') return this.#later(timeoutMs, () => end(err({ kind: 'timeout' })));
    this.#later(1, () => {
      if (to?.core === undefined) return end(err({ kind: 'unreachable', reason: 'connection refused' }));
      const token = ++this.#seq;
      let isEnded = false;
      to.answers.set(token, (answer) => {
        if (fate === 'lose-answer' || this.#cut.has(`${to.name} ${from.name}`)) return;
        isEnded = true;
        this.#later(1, () => end(answer.ok ? ok(answer.value) : err({ kind: 'refused', refusal: answer.error })));
      });
      this.#later(timeoutMs, () => (isEnded ? undefined : end(err({ kind: 'timeout' }))));
      this.feed(to, { kind: 'call', token, credentials, request });
    });
  }

  #takeMeta(box: CoreBox): void {
    const meta = box.up.metadata();
    if (meta.ok) box.meta = meta.value;
    if (box.up.state === 'uninitialized') box.told.clear();
  }

  #gossip(): void {
    for (const box of this.boxes.values()) {
      for (const other of this.boxes.values()) if (box.core !== undefined && box !== other) this.#tell(box, other);
    }
  }

  #tell(box: CoreBox, other: CoreBox): void {
    const name = other.core?.identity.memberId ?? otherId(other);
    if (name === undefined) return;
    const before = box.told.get(name);
    const record = { name, host: '127.0.0.1', port: 1, meta: other.meta, versions: noVersions, incarnation: 1 };
    const isReachable = other.core !== undefined && !this.#cut.has(`${box.name} ${other.name}`);
    const isMet = isReachable && box.up.vetoGossip({ ...record, status: 'alive' }) === null;
    const status: MemberStatus | undefined = isMet ? 'alive' : before === undefined ? undefined : 'dead';
    if (status === undefined || status === before) return;
    box.told.set(name, status);
    const member = { ...record, status, sinceMs: this.nowMs };
    this.feed(box, { kind: 'gossip-event', event: { kind: 'status', member, previous: before ?? null } });
  }
}

function otherId(box: CoreBox): string | undefined {
  const identity = box.rows.get('cluster-identity')?.get('self');
  if (typeof identity !== 'object' || identity === null || !('memberId' in identity)) return undefined;
  return typeof identity.memberId === 'string' ? identity.memberId : undefined;
}
