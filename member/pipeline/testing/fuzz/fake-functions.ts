/** All functions of a fuzzing case at work, as the port of a world that has them. */
import { assert } from '../../../base/assert.ts';
import type { Millis } from '../../../base/deadline.ts';
import { earliest, never } from '../../../base/deadline.ts';
import { err, ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import type { UdfConnection, UdfPort, UdfReceiver } from '../../nodes/udf/udf-port.ts';
import type { PipelineEnvironment } from '../../environment.ts';
import type { RunStats, RunWatch } from '../../run.ts';
import type { FakeWorld } from '../fake-world.ts';
import { FakeFunction } from './fake-function.ts';
import type { FunctionWorld } from './fake-function.ts';
import type { FuzzFunction, Quirk } from './fuzz-function.ts';
import { RunRecord } from './run-record.ts';

export class FakeFunctions implements UdfPort {
  /** Equal for equal messages from the member, in the same order. */
  digest = 0;
  /** Points and batches that functions got. */
  heardItems = 0;
  private readonly functions: readonly FuzzFunction[];
  private readonly world: FakeWorld;
  /** By node, of earlier runs: what its function is to go on from. */
  private readonly kept = new Map<string, Uint8Array>();
  /** Of the present run. */
  private connections: FakeFunction[] = [];
  private record: RunRecord | undefined;

  constructor(functions: readonly FuzzFunction[], world: FakeWorld) {
    this.functions = functions;
    this.world = world;
  }

  open(name: string, receiver: UdfReceiver): Result<UdfConnection, string> {
    const own = this.functions.find((known) => known.name === name);
    if (own === undefined) return err(`no such UDF ${name}`);
    const opened = new FakeFunction(own, this.worldOfFunctions(), receiver);
    this.connections.push(opened);
    return ok(opened);
  }

  nextDeadline(): Millis {
    return this.connections.reduce((next, { nextTakeMs }) => earliest(next, nextTakeMs), never);
  }

  wake(nowMs: Millis): void {
    for (const connection of this.connections) connection.wake(nowMs);
  }

  /** They do what they should, at once, as far as they can be used. */
  get areDutiful(): boolean {
    return this.functions.every(({ quirks }) => !quirks.some((quirk) => isLax(quirk)));
  }

  /** For the next run. */
  watch(environment: PipelineEnvironment): RunWatch | undefined {
    if (this.functions.length === 0) return undefined;
    this.record = new RunRecord(environment);
    return this.record;
  }

  /** A run has ended; those of the next one are others. */
  endRun(): void {
    assert(
      this.connections.every(({ isClosed }) => isClosed),
      'behind the end of a run every connection to a function is closed',
    );
    for (const { heard, nodeId, kept } of this.connections) {
      this.heardItems += heard.length;
      if (kept !== undefined) this.kept.set(nodeId, kept);
    }
    this.connections = [];
  }

  /** Functions get what is handed to their nodes, and their nodes hand on what the functions make. */
  check({ nodes, edges }: RunStats): void {
    const { record } = this;
    if (record === undefined) return;
    for (const connection of this.connections) {
      const { nodeId: name, heard, told, isTidy } = connection;
      const node = nodes.find((known) => known.name === name);
      if (node === undefined || !isTidy) continue;
      const isThrough = connection.isAtRest && connection.isReady && !connection.isClosed;
      if (isThrough) {
        const restored = connection.restored?.toString() ?? '';
        const kept = this.kept.get(name)?.toString() ?? '';
        assert(restored === kept, `${name} goes on from what it kept: ${restored} | ${kept}`);
      }
      const children = edges.filter(({ parent }) => parent === name).length;
      assert(node.values['emitted'] === children * told.length, `${name} counts what it hands on`);
      checkPrefix(told, record.of(name), true, `${name} hands on what its function makes`);
      const given = record.of(edges.find(({ child }) => child === name)?.parent ?? '');
      checkPrefix(heard, given, isThrough, `the function of ${name} gets what is handed to its node`);
    }
  }

  private worldOfFunctions(): FunctionWorld {
    const { world } = this;
    return {
      nowMs: () => world.nowMs,
      wallNs: () => world.wallNs,
      later: (work) => world.later(work),
      heard: (message) => {
        for (const byte of message) this.digest = Math.imul(this.digest ^ byte, 0x01000193);
      },
    };
  }
}

function checkPrefix(texts: readonly string[], of: readonly string[], isWhole: boolean, claim: string): void {
  for (const [index, text] of texts.entries())
    assert(text === of[index], `${claim}: ${text} | ${of[index] ?? 'nothing'}`);
  assert(!isWhole || texts.length === of.length, `${claim}: nothing | ${of[texts.length] ?? ''}`);
}

function isLax(quirk: Quirk): boolean {
  return ['does', 'ignores', 'slow'].includes(quirk.kind) || (quirk.kind === 'ends' && quirk.error === null);
}
