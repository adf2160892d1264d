/**
 * A user-defined function in memory, at the other end of one node's connection. It does as its case says, and throws
 * when the member says what it must not.
 */
import { assert } from '../../../base/assert.ts';
import type { Millis } from '../../../base/deadline.ts';
import { never } from '../../../base/deadline.ts';
import { FrameReader } from '../../nodes/udf/frame-reader.ts';
import type { UdfConnection, UdfReceiver } from '../../nodes/udf/udf-port.ts';
import { changedMark, changedPoint } from './fuzz-change.ts';
import type { Change } from './fuzz-change.ts';
import type { Deed, UnaskedMessage } from './fuzz-deed.ts';
import { infosOf, quirkOf } from './fuzz-function.ts';
import type { FuzzFunction, Moment } from './fuzz-function.ts';
import type { EdgeKind } from './fuzz-nodes.ts';
import { batchText, groupOf, groupOfBatch, pointText } from './point-text.ts';
import { emptyPoint, readRequest, ResponseWriter } from './function-messages.ts';
import type { FunctionMark, FunctionPoint, FunctionRequest, GivenOption } from './function-messages.ts';

const usualTimeoutMs: Millis = 10_000;
const usualRoomBytes = 65_536;
const usualGathering = 5;
/** Points, beyond which it makes one of one: functions behind one another would multiply them without end. */
const mostMade = 2000;
const optionTypes = ['BOOL', 'INT', 'DOUBLE', 'STRING', 'DURATION'];

/** What it asks of the world it lives in. */
export interface FunctionWorld {
  nowMs(): Millis;
  wallNs(): bigint;
  later(work: () => void): void;
  /** Of all messages that it understood. */
  heard(message: Uint8Array): void;
}

export class FakeFunction implements UdfConnection {
  readonly timeoutMs: Millis;
  /** It does nothing that it should not. */
  readonly isTidy: boolean;
  /** Of the node it serves, once that has said so. */
  nodeId = '';
  /** Points that came to it, or whole batches, as text. */
  readonly heard: string[] = [];
  /** Points that it made, or batches, as far as they have arrived. */
  readonly told: string[] = [];
  isClosed = false;
  isReady = false;
  /** What it went on from. */
  restored: Uint8Array | undefined;
  /** What it was told to go on from next time, as far as that has arrived. */
  kept: Uint8Array | undefined;
  nextTakeMs: Millis = never;
  private readonly own: FuzzFunction;
  private readonly world: FunctionWorld;
  private readonly receiver: UdfReceiver;
  private readonly frames = new FrameReader();
  private readonly writer = new ResponseWriter();
  private readonly times = new Map<Moment, number>();
  private readonly makes: readonly (readonly Change[])[];
  private readonly sizes: readonly number[];
  private piece = 0;
  private waiting: Uint8Array<ArrayBuffer>[] = [];
  private waitingBytes = 0;
  private made = 0;
  private isOpen = false;
  private isAwaited = false;
  private isToTake = false;
  private undelivered = 0;
  private hasInputEnded = false;
  private isLeaving = false;
  private hasLeft = false;
  private isSilent = false;
  private isDeaf = false;
  private untold: string[] = [];
  private snapshots: Uint8Array[] = [];
  private spoils: Extract<Deed, { kind: 'spoils' | 'cuts' }>[] = [];
  private begin: FunctionMark | undefined;
  private points: FunctionPoint[] = [];
  private toldBegin: FunctionMark | undefined;
  private toldPoints: FunctionPoint[] = [];
  private gathered: FunctionPoint[] = [];
  private lastPoint = emptyPoint();
  private lastMark: FunctionMark = { name: '', group: '', byName: false, tags: new Map(), size: 0n, timeNs: 0n };

  constructor(own: FuzzFunction, world: FunctionWorld, receiver: UdfReceiver) {
    this.own = own;
    this.world = world;
    this.receiver = receiver;
    this.timeoutMs = quirkOf(own, 'timeout')?.ms ?? usualTimeoutMs;
    this.isTidy = quirkOf(own, 'does') === undefined;
    this.makes = quirkOf(own, 'makes')?.points ?? [[]];
    this.sizes = quirkOf(own, 'pieces')?.sizes ?? [];
    const unreachable = quirkOf(own, 'unreachable');
    world.later(() => {
      if (this.isClosed) return;
      this.isOpen = unreachable === undefined;
      if (unreachable === undefined) receiver.opened();
      else this.leaveNow(unreachable.error);
    });
  }

