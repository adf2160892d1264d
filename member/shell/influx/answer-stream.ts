/** The chunked answer of a query, line by line as it comes, over the first URL that answers. */
import { setTimeout as delay } from 'node:timers/promises';
import type { HttpSender, OutgoingRequest } from '../outgoing/http-sender.ts';
import type { AnswerLines } from './influx-client.ts';

export interface AnswerStreamOptions {
  readonly sender: HttpSender;
  /** URLs to try. */
  readonly attempts: number;
  /** Made anew for each URL. */
  readonly request: () => OutgoingRequest;
  readonly nextUrl: () => void;
  readonly lines: AnswerLines;
  readonly errorOf: (status: number, body: string) => string;
}

/** How often it is asked whether there is room again. */
const roomPollMs = 5;

export function streamAnswer(options: AnswerStreamOptions): () => void {
  const { sender, lines } = options;
  const abort = new AbortController();
  const hasRoom = (): boolean => abort.signal.aborted || (lines.hasRoom?.() ?? true);
  const room = async (): Promise<void> => {
    while (!hasRoom()) await delay(roomPollMs);
  };
  const send = (attempt: number): void => {
    const cutter = new LineCutter((text) => lines.line(text));
    const onBody = (piece: string): Promise<void> | undefined => {
      if (abort.signal.aborted) return undefined;
      cutter.add(piece);
      return hasRoom() ? undefined : room();
    };
    sender.send({ ...options.request(), onBody, signal: abort.signal }, (outcome) => {
      if (abort.signal.aborted) return;
      if (outcome.kind === 'failed') {
        options.nextUrl();
        if (attempt < options.attempts && !cutter.hasBegun) send(attempt + 1);
        else lines.done(outcome.reason);
        return;
      }
      if (outcome.status !== 200) {
        lines.done(options.errorOf(outcome.status, outcome.body));
        return;
      }
      cutter.finish();
      lines.done(cutter.hasLine ? null : 'failed to decode JSON: EOF');
    });
  };
  send(1);
  return () => abort.abort();
}

class LineCutter {
  hasBegun = false;
  hasLine = false;
  private readonly take: (line: string) => void;
  /** Pieces of a line whose end has not come. */
  private pending: string[] = [];

  constructor(take: (line: string) => void) {
    this.take = take;
  }

  add(piece: string): void {
    this.hasBegun = true;
    let start = 0;
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', start)) {
      this.pending.push(piece.slice(start, end));
      this.finish();
      start = end + 1;
    }
    if (start < piece.length) this.pending.push(piece.slice(start));
  }

  finish(): void {
    const line = this.pending.join('');
    this.pending = [];
    if (line.trim() === '') return;
    this.hasLine = true;
    this.take(line);
  }
}
