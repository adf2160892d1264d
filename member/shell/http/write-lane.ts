/**
 * The short way of small writes (performance.md 1, W9a): a connection whose requests are plain writes is served here,
 * without the objects of the full HTTP server. The first request that is anything else, and every write that is not
 * answered with 204, is handed to that server with all its bytes, and the connection stays there.
 */
import type { Socket } from 'node:net';
import { LaneHeadReader, type LaneHead } from './lane-head.ts';

/** Undefined: taken; a promise: taken, and answered when it resolves; `declined`: nothing was done, the full server answers. */
export type LaneOutcome = undefined | Promise<void> | 'declined';

export interface WriteLaneOptions {
  /** `Host` is checked by the caller, as for every request (D26). */
  readonly take: (queryText: string, host: string, body: Buffer) => LaneOutcome;
  /** Gives the connection to the full server, which reads `bytes` first. */
  readonly handOver: (socket: Socket, bytes: Buffer) => void;
  /** Head of a 204, with the blank line. */
  readonly answer: () => string;
}

/** A body that grows larger is no small write. */
const bodyLimit = 64 * 1024 * 1024;
const noBytes: Buffer = Buffer.alloc(0);

export class WriteLane {
  private readonly socket: Socket;
  private readonly options: WriteLaneOptions;
  /** What came and is not taken yet; joined when a request is whole, so that a large body is copied once. */
  private chunks: Buffer[] = [];
  private size = 0;
  private readonly heads = new LaneHeadReader();
  private head: LaneHead | undefined;
  private isBusy = false;
  private isClosing = false;
  /** Writes that were taken and are about to be answered. */
  private unanswered = 0;

  constructor(socket: Socket, options: WriteLaneOptions) {
    this.socket = socket;
    this.options = options;
    socket.on('data', this.onData);
    socket.on('end', this.onEnd);
    socket.on('error', this.onError);
  }

  /** Ends the connection as soon as nothing of it is under way. */
  close(): void {
    this.isClosing = true;
    if (this.isBusy) return;
    this.sendAnswers();
    this.socket.destroy();
  }

  private readonly onData = (chunk: Buffer): void => {
    this.chunks.push(chunk);
    this.size += chunk.length;
    this.advance();
  };

  private readonly onEnd = (): void => {
    this.sendAnswers();
    this.socket.end();
  };

  /** A connection that breaks has nobody left to tell. */
  private readonly onError = (): void => {
    this.socket.destroy();
  };

  /**
   * Takes what is whole, and answers once what was set off by it is on its way: an alert that a write raised leaves
   * before the answer, which wakes the writer, and several writes of one piece are answered by one.
   */
  private advance(): void {
    this.takeWhole();
    if (this.unanswered > 0) process.nextTick(this.sendAnswers);
  }

  private takeWhole(): void {
    while (!this.isBusy && this.size > 0) {
      if (this.head === undefined) {
        const read = this.heads.read(this.bytes());
        if (read === 'partial') return;
        if (read === 'foreign' || read.contentLength > bodyLimit) return this.handOver();
        this.head = read;
      }
      const end = this.head.bodyStart + this.head.contentLength;
      if (this.size < end) return;
      const bytes = this.bytes();
      const outcome = this.options.take(this.head.queryText, this.head.host, bytes.subarray(this.head.bodyStart, end));
      if (outcome === 'declined') return this.handOver();
      this.head = undefined;
      this.keep(bytes.subarray(end));
      if (outcome === undefined) this.unanswered++;
      else this.wait(outcome);
    }
  }

  private readonly sendAnswers = (): void => {
    let text = '';
    for (; this.unanswered > 0; this.unanswered--) text += this.options.answer();
    if (text !== '' && !this.socket.destroyed) this.socket.write(text, 'latin1');
  };

  /** Back-pressure: the writer is answered later, and what it sends meanwhile stays in its socket. */
  private wait(pending: Promise<void>): void {
    this.isBusy = true;
    this.socket.pause();
    void pending.then(() => {
      this.isBusy = false;
      this.unanswered++;
      this.sendAnswers();
      if (this.socket.destroyed) return;
      if (this.isClosing) {
        this.socket.end();
        return;
      }
      this.advance();
      if (this.socket.listeners('data').includes(this.onData)) this.socket.resume();
    });
  }

  private bytes(): Buffer {
    const [first = noBytes] = this.chunks;
    if (this.chunks.length <= 1) return first;
    const joined = Buffer.concat(this.chunks, this.size);
    this.chunks = [joined];
    return joined;
  }

  private keep(rest: Buffer): void {
    this.chunks = rest.length === 0 ? [] : [rest];
    this.size = rest.length;
  }

  private handOver(): void {
    this.sendAnswers();
    this.socket.pause();
    this.socket.off('data', this.onData);
    this.socket.off('end', this.onEnd);
    this.socket.off('error', this.onError);
    const bytes = this.bytes();
    this.keep(noBytes);
    this.options.handOver(this.socket, bytes);
  }
}