  get wants(): EdgeKind {
    return this.own.wants;
  }

  /** It has taken all there was, and what it said has arrived. */
  get isAtRest(): boolean {
    return this.waitingBytes === 0 && !this.isToTake && this.undelivered === 0;
  }

  // ---- what the member does ----

  hasRoom(): boolean {
    assert(this.isOpen && !this.isClosed, 'room is asked for while the connection is open');
    if (this.waitingBytes < (quirkOf(this.own, 'narrow')?.bytes ?? usualRoomBytes)) return true;
    this.isAwaited = true;
    return false;
  }

  write(bytes: Uint8Array): void {
    assert(this.isOpen, 'nothing is written before the connection is open');
    assert(!this.hasInputEnded && !this.isClosed, 'nothing is written behind the end');
    if (this.hasLeft) return;
    this.waiting.push(new Uint8Array(bytes));
    this.waitingBytes += bytes.length;
    // The array is ours.
    bytes.fill(0xff);
    this.planTake();
  }

  end(): void {
    assert(this.isOpen && !this.hasInputEnded && !this.isClosed, 'input ends once');
    this.hasInputEnded = true;
    this.planTake();
  }

  close(): void {
    assert(!this.isClosed, 'a connection is let go of once');
    this.isClosed = true;
    this.nextTakeMs = never;
  }

  // ---- taking ----

  /** Of a slow one: its time has come. */
  wake(nowMs: Millis): void {
    if (nowMs < this.nextTakeMs) return;
    this.nextTakeMs = never;
    this.take(quirkOf(this.own, 'slow')?.bytes ?? 0);
    this.planTake();
  }

  private planTake(): void {
    if (this.isDeaf || this.isClosed || this.isLeaving || (this.waitingBytes === 0 && !this.hasInputEnded)) return;
    const slow = quirkOf(this.own, 'slow');
    if (slow !== undefined) {
      if (this.nextTakeMs === never) this.nextTakeMs = this.world.nowMs() + slow.everyMs;
      return;
    }
    if (this.isToTake) return;
    this.isToTake = true;
    this.world.later(() => {
      this.isToTake = false;
      this.take(Infinity);
    });
  }

  private take(limit: number): void {
    if (this.isClosed) return;
    for (let left = limit; left > 0 && !this.isDeaf && !this.isLeaving;) {
      const first = this.waiting.shift();
      if (first === undefined) break;
      if (first.length > left) this.waiting.unshift(first.slice(left));
      const taken = first.subarray(0, left);
      left -= taken.length;
      this.waitingBytes -= taken.length;
      const read = this.frames.feed(taken, (frame) => this.hear(frame));
      assert(read.ok, 'the member writes whole messages');
    }
    if (this.hasInputEnded && this.waitingBytes === 0 && !this.isDeaf && !this.isLeaving) this.finish();
    this.send();
    if (!this.isAwaited || this.isDeaf || this.isLeaving || !this.hasRoom()) return;
    this.isAwaited = false;
    this.receiver.drained();
  }

  /** False: it hears no more. */
  private hear(frame: Uint8Array<ArrayBuffer>): boolean {
    const request = readRequest(frame);
    this.world.heard(frame);
    this.doDeeds(request.kind);
    this.answer(request);
    return !this.isLeaving && !this.isDeaf;
  }

  private answer(request: FunctionRequest): void {
    switch (request.kind) {
      case 'init':
        assert(this.nodeId === '' && request.taskId === 'task', 'a function is initialized once');
        this.nodeId = request.nodeId;
        this.checkOptions(request.options);
        this.answerOutcome('init');
        return;
      case 'restore':
        assert(!this.isTidy || this.isReady, 'what is restored is initialized');
        this.restored = request.snapshot;
        this.answerOutcome('restore');
        return;
      case 'keepalive':
        assert(request.timeNs <= this.world.wallNs(), 'a keepalive tells when it was sent');
        if (!this.ignores('keepalive')) this.writer.keepalive(request.timeNs);
        return;
      case 'snapshot':
        assert(!this.isTidy || this.isReady, 'a function is asked for a snapshot when it is ready');
        if (!this.ignores('snapshot')) this.tellSnapshot();
        return;
      case 'begin':
      case 'end':
        this.hearMark(request.kind, request.mark);
        return;
      case 'point':
        this.hearPoint(request.point);
    }
  }

