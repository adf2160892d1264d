import { present } from '../../base/assert.ts';
import type { WriteBody } from '../../influx/block.ts';
import { LineProtocolParser } from '../../influx/line-protocol/parse.ts';
import { definePipeline } from '../define.ts';
import type { DefineOptions, PipelineDefinition } from '../definition.ts';
import type { PipelineRun } from '../run.ts';
import { FakeWorld } from './fake-world.ts';

/** A script at work on database `db`, retention policy `rp`. */
export class RunningScript {
  readonly world: FakeWorld;
  readonly definition: PipelineDefinition;
  readonly run: PipelineRun;
  private readonly parser = new LineProtocolParser();

  constructor(script: string, world = new FakeWorld(), options?: DefineOptions) {
    this.world = world;
    const defined = definePipeline(script, options);
    if (!defined.ok) throw new Error(defined.error.message);
    this.definition = defined.value;
    const started = this.definition.start(world.environment('task'), { dbrps: [{ db: 'db', rp: 'rp' }] });
    if (!started.ok) throw new Error(started.error);
    this.run = started.value;
  }

  /** Lines of line protocol; answers what is posted meanwhile. */
  write(...lines: readonly string[]): void {
    this.run.write(this.parse(new TextEncoder().encode(lines.join('\n'))));
    this.world.answerAll();
  }

  parse(body: Uint8Array): WriteBody {
    const request = { database: 'db', retentionPolicy: 'rp', precision: 'n', nowNs: this.world.wallNs } as const;
    const parsed = this.parser.parse(body, request);
    if (!parsed.ok) throw new Error(parsed.error);
    return parsed.value;
  }

  wakeAt(nowMs: number): void {
    this.world.nowMs = nowMs;
    this.run.wake(nowMs);
    this.world.answerAll();
  }

  /** Time goes by: the script is woken whenever it wants to be; what it asks for meanwhile stays unanswered. */
  readonly passTo = (nowMs: number): void => {
    while (this.run.nextDeadline() <= nowMs) {
      this.world.nowMs = this.run.nextDeadline();
      this.run.wake(this.world.nowMs);
    }
    this.world.nowMs = nowMs;
  };

  /** Of one node's statistics. */
  stat(node: string, name: string): number {
    const stats = present(
      this.run.stats().nodes.find((candidate) => candidate.name === node),
      node,
    );
    return present(stats.values[name], name);
  }

  /** Columns and values posted under a label, one entry a post. */
  posted(label: string): readonly unknown[] {
    return this.world.posts.filter((post) => post.label === label).map(({ body }) => body);
  }
}
