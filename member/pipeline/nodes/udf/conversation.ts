/**
 * The conversation of a member with one function: what is asked, what may be answered, and for how long silence is
 * borne. A state machine over bytes and time: it is told what came and what the clock says, and tells through its
 * output what to write and what was heard.
 *
 * A function shows that it lives by any message: it is asked to every half of its timeout and taken for dead after a
 * whole one without a word. After the first failure nothing more is written or heard.
 */
import { earliest, never } from '../../../base/deadline.ts';
import type { Millis } from '../../../base/deadline.ts';
import { civilTime } from '../../../base/rfc3339.ts';
import { FrameReader } from './frame-reader.ts';
import {
  messageField,
  readError,
  readInfo,
  readOutcome,
  readSnapshot,
  writeEmptyRequest,
  writeInit,
  writeKeepalive,
  writeRestore,
} from './messages.ts';
import type { InitRequest, UdfInfo } from './messages.ts';
import { WireReader } from './wire-reader.ts';
import { wireBytes, WireWriter } from './wire-writer.ts';

export interface UdfInstant {
  readonly nowMs: Millis;
  readonly wallNs: bigint;
}

/** What the conversation makes happen. */
export interface UdfConversationOutput {
  write(bytes: Uint8Array): void;
  /** It is initialized, and restored where there was a snapshot: points may be sent. */
  ready(): void;
  info(info: UdfInfo): void;
  /** In answer to a request. */
  snapshot(bytes: Uint8Array): void;
  /** A data message; the reader stands in its body. An error ends the conversation. */
  data(kind: 'begin' | 'point' | 'end', reader: WireReader): string | undefined;
  /** Something odd that is no failure. */
  odd(message: string, error: string): void;
  failed(reason: string): void;
}

type Phase = 'opening' | 'asked' | 'initializing' | 'restoring' | 'ready' | 'ending' | 'over';
type Expected = 'info' | 'init' | 'restore' | 'snapshot';

const goTypes: Readonly<Record<Expected, string>> = {
  info: '*agent.Response_Info',
  init: '*agent.Response_Init',
  restore: '*agent.Response_Restore',
  snapshot: '*agent.Response_Snapshot',
};

/** Silence behind the end of input that is borne: the function may still have much to compute. */
const endingFactor = 10;
const shortestEndingMs: Millis = 60_000;

export class UdfConversation {
  private readonly timeoutMs: Millis;
  private readonly output: UdfConversationOutput;
  private readonly frames = new FrameReader();
  private readonly reader = new WireReader();
  private readonly writer = new WireWriter();
  private readonly expected = new Set<Expected>();
  private phase: Phase = 'opening';
  private restoring: Uint8Array | undefined;
  private keepaliveAt: Millis = never;
  private silenceAt: Millis = never;
  private lastHeardNs = 0n;

  constructor(timeoutMs: Millis, output: UdfConversationOutput) {
    this.timeoutMs = timeoutMs;
    this.output = output;
  }

  get isReady(): boolean {
    return this.phase === 'ready';
  }

  get isOver(): boolean {
    return this.phase === 'over';
  }

  // ---- what is said to it ----

  /** Only asks for the function's own description. */
  askInfo(at: UdfInstant): void {
    this.begin(at);
    this.phase = 'asked';
    this.expected.add('info');
    writeEmptyRequest(this.writer, messageField.info);
    this.send();
  }

  /** `snapshot` is the state of an earlier run. */
  init(request: InitRequest, snapshot: Uint8Array | undefined, at: UdfInstant): void {
    this.begin(at);
    this.phase = 'initializing';
    this.restoring = snapshot;
    this.expected.add('init');
    writeInit(this.writer, request);
    this.send();
  }

  /** False when it cannot be asked now: it is not ready, or has not answered the last time. */
  askSnapshot(): boolean {
    if (this.phase !== 'ready' || this.expected.has('snapshot')) return false;
    this.expected.add('snapshot');
    writeEmptyRequest(this.writer, messageField.snapshot);
    this.send();
    return true;
  }

  /** Nothing more is sent; what the function still says is heard. */
  end({ nowMs }: UdfInstant): void {
    if (this.phase === 'over') return;
    this.phase = 'ending';
    this.keepaliveAt = never;
    this.silenceAt = nowMs + this.endingMs;
  }

  /** Nothing is said or heard any more. */
  stop(): void {
    this.phase = 'over';
    this.keepaliveAt = never;
    this.silenceAt = never;
  }

  // ---- what happens to it ----

  received(chunk: Uint8Array<ArrayBuffer>, at: UdfInstant): void {
    if (this.phase === 'over') return;
    this.silenceAt = at.nowMs + (this.phase === 'ending' ? this.endingMs : this.timeoutMs);
    this.lastHeardNs = at.wallNs;
    const read = this.frames.feed(chunk, (frame) => {
      this.hear(frame);
      return !this.isOver;
    });
    if (!read.ok) this.fail(`read error: ${read.error}`);
  }