  private checkOptions(given: readonly GivenOption[]): void {
    const known = infosOf([this.own]).get(this.own.name)?.options;
    for (const { name, types } of given) {
      const wanted = known?.get(name)?.join();
      assert(
        wanted === types.map((type) => optionTypes[type]).join(),
        `an option is as the function wants it: ${name}`,
      );
    }
  }

  private answerOutcome(request: 'init' | 'restore'): void {
    const refusal = this.own.quirks.find((quirk) => quirk.kind === 'refuses' && quirk.request === request);
    this.isReady = refusal === undefined && !this.ignores(request);
    if (this.ignores(request)) return;
    this.writer.outcome(request, refusal?.kind === 'refuses' ? refusal.error : null);
  }

  private ignores(request: string): boolean {
    return this.own.quirks.some((quirk) => quirk.kind === 'ignores' && quirk.request === request);
  }

  private tellSnapshot(): void {
    const own = quirkOf(this.own, 'keeps')?.snapshot ?? Array.from(String(this.heard.length), Number);
    const snapshot = Uint8Array.from(own);
    this.writer.snapshot(snapshot);
    this.snapshots.push(snapshot);
  }

  // ---- data ----

  private hearMark(kind: 'begin' | 'end', mark: FunctionMark): void {
    assert(this.own.wants === 'batch', 'batches are for those who want them');
    assert(!this.isTidy || this.isReady, 'data comes to a function that is ready');
    this.lastMark = mark;
    if (kind === 'begin') {
      assert(this.begin === undefined, 'a batch begins behind the one in front of it');
      this.begin = mark;
      this.points = [];
    } else {
      const { begin } = this;
      const isSame = begin?.name === mark.name && begin.group === mark.group && begin.tags.size === mark.tags.size;
      assert(begin !== undefined && isSame, 'a batch ends as it began');
      assert(this.points.length <= begin.size, 'a batch tells how large it is');
      this.begin = undefined;
      this.heard.push(batchText(mark, mark.group, this.points));
    }
    if (this.own.provides === 'stream') return;
    const changed = changedMark(mark, this.makes[0] ?? []);
    if (kind === 'begin') this.tellBegin(changed);
    else this.tellEnd(changed);
  }

  private hearPoint(point: FunctionPoint): void {
    const { begin, own } = this;
    assert((begin !== undefined) === (own.wants === 'batch'), 'points come in batches or they do not');
    assert(!this.isTidy || this.isReady, 'data comes to a function that is ready');
    this.points.push(point);
    if (begin === undefined) this.heard.push(pointText(point, point.group));
    else if (own.provides === 'stream')
      Object.assign(point, { name: begin.name, dimensions: [...begin.tags.keys()], byName: begin.byName });
    this.lastPoint = point;
    const isTired = this.made > mostMade;
    for (let times = isTired ? 1 : (quirkOf(own, 'repeats')?.times ?? 1); times > 0; times--)
      for (const changes of isTired ? this.makes.slice(0, 1) : this.makes) this.make(changedPoint(point, changes));
  }

  private make(point: FunctionPoint): void {
    this.made++;
    if (this.own.wants === 'stream' && this.own.provides === 'batch') this.gather(point);
    else this.tellPoint(point);
  }

  private gather(point: FunctionPoint): void {
    this.gathered.push(point);
    if (this.gathered.length >= (quirkOf(this.own, 'gathers')?.points ?? usualGathering)) this.tellGathered();
  }

  private tellGathered(): void {
    const points = this.gathered;
    const [first] = points;
    if (first === undefined) return;
    this.gathered = [];
    const tags = new Map(first.dimensions.map((dimension) => [dimension, first.tags.get(dimension) ?? '']));
    const { name, group, byName } = first;
    const mark = { name, group, byName, tags, size: BigInt(points.length), timeNs: points.at(-1)?.timeNs ?? 0n };
    this.tellBegin(mark);
    for (const point of points) this.tellPoint(point);
    this.tellEnd(mark);
  }

