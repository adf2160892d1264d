import { createAlerts, step } from '../../alerts/alerts.ts';
import type { AlertsEvent, AlertsOptions, AlertsOutput, AlertsTable, RestoredTables } from '../../alerts/alerts-io.ts';
import type { PeerAnswer, PeerRequest } from '../../alerts/messages.ts';
import type { AlertsState } from '../../alerts/state.ts';
import type { MemberId } from '../../base/ids.ts';
import type { Observation } from '../../base/observation.ts';
import type { JsonValue, StoreWrite } from '../../base/store.ts';
import { CoreTimer } from './core-timer.ts';
import { OutputQueue } from './output-queue.ts';
import type { ClockPort, HandlerPort } from './ports.ts';
import type { StoreLink } from './store-link.ts';

export interface AlertsLinkOptions {
  readonly core: AlertsOptions;
  readonly clock: ClockPort;
  readonly store: StoreLink;
  readonly handlers: HandlerPort;
  readonly send: (
    to: MemberId,
    message: PeerRequest,
    timeoutMs: number,
    done: (answer: PeerAnswer | null) => void,
  ) => void;
  readonly onObservation: (observation: Observation) => void;
  readonly onSynced: () => void;
  /** Name under which the state of topics is set aside. */
  readonly setAsideName: () => string;
}

const tables: readonly AlertsTable[] = [
  'alert-registers',
  'alert-inline',
  'alert-deletions',
  'alert-outbox',
  'alert-pending',
  'alert-completed',
  'alert-retries',
];

/**
 * The alerts core on its ports. A `persist` holds back the rest of its own step only; batches are committed in the
 * order of the steps (alerts-io.ts).
 */
export class AlertsLink {
  readonly #options: AlertsLinkOptions;
  readonly #state: AlertsState;
  readonly #timer: CoreTimer;
  readonly #steps: OutputQueue<readonly AlertsOutput[]>;
  readonly #answers = new Map<number, (answer: PeerAnswer) => void>();
  #nextToken = 1;
  #isStopped = false;

  constructor(options: AlertsLinkOptions) {
    this.#options = options;
    const restored: RestoredTables = Object.fromEntries(tables.map((table) => [table, options.store.rows(table)]));
    this.#state = createAlerts(options.core, restored);
    this.#timer = new CoreTimer(options.clock, () => this.step({ kind: 'wake' }));
    this.#steps = new OutputQueue((outputs) => this.#perform(outputs, 0));
  }

  /** For the queries of the alerts core; nobody else changes it. */
  get state(): AlertsState {
    return this.#state;
  }

  step(event: AlertsEvent): void {
    if (this.#isStopped) return;
    const { clock } = this.#options;
    const result = step(this.#state, event, { nowMs: clock.nowMs(), wallMs: clock.wallMs() });
    this.#timer.set(result.nextDeadlineMs);
    if (result.outputs.length > 0) this.#steps.push([withSetAside(result.outputs, this.#options.setAsideName)]);
  }

  /** A call of a peer that was admitted. */
  request(from: MemberId, message: PeerRequest, answer: (answer: PeerAnswer) => void): void {
    const token = this.#nextToken++;
    this.#answers.set(token, answer);
    this.step({ kind: 'request', from, token, message });
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer.stop();
  }

  #perform(outputs: readonly AlertsOutput[], from: number): void {
    for (let i = from; i < outputs.length; i++) {
      const output = outputs[i];
      if (output === undefined) return;
      if (output.kind === 'persist' && output.batch.durability === 'sync') {
        this.#options.store.commit(output.batch, () => this.#perform(outputs, i + 1));
        return;
      }
      this.#performOne(output);
    }
  }

  #performOne(output: AlertsOutput): void {
    const { store, handlers, onObservation, onSynced, send } = this.#options;
    switch (output.kind) {
      case 'attempt': {
        const { attempt, handler, event, limitMs } = output;
        return handlers.attempt(handler, event, limitMs, ({ error, durationMs }) =>
          this.step({ kind: 'attempted', attempt, error, durationMs }),
        );
      }
      case 'persist':
        return store.commit(output.batch);
      case 'send':
        return send(output.to, output.message, output.timeoutMs, (message) =>
          this.step({ kind: 'answer', from: output.to, token: output.token, message }),
        );
      case 'acknowledge': {
        const answer = this.#answers.get(output.token);
        this.#answers.delete(output.token);
        return answer?.(output.message);
      }
      case 'observe':
        return onObservation(output.observation);
      case 'synced':
        return onSynced();
      case 'set-aside':
        // Written with the batch that empties the tables, see `withSetAside`.
        return store.exportSetAside();
    }
  }
}

/** What is set aside becomes a row of the very transaction that empties the tables: no crash comes between. */
function withSetAside(outputs: readonly AlertsOutput[], name: () => string): readonly AlertsOutput[] {
  const aside = outputs.find((output) => output.kind === 'set-aside');
  if (aside === undefined || aside.kind !== 'set-aside') return outputs;
  const rows: JsonValue = aside.rows.map(([table, key, value]) => ({ table, key, value }));
  const write: StoreWrite = { table: 'set-aside', key: name(), value: rows };
  return outputs.map((output) =>
    output.kind === 'persist'
      ? { ...output, batch: { ...output.batch, writes: [...output.batch.writes, write] } }
      : output,
  );
}
