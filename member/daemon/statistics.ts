/** The member's statistics: shown by `debug/vars`, and written as points that tasks can read (`[stats]`). */
import type { LineProtocolParser } from '../influx/line-protocol/parse.ts';
import type { MemberFigures, Statistic } from '../shell/http/routes/debug-vars.ts';
import type { EdgeStats, RunStats } from '../pipeline/run.ts';
import type { TaskRunner } from '../tasks/task-runner.ts';
import type { Task } from '../tasks/task.ts';
import type { Intake, IntakeWay } from './intake.ts';

export interface StatisticsSource {
  readonly runner: Pick<TaskRunner, 'ingress' | 'executingIds' | 'stats'>;
  readonly taskOf: (id: string) => Task | undefined;
  readonly topics: () => readonly { readonly id: string; readonly collected: number }[];
  /** The ways on which points come in, with how many did. */
  readonly arrivals: () => readonly { readonly way: IntakeWay; readonly points: number }[];
  /** Loads of the `[load]` folder that failed. */
  readonly loadErrors: () => number;
}

/** Names, tags and values as 1.5.4 has them. */
export function statisticsOf(source: StatisticsSource): readonly Statistic[] {
  const { runner } = source;
  const statistics: Statistic[] = runner.ingress().map(({ db, rp, measurement, points }) => ({
    name: 'ingress',
    tags: { task_master: 'main', database: db, retention_policy: rp, measurement },
    values: { points_received: points },
  }));
  for (const { way, points } of source.arrivals()) {
    statistics.push({
      name: 'edges',
      tags: { task: 'task_master:main', parent: way, child: 'stream', type: 'stream' },
      values: { collected: points, emitted: points },
    });
  }
  for (const id of runner.executingIds()) {
    const stats = runner.stats(id);
    const type = source.taskOf(id)?.type ?? 'stream';
    if (stats === undefined) continue;
    for (const node of stats.nodes) {
      statistics.push({
        name: 'nodes',
        tags: { task: id, node: node.name, type, kind: node.kind },
        values: node.values,
      });
    }
    for (const edge of edgesOf(stats)) {
      statistics.push({
        name: 'edges',
        tags: { task: id, parent: edge.parent, child: edge.child, type: edge.type },
        values: { collected: edge.collected, emitted: edge.emitted },
      });
    }
  }
  for (const topic of source.topics()) {
    statistics.push({ name: 'topics', tags: { id: topic.id }, values: { collected: topic.collected } });
  }
  statistics.push({ name: 'load', tags: {}, values: { errors: source.loadErrors() } });
  return statistics;
}

/**
 * What `debug/vars` shows at its top is a statistic of its own in `[stats]`. Of the runtime's those are told that Go's
 * and ours both have.
 */
export function memberStatistics(figures: MemberFigures): readonly Statistic[] {
  const { enabledTasks, tasks, subscriptions, uptimeSeconds, memory } = figures;
  const { rss, heapUsed, heapTotal } = memory;
  return [
    {
      name: 'kapacitor',
      tags: {},
      values: {
        num_enabled_tasks: enabledTasks,
        num_subscriptions: subscriptions,
        num_tasks: tasks,
        uptime: uptimeSeconds,
      },
    },
    {
      name: 'runtime',
      tags: {},
      values: {
        Alloc: heapUsed,
        HeapAlloc: heapUsed,
        HeapIdle: heapTotal - heapUsed,
        HeapInUse: heapUsed,
        HeapSys: heapTotal,
        Sys: rss,
      },
    },
  ];
}

/** With the way into the task: points come to `stream0` from a `stream`, batches to its queries from a `batch`. */
function edgesOf({ nodes, edges }: RunStats): readonly EdgeStats[] {
  const source = nodes[0];
  if (source?.kind === 'stream') {
    const collected = source.values['collected'] ?? 0;
    return [{ parent: 'stream', child: source.name, type: 'stream', collected, emitted: collected }, ...edges];
  }
  let queries = 0;
  return edges.map((edge) =>
    edge.parent === source?.name ? { ...edge, parent: 'batch', child: `batch${queries++}` } : edge,
  );
}

export interface StatsWriterOptions {
  readonly intervalMs: number;
  readonly database: string;
  readonly retentionPolicy: string;
  readonly statistics: () => readonly Statistic[];
  readonly identity: () => Readonly<Record<string, string>>;
  readonly parser: LineProtocolParser;
  readonly intake: Intake;
  readonly nowNs: () => bigint;
}

/** Writes the statistics in an interval, as points of the member itself. */
export function startStatsWriter(options: StatsWriterOptions): { dispose(): void } {
  const { database, retentionPolicy } = options;
  const timer = setInterval(() => {
    const nowNs = options.nowNs();
    const lines = statsLines(options.statistics(), options.identity(), nowNs);
    const body = options.parser.parse(Buffer.from(lines), { database, retentionPolicy, precision: 'n', nowNs });
    if (body.ok) void options.intake.accept(body.value, database, retentionPolicy, 'stats');
  }, options.intervalMs);
  return { dispose: () => clearInterval(timer) };
}

function statsLines(
  statistics: readonly Statistic[],
  identity: Readonly<Record<string, string>>,
  nowNs: bigint,
): string {
  let lines = '';
  for (const { name, tags, values } of statistics) {
    const fields = Object.entries(values).map(([key, value]) => `${escape(key)}=${fieldText(key, value)}`);
    if (fields.length === 0) continue;
    const labels = Object.entries({ ...tags, ...identity })
      .filter(([, value]) => value !== '')
      .map(([key, value]) => `,${escape(key)}=${escape(value)}`);
    lines += `${escape(name)}${labels.join('')} ${fields.join(',')} ${nowNs}\n`;
  }
  return lines;
}

/** Averages and the uptime are floats, everything counted is an integer. */
function fieldText(key: string, value: number | bigint | string | boolean): string {
  if (typeof value === 'string') return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return `${value}i`;
  const isFloat = key === 'uptime' || key.startsWith('avg_');
  return Number.isInteger(value) && !isFloat ? `${value}i` : String(value);
}

function escape(text: string): string {
  return text.replace(/[,= \\]/g, '\\$&');
}
