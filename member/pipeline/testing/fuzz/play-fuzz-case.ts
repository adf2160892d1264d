/** Plays a fuzzing case as a member would, and watches. What goes wrong is thrown. */
import { assert } from '../../../base/assert.ts';
import { earliest, never } from '../../../base/deadline.ts';
import type { Millis } from '../../../base/deadline.ts';
import type { QueriedBatch } from '../../../influx/queried-batch.ts';
import { LineProtocolParser } from '../../../influx/line-protocol/parse.ts';
import { parseScript } from '../../../tick/syntax/parser.ts';
import { formatProgram } from '../../../tick/syntax/printer.ts';
import { definePipeline } from '../../define.ts';
import type { PipelineDefinition } from '../../definition.ts';
import type { PipelineRun } from '../../run.ts';
import { FakeWorld } from '../fake-world.ts';
import { FakeFunctions } from './fake-functions.ts';
import type { FuzzCase } from './fuzz-case.ts';
import type { BatchData, Step } from './fuzz-data.ts';
import { infosOf } from './fuzz-function.ts';
import { scriptText } from './fuzz-script.ts';

export type FuzzOutcome = 'refused' | 'not started' | 'ended' | 'ran';

export interface FuzzResult {
  readonly outcome: FuzzOutcome;
  /** Equal for equal behaviour. */
  readonly digest: number;
  readonly points: number;
  /** Points, and batches, that reached user-defined functions. */
  readonly functionItems: number;
}

const dbrps = [{ db: 'db', rp: 'rp' }];
/** Wakes within one step of time, beyond which the clock jumps; intervals of a microsecond are allowed. */
const wakesPerPass = 300;
/** What is under way when no more data comes has this time to end. */
const endingMs: Millis = 600_000;

export function playFuzzCase({ script, functions, steps }: FuzzCase): FuzzResult {
  const text = scriptText(script);
  checkFormat(text);
  const world = new FakeWorld();
  const own = new FakeFunctions(functions, world);
  world.udf = own;
  const defined = definePipeline(text, { wallNs: world.wallNs, udfs: infosOf(functions) });
  if (!defined.ok) {
    assert(defined.error.message !== '', 'a refusal has a message');
    return { outcome: 'refused', digest: digestOf(defined.error.message), points: 0, functionItems: 0 };
  }
  checkDefinition(defined.value, world.wallNs);
  const started = start(defined.value, world, own, null);
  if (!started.ok) {
    own.endRun();
    return { outcome: 'not started', digest: digestOf(started.error), points: 0, functionItems: 0 };
  }
  const player = new Player(defined.value, started.value, world, own);
  for (const step of steps) player.take(step);
  return player.finish();
}

function start(
  definition: PipelineDefinition,
  world: FakeWorld,
  functions: FakeFunctions,
  snapshot: ReturnType<PipelineRun['snapshot']>,
): ReturnType<PipelineDefinition['start']> {
  const environment = world.environment('task');
  const watch = functions.watch(environment);
  return definition.start(environment, { dbrps, snapshot, ...(watch === undefined ? {} : { watch }) });
}

function checkFormat(text: string): void {
  const parsed = parseScript(text);
  if (!parsed.ok) {
    assert(parsed.error.line >= 1 && parsed.error.char >= 1, `a parser's refusal says where: ${parsed.error.message}`);
    return;
  }
  const formatted = formatProgram(parsed.value);
  const again = parseScript(formatted);
  assert(again.ok, `what the formatter writes parses: ${again.ok ? '' : again.error.message}`);
  if (again.ok) assert(formatProgram(again.value) === formatted, 'formatting a second time changes nothing');
}

function checkDefinition(definition: PipelineDefinition, nowNs: bigint): void {
  definition.dot('task');
  const hour = 3_600_000_000_000n;
  const plans = definition.planQueries({ dbrps, startNs: nowNs - hour, stopNs: nowNs, nowNs });
  if (!plans.ok) return;
  for (const { ranges } of plans.value) {
    let count = 0;
    for (const range of ranges) {
      assert(range.stopNs <= nowNs, 'nothing of the future is asked for');
      if (++count === 50) break;
    }
  }
}

class Player {
  private readonly definition: PipelineDefinition;
  private readonly world: FakeWorld;
  private readonly functions: FakeFunctions;
  private readonly parser = new LineProtocolParser();
  private run: PipelineRun;
  private isHolding = false;
  /** Something was not answered at once. */
  private hasHeld = false;
  private isFinished = false;
  /** Snapshots that were asked for and are not known. */
  private asked = 0;
  private answered = 0;
  private points = 0;
  private digest = 0;

  constructor(definition: PipelineDefinition, run: PipelineRun, world: FakeWorld, functions: FakeFunctions) {
    this.definition = definition;
    this.run = run;
    this.world = world;
    this.functions = functions;
  }

  take(step: Step): void {
    switch (step.kind) {
      case 'write':
        this.write(new TextEncoder().encode(step.lines.join('\n')), step.target);
        break;
      case 'bytes':
        this.write(Uint8Array.from(step.bytes), 'db.rp');
        break;
      case 'batch':
        if (step.query < this.run.queryCount && !this.isFinished)
          this.run.collectBatch(step.query, batchOf(step.batch));
        this.points += step.batch.times.length;
        break;
      case 'answer':
        this.answerQueries(step.lines, step.error);
        break;
      case 'pass':
        this.pass(step.ms);
        break;
      case 'hold':
        this.isHolding = step.isHolding;
        this.hasHeld ||= step.isHolding;
        break;
      case 'look':
        this.look();
        break;
      case 'save':
        this.askSnapshot();
        break;
      case 'finish':
        this.endData();
        break;
      case 'restart':
        this.restart();
        break;
    }
    if (!this.isHolding) this.world.answerAll();
  }

