/** A function behind a Unix socket: it was started by others, and serves one connection for each node. */
import { connect, type Socket } from 'node:net';
import type { UdfFunction } from '../../config/config.ts';
import type { UdfReceiver } from '../../pipeline/nodes/udf/udf-port.ts';
import type { OpenUdf, UdfEnds } from './open-udf.ts';
import { OutgoingBytes } from './outgoing-bytes.ts';

/** As 1.5.4: a socket may come up after the member, within five minutes. */
const firstRetryMs = 500;
const longestRetryMs = 60_000;
const retryFactor = 1.5;
const givingUpMs = 300_000;

export class UdfSocket implements OpenUdf {
  readonly timeoutMs: number;
  readonly #path: string;
  readonly #ends: UdfEnds;
  readonly #startedMs = performance.now();
  #receiver: UdfReceiver | undefined;
  #socket: Socket | undefined;
  #out: OutgoingBytes | undefined;
  #isGone = false;
  #retryMs = firstRetryMs;
  #timer: NodeJS.Timeout | undefined;

  constructor({ socket, timeoutNs }: UdfFunction, receiver: UdfReceiver, ends: UdfEnds) {
    this.timeoutMs = Number(timeoutNs) / 1e6;
    this.#path = socket;
    this.#receiver = receiver;
    this.#ends = ends;
    this.#connect();
  }

  hasRoom(): boolean {
    return this.#out?.hasRoom() ?? false;
  }

  write(bytes: Uint8Array): void {
    this.#out?.write(bytes);
  }

  end(): void {
    this.#out?.end();
  }

  close(): void {
    if (this.#receiver === undefined) return;
    this.#receiver = undefined;
    if (this.#isGone) return;
    clearTimeout(this.#timer);
    if (this.#out === undefined) {
      this.kill();
      return;
    }
    this.end();
    this.#timer = setTimeout(() => {
      this.#ends.killing('socket not responding');
      this.kill();
    }, 2 * this.timeoutMs);
  }

  kill(): void {
    this.#socket?.destroy();
    this.#gone(null);
  }

  #connect(): void {
    const socket = connect({ path: this.#path, allowHalfOpen: true });
    this.#socket = socket;
    socket.once('connect', () => {
      this.#out = new OutgoingBytes(socket, () => this.#receiver?.drained());
      this.#receiver?.opened();
    });
    socket.on('data', (bytes: Buffer<ArrayBuffer>) => this.#receiver?.received(bytes));
    socket.once('end', () => {
      socket.end();
      this.#gone(null);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#out === undefined) this.#retry(error);
      else this.#gone(`write error: ${error.code === 'EPIPE' ? 'broken pipe' : error.message}`);
    });
  }

  #retry(error: NodeJS.ErrnoException): void {
    if (this.#isGone) return;
    if (performance.now() - this.#startedMs + this.#retryMs > givingUpMs) {
      this.#gone(`dial unix ${this.#path}: connect: ${reasons[error.code ?? ''] ?? error.message}`);
      return;
    }
    this.#timer = setTimeout(() => this.#connect(), this.#retryMs);
    this.#retryMs = Math.min(longestRetryMs, this.#retryMs * retryFactor);
  }

  #gone(error: string | null): void {
    if (this.#isGone) return;
    this.#isGone = true;
    clearTimeout(this.#timer);
    this.#ends.gone();
    this.#receiver?.ended(error);
  }
}

/** As Go words them. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  ECONNREFUSED: 'connection refused',
  EACCES: 'permission denied',
};