  /** The function's side is closed. */
  ended(error: string | null): void {
    if (this.phase === 'over') return;
    const whole = this.frames.end();
    if (!whole.ok) this.fail(`read error: ${whole.error}`);
    else if (error !== null) this.fail(error);
    else if (this.phase !== 'ending') this.fail('UDF ended before its input did');
    else this.stop();
  }

  nextDeadline(): Millis {
    return earliest(this.keepaliveAt, this.silenceAt);
  }

  wake({ nowMs, wallNs }: UdfInstant): void {
    const halfMs = this.timeoutMs / 2;
    if (nowMs >= this.silenceAt) {
      // A member that was frozen has not asked: the silence was its own.
      const hasAsked = nowMs < this.keepaliveAt + halfMs;
      if (this.phase === 'ending') this.fail('UDF did not end after its input had');
      else if (hasAsked) this.fail(`keepalive timedout, last keepalive received was: ${goTime(this.lastHeardNs)}`);
      else this.silenceAt = nowMs + halfMs;
    }
    if (nowMs < this.keepaliveAt) return;
    this.keepaliveAt = nowMs + halfMs;
    writeKeepalive(this.writer, wallNs);
    this.send();
  }

  private get endingMs(): Millis {
    return Math.max(shortestEndingMs, endingFactor * this.timeoutMs);
  }

  private begin({ nowMs, wallNs }: UdfInstant): void {
    this.keepaliveAt = nowMs + this.timeoutMs / 2;
    this.silenceAt = nowMs + this.timeoutMs;
    this.lastHeardNs = wallNs;
  }

  private send(): void {
    this.output.write(this.writer.take());
  }

  private fail(reason: string): void {
    if (this.phase === 'over') return;
    this.stop();
    this.output.failed(reason);
  }

  private hear(frame: Uint8Array<ArrayBuffer>): void {
    const { reader } = this;
    reader.reset(frame);
    let isHeard = false;
    for (let field = reader.field(); field !== 0 && !this.isOver; field = reader.field()) {
      if (reader.wireType !== wireBytes || !knownFields.has(field)) {
        reader.skip();
        continue;
      }
      isHeard = true;
      const outer = reader.enter();
      this.hearField(field);
      reader.leave(outer);
    }
    if (reader.failure !== '') this.fail(`read error: proto: ${reader.failure}`);
    else if (!isHeard) this.fail('read error: unexpected response message <nil>');
  }

  private hearField(field: number): void {
    const { reader, output } = this;
    switch (field) {
      case messageField.keepalive:
        skipBody(reader);
        return;
      case messageField.info:
        this.hearInfo();
        return;
      case messageField.init:
      case messageField.restore:
        this.hearOutcome(field === messageField.init ? 'init' : 'restore');
        return;
      case messageField.snapshot: {
        const snapshot = readSnapshot(reader);
        if (reader.failure === '' && this.wasExpected('snapshot')) output.snapshot(snapshot);
        return;
      }
      case messageField.error: {
        const reason = readError(reader);
        if (reader.failure === '') this.fail(reason);
        return;
      }
      case messageField.begin:
        this.hearData('begin');
        return;
      case messageField.point:
        this.hearData('point');
        return;
      default:
        this.hearData('end');
    }
  }

  private hearInfo(): void {
    const info = readInfo(this.reader);
    if (this.reader.failure !== '' || !this.wasExpected('info')) return;
    if (info.ok) this.output.info(info.value);
    else this.fail(info.error);
  }

  private hearOutcome(kind: 'init' | 'restore'): void {
    const { success, error } = readOutcome(this.reader);
    if (this.reader.failure !== '' || !this.wasExpected(kind)) return;
    if (!success) {
      this.fail(kind === 'init' ? `failed to initialize processes ${error}` : `error restoring snapshot: ${error}`);
      return;
    }
    const snapshot = this.restoring;
    this.restoring = undefined;
    if (kind === 'init' && snapshot !== undefined) {
      this.phase = 'restoring';
      this.expected.add('restore');
      writeRestore(this.writer, snapshot);
      this.send();
      return;
    }
    this.phase = 'ready';
    this.output.ready();
  }

  private hearData(kind: 'begin' | 'point' | 'end'): void {
    const problem = this.output.data(kind, this.reader);
    if (this.reader.failure === '' && problem !== undefined) this.fail(`read error: ${problem}`);
  }

  private wasExpected(kind: Expected): boolean {
    if (this.expected.delete(kind)) return true;
    this.output.odd('received message without requesting it', `did not expect ${goTypes[kind]} message`);
    return false;
  }
}

const knownFields: ReadonlySet<number> = new Set(Object.values(messageField));

function skipBody(reader: WireReader): void {
  while (reader.field() !== 0) reader.skip();
}

/** As Go prints a time, in UTC. */
function goTime(ns: bigint): string {
  const { year, month, day, hour, minute, second, nanosecond } = civilTime(ns);
  const two = (part: number): string => String(part).padStart(2, '0');
  const fraction = nanosecond === 0 ? '' : `.${String(nanosecond).padStart(9, '0').replace(/0+$/, '')}`;
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}${fraction} +0000 UTC`;
}