  finish(): FuzzResult {
    this.look();
    const error = this.run.error();
    const isTimeout = /keepalive timedout|did not end after/.test(error ?? '');
    assert(!isTimeout || this.hasHeld || !this.functions.areDutiful, `nobody was late: ${error}`);
    this.close();
    this.look();
    const { posts, publications, writes, selects, logs } = this.world;
    const { digest: functionsDigest, heardItems } = this.functions;
    this.note([posts, publications, writes, selects.map(({ statement }) => statement), logs, error, functionsDigest]);
    const outcome = error === null ? 'ran' : 'ended';
    return { outcome, digest: this.digest, points: this.points, functionItems: heardItems };
  }

  private close(): void {
    this.run.close();
    this.world.answerAll();
    this.functions.endRun();
    assert(this.asked === 0, 'a snapshot that was asked for is known when the run has ended');
  }

  private write(body: Uint8Array, target: string): void {
    const [database = '', retentionPolicy = ''] = target.split('.');
    const parsed = this.parser.parse(body, { database, retentionPolicy, precision: 'n', nowNs: this.world.wallNs });
    if (!parsed.ok) {
      this.note(parsed.error);
      return;
    }
    for (const { length } of parsed.value.blocks) this.points += length;
    if (!this.isFinished) this.run.write(parsed.value);
  }

  private answerQueries(lines: readonly string[], error: string | null): void {
    const { selects } = this.world;
    while (this.answered < selects.length) {
      const receiver = selects[this.answered++]?.receiver;
      for (const line of lines) receiver?.line(line);
      receiver?.done(error);
      // A query that was waiting is asked at once: it waits for the next answer.
      if (this.answered > 20) break;
    }
  }

  private pass(ms: Millis): void {
    const { world } = this;
    const end = world.nowMs + ms;
    for (let wakes = 0; wakes < wakesPerPass; wakes++) {
      const due = this.nextDeadline();
      if (due > end) break;
      this.wakeAt(Math.max(world.nowMs, due));
    }
    world.nowMs = end;
    this.run.wake(end);
  }

  private nextDeadline(): Millis {
    const due = this.run.nextDeadline();
    assert(!Number.isNaN(due), 'a deadline is a number');
    return earliest(due, this.functions.nextDeadline());
  }

  private wakeAt(nowMs: Millis): void {
    this.world.nowMs = nowMs;
    this.run.wake(nowMs);
    this.functions.wake(nowMs);
    if (!this.isHolding) this.world.answerAll();
    assert(this.run.nextDeadline() > nowMs, 'after a wake the next deadline is later');
  }

  private endData(): void {
    const { world } = this;
    this.isFinished = true;
    this.run.finish();
    const end = world.nowMs + endingMs;
    for (let wakes = 0; wakes < wakesPerPass; wakes++) {
      if (!this.isHolding) world.answerAll();
      if (this.run.backlog() === 0 || this.run.error() !== null) return;
      const due = this.nextDeadline();
      assert(due !== never || this.isHolding, 'what is under way is waited for, but not without end');
      if (due > end) break;
      this.wakeAt(Math.max(world.nowMs, due));
    }
    assert(this.isHolding || !this.functions.areDutiful, 'what is under way ends soon');
  }

  private askSnapshot(): void {
    this.asked++;
    this.run.prepareSnapshot(() => this.asked--);
  }

  private look(): void {
    const stats = this.run.stats();
    assert(Number.isFinite(stats.throughput), 'throughput is a number');
    for (const { name, values } of stats.nodes) {
      for (const [key, value] of Object.entries(values)) {
        assert(Number.isFinite(value) && value >= 0, `${key} of ${name} counts: ${value}`);
      }
    }
    this.run.dot('attributes');
    this.run.dot('labels');
    for (const name of this.run.httpOutputNames()) this.note(this.run.httpOutput(name));
    assert(this.run.backlog() >= 0, 'a backlog counts');
    this.note(stats.nodes.map(({ name, values }) => ({ name, ...values, avg_exec_time_ns: 0 })));
    this.note(stats.edges);
    if (this.run.error() === null) this.functions.check(stats);
  }

  private restart(): void {
    this.askSnapshot();
    if (!this.isHolding) this.world.answerAll();
    const snapshot: unknown = JSON.parse(JSON.stringify(this.run.snapshot()));
    this.note(snapshot);
    this.close();
    this.isFinished = false;
    this.answered = this.world.selects.length;
    // What a store gives back is JSON.
    const given = snapshot as ReturnType<PipelineRun['snapshot']>;
    const started = start(this.definition, this.world, this.functions, given);
    assert(started.ok, `what started once starts again: ${started.ok ? '' : started.error}`);
    if (started.ok) this.run = started.value;
  }

  private note(what: unknown): void {
    this.digest = digestOf(what, this.digest);
  }
}

function batchOf({ time, times, ...rest }: BatchData): QueriedBatch {
  return { ...rest, timeNs: time === null ? null : BigInt(time), timesNs: times.map(BigInt) };
}

/** FNV-1a over the JSON of a value. */
function digestOf(what: unknown, before = 0): number {
  const text = JSON.stringify(what, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)) ?? '';
  let hash = before ^ 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
