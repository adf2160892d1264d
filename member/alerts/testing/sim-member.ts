import { assert } from '../../base/assert.ts';
import type { MemberId } from '../../base/ids.ts';
import type { Observation } from '../../base/observation.ts';
import type { JsonValue, StoreBatch } from '../../base/store.ts';
import type { AlertEvent, HandlerSpec, PrepareHandler } from '../event.ts';
import type { AlertsEvent, AlertsOutput, AlertsTable, MembersView, RestoredTables } from '../alerts-io.ts';
import { createAlerts, step } from '../alerts.ts';
import type { PeerAnswer, PeerRequest } from '../messages.ts';
import type { AlertsState } from '../state.ts';

/** What a simulated member needs of its world: virtual time, a network, a disk, a place where alerts arrive. */
export interface World {
  nowMs(): number;
  at(ms: number, run: () => void): void;
  random(below: number): number;
  send(
    from: SimMember,
    to: MemberId,
    message: PeerRequest,
    timeoutMs: number,
    answered: (answer: PeerAnswer | null) => void,
  ): void;
  delivered(member: SimMember, handler: HandlerSpec, event: AlertEvent): void;
  observed(member: SimMember, observation: Observation): void;
}

type Tables = Map<string, Map<string, JsonValue>>;

/** A member as a shell would run it: outputs in order, sync batches before what follows them, one wake-up timer. */
export class SimMember {
  readonly id: MemberId;
  state: AlertsState | null = null;
  status: 'up' | 'down' | 'frozen' = 'down';
  /** Grows with each start, so that what was under way for an older process is dropped. */
  incarnation = 0;
  /** How far its wall clock is ahead of the others'. */
  skewMs = 0;
  #disk: Tables = new Map();
  #unsynced: StoreBatch[] = [];
  #frozenWork: (() => void)[] = [];
  #wake = 0;
  readonly #world: World;
  readonly #prepare: PrepareHandler;
  readonly #handlers: readonly HandlerSpec[];

  constructor(id: MemberId, world: World, prepare: PrepareHandler, handlers: readonly HandlerSpec[]) {
    this.id = id;
    this.#world = world;
    this.#prepare = prepare;
    this.#handlers = handlers;
  }

  start(view: MembersView): void {
    assert(this.status === 'down', 'starts when down');
    this.status = 'up';
    this.incarnation++;
    this.state = createAlerts(
      { self: this.id, prepareHandler: this.#prepare, persistTopics: true, handlerRetryForMs: 0 },
      this.#readDisk(),
    );
    this.input({ kind: 'handlers', specs: this.#handlers });
    this.input({ kind: 'members', view });
  }

  /** The process dies at this instant; of what was not synced, the store keeps the first batches or none. */
  crash(): void {
    const kept = this.#world.random(this.#unsynced.length + 1);
    for (const batch of this.#unsynced.slice(0, kept)) this.#commit(batch);
    this.#unsynced = [];
    this.#frozenWork = [];
    this.status = 'down';
    this.state = null;
  }

  freeze(): void {
    this.status = 'frozen';
  }

  thaw(): void {
    this.status = 'up';
    const work = this.#frozenWork;
    this.#frozenWork = [];
    for (const run of work) run();
  }

  /** Runs at once, or when the member is thawed; never if its process ended meanwhile. */
  whenRunning(run: () => void): void {
    const { incarnation } = this;
    const guarded = (): void => {
      if (this.incarnation !== incarnation || this.status === 'down') return;
      if (this.status === 'frozen') this.#frozenWork.push(guarded);
      else run();
    };
    guarded();
  }

  after(ms: number, run: () => void): void {
    const { incarnation } = this;
    this.#world.at(this.#world.nowMs() + ms, () => {
      if (this.incarnation === incarnation) this.whenRunning(run);
    });
  }

  input(event: AlertsEvent): void {
    if (this.state === null) return;
    const nowMs = this.#world.nowMs();
    const { outputs, nextDeadlineMs } = step(this.state, event, {
      nowMs,
      wallMs: 1_700_000_000_000 + nowMs + this.skewMs,
    });
    this.#perform(outputs);
    const wake = ++this.#wake;
    if (nextDeadlineMs === Number.POSITIVE_INFINITY) return;
    this.after(Math.max(0, nextDeadlineMs - nowMs), () => {
      if (wake === this.#wake) this.input({ kind: 'wake' });
    });
  }

  /** True when the row is on disk. */
  hasRow(table: AlertsTable, matches: (value: JsonValue) => boolean): boolean {
    return [...(this.#disk.get(table)?.values() ?? [])].some(matches);
  }

  #perform(outputs: readonly AlertsOutput[]): void {
    for (let i = 0; i < outputs.length; i++) {
      const output = outputs[i];
      if (output?.kind === 'persist') {
        const rest = outputs.slice(i + 1);
        this.#unsynced.push(output.batch);
        const last = output.batch;
        const ms = output.batch.durability === 'sync' ? 1 + this.#world.random(12) : 5 + this.#world.random(40);
        this.after(ms, () => {
          this.#commitThrough(last);
          this.#perform(rest);
        });
        return;
      }
      if (output !== undefined) this.#performOne(output);
    }
  }

  #performOne(output: Exclude<AlertsOutput, { kind: 'persist' }>): void {
    if (output.kind === 'observe') this.#world.observed(this, output.observation);
    else if (output.kind === 'attempt') {
      this.#world.delivered(this, output.handler, output.event);
      const ms = 1 + this.#world.random(output.limitMs === null ? 50 : Math.min(50, output.limitMs));
      this.after(ms, () => this.input({ kind: 'attempted', attempt: output.attempt, error: null, durationMs: ms }));
    } else if (output.kind === 'send') {
      const { to, token } = output;
      this.#world.send(this, to, output.message, output.timeoutMs, (message) =>
        this.input({ kind: 'answer', from: to, token, message }),
      );
    } else if (output.kind === 'acknowledge') this.#answers.get(output.token)?.(output.message);
  }

  readonly #answers = new Map<number, (answer: PeerAnswer) => void>();
  #nextAnswer = 1;

  /** A request arrives; `answered` is called when this member acknowledges it. */
  request(from: MemberId, message: PeerRequest, answered: (answer: PeerAnswer) => void): void {
    const token = this.#nextAnswer++;
    this.#answers.set(token, (answer) => {
      this.#answers.delete(token);
      answered(answer);
    });
    this.input({ kind: 'request', from, token, message });
  }

  #commitThrough(last: StoreBatch): void {
    const until = this.#unsynced.indexOf(last);
    if (until < 0) return;
    for (const batch of this.#unsynced.splice(0, until + 1)) this.#commit(batch);
  }

  #commit(batch: StoreBatch): void {
    for (const { table, key, value } of batch.writes) {
      const rows = this.#disk.get(table) ?? new Map<string, JsonValue>();
      this.#disk.set(table, rows);
      if (value === null) rows.delete(key);
      else rows.set(key, JSON.parse(JSON.stringify(value)));
    }
  }

  #readDisk(): RestoredTables {
    const tables: Record<string, [string, JsonValue][]> = {};
    for (const [table, rows] of this.#disk) tables[table] = [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
    return tables;
  }
}
