/** Scripts with real functions: programs are bundled into a folder, started by the service, and fed line protocol. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setImmediate as soon } from 'node:timers/promises';
import { build } from 'esbuild';
import type { JsonValue } from '../../../base/store.ts';
import type { UdfFunction } from '../../../config/config.ts';
import { LineProtocolParser } from '../../../influx/line-protocol/parse.ts';
import { definePipeline } from '../../../pipeline/define.ts';
import type { PipelineRun } from '../../../pipeline/run.ts';
import { FakeWorld } from '../../../pipeline/testing/fake-world.ts';
import { createLog } from '../../log/log.ts';
import { UdfService } from '../udf-service.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

export interface FunctionProgram {
  readonly path: string;
  /** For sockets and the like. */
  readonly dir: string;
  dispose(): void;
}

export async function bundleFunction(): Promise<FunctionProgram> {
  const dir = mkdtempSync(join(tmpdir(), 'udf-'));
  const path = join(dir, 'moving-average.cjs');
  await build({
    entryPoints: [join(folder, 'moving-average.ts')],
    outfile: path,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'warning',
  });
  return { path, dir, dispose: () => rmSync(dir, { recursive: true, force: true }) };
}

/** A function that runs the bundled program. */
export function programOf(program: FunctionProgram, args: readonly string[], timeoutMs = 10_000): UdfFunction {
  return {
    socket: '',
    program: process.execPath,
    args: [program.path, ...args],
    env: {},
    timeoutNs: BigInt(timeoutMs) * 1_000_000n,
  };
}

const wallNs = (): bigint => BigInt(Date.now()) * 1_000_000n;
const realMs = (): number => performance.now();

/** `nowMs` is the time by which silence is measured, as that of a run is. */
export function udfService(functions: Readonly<Record<string, UdfFunction>>, nowMs = realMs): UdfService {
  const sink = { write: () => undefined, close: () => Promise.resolve() };
  const logger = createLog({ sink, level: 'error', now: () => Date.now() });
  return new UdfService({ functions: new Map(Object.entries(functions)), logger, nowMs, wallNs });
}

/** A started script. */
export class FunctionRun {
  readonly world = new FakeWorld();
  readonly run: PipelineRun;
  private readonly parser = new LineProtocolParser();
  private readonly nowMs: () => number;

  constructor(script: string, service: UdfService, snapshot: JsonValue | null = null, nowMs = realMs) {
    this.nowMs = nowMs;
    const defined = definePipeline(script, { udfs: service.infos });
    if (!defined.ok) throw new Error(defined.error.message);
    const environment = {
      ...this.world.environment('task'),
      clock: { wallNs, monotonicMs: nowMs },
      udf: service,
    };
    const started = defined.value.start(environment, { dbrps: [{ db: 'db', rp: 'rp' }], snapshot });
    if (!started.ok) throw new Error(started.error);
    this.run = started.value;
  }

  write(...lines: readonly string[]): void {
    const request = { database: 'db', retentionPolicy: 'rp', precision: 's', nowNs: 0n } as const;
    const parsed = this.parser.parse(new TextEncoder().encode(lines.join('\n')), request);
    if (!parsed.ok) throw new Error(parsed.error);
    this.run.write(parsed.value);
  }

  /** As the daemon's timer and answers would. */
  step(): void {
    this.world.answerAll();
    if (this.run.nextDeadline() <= this.nowMs()) this.run.wake(this.nowMs());
  }

  /** Steps, once a round of the loop, until the condition holds; fails after twenty seconds. */
  async until(holds: () => boolean, what: string): Promise<void> {
    const endMs = realMs() + 20_000;
    for (this.step(); !holds(); this.step()) {
      if (realMs() > endMs) throw new Error(`waited in vain for ${what}`);
      await soon();
    }
  }

  /** No more data comes: resolves when all of it is through. */
  async drain(): Promise<void> {
    this.run.finish();
    await this.until(() => this.run.backlog() === 0 || this.run.error() !== null, 'the run to drain');
  }

  async failure(): Promise<string> {
    await this.until(() => this.run.error() !== null, 'a failure');
    return this.run.error() ?? '';
  }

  async snapshot(): Promise<JsonValue | null> {
    let isKnown = false;
    this.run.prepareSnapshot(() => (isKnown = true));
    await this.until(() => isKnown, 'a snapshot');
    return this.run.snapshot();
  }

  /** What was posted under a label, one after the other. */
  posted(label: string): readonly unknown[] {
    return this.world.posts.filter((post) => post.label === label).map(({ body }) => body);
  }
}
