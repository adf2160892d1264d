/**
 * What an `influxDBOut` node has for InfluxDB: the database to create, then writes, one after the other as in 1.5.4.
 * What InfluxDB is not there for, or not able to take, is sent again after a while, which 1.5.4 does not do: there such
 * points are lost. What it refuses is not sent again.
 *
 * Guarantees: no more than `maxHeldPoints` wait while InfluxDB is away, the oldest go first; a request is given up
 * `giveUpMs` after its first failure. Each loss is told once, with its points.
 */
import { never } from '../../../base/deadline.ts';
import type { Millis } from '../../../base/deadline.ts';
import type { InfluxFailure, InfluxWrite } from '../../environment.ts';

export const firstRetryMs = 500;
export const longestRetryMs = 30_000;
export const giveUpMs = 600_000;
export const maxHeldPoints = 100_000;
/** An answer that takes longer holds nobody back: other tasks must not wait for an InfluxDB that hangs. */
export const patienceMs = 5_000;

export type Parcel =
  | { readonly kind: 'statement'; readonly statement: string; readonly points: 0 }
  | { readonly kind: 'write'; readonly request: InfluxWrite; readonly points: number };

export interface OutboxPort {
  send(parcel: Parcel, done: (failure: InfluxFailure | null) => void): void;
  nowMs(): Millis;
  written(points: number): void;
  /** `isLost`: it will not be sent again. */
  failed(parcel: Parcel, message: string, isLost: boolean): void;
}

export class Outbox {
  private readonly port: OutboxPort;
  private waiting: Parcel[] = [];
  private points = 0;
  /** Of the parcel that is on its way; null when none is. */
  private sentAt: Millis | null = null;
  private failures = 0;
  private failedAt: Millis = 0;
  private retryAt: Millis = never;
  private isClosed = false;

  constructor(port: OutboxPort) {
    this.port = port;
  }

  add(parcel: Parcel): void {
    this.waiting.push(parcel);
    this.points += parcel.points;
    this.proceed();
    this.forgetOldest();
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** Points that keep writers waiting: not those of an InfluxDB that is away. */
  backlog(): number {
    return this.isAway() ? 0 : this.points;
  }

  nextDeadline(): Millis {
    return this.retryAt;
  }

  wake(now: Millis): void {
    if (now < this.retryAt) return;
    this.retryAt = never;
    this.proceed();
  }

  /** Everything that waits is tried once more. */
  close(): void {
    this.isClosed = true;
    this.retryAt = never;
    this.proceed();
  }

  private proceed(): void {
    const [first] = this.waiting;
    if (first === undefined || this.sentAt !== null || this.retryAt < never) return;
    this.sentAt = this.port.nowMs();
    this.port.send(first, (failure) => {
      this.sentAt = null;
      this.answered(first, failure);
      this.proceed();
      this.forgetOldest();
    });
  }

  private answered(parcel: Parcel, failure: InfluxFailure | null): void {
    const now = this.port.nowMs();
    if (failure === null) {
      this.port.written(parcel.points);
    } else if (failure.isTransient && !this.isClosed) {
      this.failures++;
      if (this.failures === 1) this.failedAt = now;
      if (now - this.failedAt < giveUpMs) {
        if (this.failures === 1) this.port.failed(parcel, failure.message, false);
        this.retryAt = now + Math.min(longestRetryMs, firstRetryMs * 2 ** (this.failures - 1));
        return;
      }
      this.port.failed(parcel, failure.message, true);
    } else {
      this.port.failed(parcel, failure.message, true);
    }
    this.failures = 0;
    this.take();
  }

  private isAway(): boolean {
    return this.failures > 0 || (this.sentAt !== null && this.port.nowMs() - this.sentAt > patienceMs);
  }

  private take(): void {
    const first = this.waiting.shift();
    this.points -= first?.points ?? 0;
  }

  /** While InfluxDB is away; what is on its way stays until its answer. */
  private forgetOldest(): void {
    while (this.points > maxHeldPoints && this.isAway()) {
      const index = this.waiting.findIndex(({ points }, at) => points > 0 && (at > 0 || this.sentAt === null));
      const [lost] = index < 0 ? [] : this.waiting.splice(index, 1);
      if (lost === undefined) return;
      this.points -= lost.points;
      this.port.failed(lost, `more than ${maxHeldPoints} points wait for InfluxDB`, true);
    }
  }
}