  private tellBegin(mark: FunctionMark): void {
    this.writer.begin(mark);
    this.toldBegin = mark;
    this.toldPoints = [];
  }

  private tellPoint(point: FunctionPoint): void {
    this.writer.point(point);
    if (this.own.provides === 'batch') this.toldPoints.push(point);
    else this.untold.push(pointText(point, groupOf(point)));
  }

  private tellEnd(mark: FunctionMark): void {
    this.writer.end(mark);
    this.untold.push(batchText(mark, groupOfBatch(mark, this.toldBegin?.byName ?? false), this.toldPoints));
  }

  // ---- saying ----

  private finish(): void {
    this.doDeeds('finish');
    if (this.isLeaving) return;
    this.tellGathered();
    this.send();
    const ending = quirkOf(this.own, 'ends');
    if (ending === undefined) this.leave(null);
    else if (ending.error !== null) this.leave(ending.error);
    else this.isDeaf = true;
  }

  private send(): void {
    if (this.writer.length === 0 || this.isClosed || this.hasLeft) return;
    const bytes = this.spoilt(this.writer.take());
    const texts = this.untold;
    this.untold = [];
    const snapshot = this.snapshots.pop();
    this.snapshots = [];
    if (this.isSilent) return;
    this.undelivered++;
    this.world.later(() => {
      this.undelivered--;
      this.deliver(bytes, texts, snapshot);
    });
  }

  private spoilt(bytes: Uint8Array): Uint8Array {
    let spoilt = bytes;
    for (const deed of this.spoils.splice(0)) {
      if (deed.kind === 'cuts') spoilt = spoilt.slice(0, -deed.bytes);
      else
        for (const [place, mask] of deed.places) if (place < spoilt.length) spoilt[place] = (spoilt[place] ?? 0) ^ mask;
    }
    return spoilt;
  }

  private deliver(bytes: Uint8Array, texts: readonly string[], snapshot: Uint8Array | undefined): void {
    for (let at = 0; at < bytes.length;) {
      const size = this.sizes[this.piece++ % this.sizes.length] ?? bytes.length;
      if (this.isClosed || this.hasLeft) return;
      this.receiver.received(new Uint8Array(bytes.subarray(at, at + size)));
      at += size;
    }
    this.told.push(...texts);
    this.kept = snapshot ?? this.kept;
  }

  private leave(error: string | null): void {
    this.isLeaving = true;
    this.send();
    this.world.later(() => this.leaveNow(error));
  }

  private leaveNow(error: string | null): void {
    if (this.isClosed) return;
    this.hasLeft = true;
    this.receiver.ended(error);
  }

  // ---- what does not belong there ----

  private doDeeds(moment: Moment): void {
    const nth = (this.times.get(moment) ?? 0) + 1;
    this.times.set(moment, nth);
    for (const quirk of this.own.quirks)
      if (quirk.kind === 'does' && quirk.at === moment && quirk.nth === nth) this.doDeed(quirk.deed);
  }

  private doDeed(deed: Deed): void {
    switch (deed.kind) {
      case 'bytes':
        this.writer.raw(deed.bytes);
        return;
      case 'frame':
        this.writer.frame(deed.bytes);
        return;
      case 'says':
        this.say(deed.message);
        return;
      case 'error':
        this.writer.error(deed.text);
        return;
      case 'spoils':
      case 'cuts':
        this.spoils.push(deed);
        return;
      case 'closes':
        this.leave(deed.error);
        return;
      case 'falls silent':
        this.send();
        this.isSilent = true;
        return;
      case 'stops reading':
        this.isDeaf = true;
        return;
      case 'logs':
        this.world.later(() => {
          if (!this.isClosed && !this.hasLeft) this.receiver.logged(deed.text);
        });
    }
  }

  private say(message: UnaskedMessage): void {
    switch (message) {
      case 'info':
        this.writer.info();
        return;
      case 'init':
      case 'restore':
        this.writer.outcome(message, null);
        return;
      case 'keepalive':
        this.writer.keepalive(0n);
        return;
      case 'snapshot':
        this.tellSnapshot();
        return;
      case 'begin':
        this.writer.begin(this.lastMark);
        return;
      case 'point':
        this.writer.point(this.lastPoint);
        return;
      case 'end':
        this.writer.end(this.lastMark);
    }
  }
}
