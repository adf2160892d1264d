import { expect, test } from 'vitest';
import type { NodeStats, RunStats } from '../pipeline/run.ts';
import { memberStatistics, statisticsOf } from './statistics.ts';

const node = (name: string, kind: string, collected: number): NodeStats => ({ name, kind, values: { collected } });
const runs: Readonly<Record<string, RunStats>> = {
  stream: {
    throughput: 0,
    nodes: [node('stream0', 'stream', 3), node('from1', 'from', 3)],
    edges: [{ parent: 'stream0', child: 'from1', type: 'stream', collected: 3, emitted: 3 }],
  },
  batch: {
    throughput: 0,
    nodes: [node('batch0', 'batch', 7), node('query1', 'query', 4), node('query2', 'query', 3)],
    edges: [
      { parent: 'batch0', child: 'query1', type: 'batch', collected: 4, emitted: 4 },
      { parent: 'batch0', child: 'query2', type: 'batch', collected: 3, emitted: 3 },
      { parent: 'query1', child: 'union3', type: 'batch', collected: 4, emitted: 4 },
    ],
  },
};

test('the edges of a task begin in front of its source, named as in 1.5.4', () => {
  const statistics = statisticsOf({
    runner: { ingress: () => [], executingIds: () => ['stream', 'batch'], stats: (id) => runs[id] },
    taskOf: () => undefined,
    topics: () => [],
    arrivals: () => [
      { way: 'write_points', points: 5 },
      { way: 'stats', points: 2 },
    ],
    loadErrors: () => 0,
  });
  const edges = statistics.filter(({ name }) => name === 'edges');
  const told = edges.map(({ tags, values }) => `${tags['parent']} -> ${tags['child']} ${values['collected']}`);
  expect(told).toEqual([
    'write_points -> stream 5',
    'stats -> stream 2',
    'stream -> stream0 3',
    'stream0 -> from1 3',
    'batch -> batch0 4',
    'batch -> batch1 3',
    'query1 -> union3 4',
  ]);
});

test('the figures of the member itself are statistics too, under the names that 1.5.4 gives those both have', () => {
  const memory = { rss: 9, heapUsed: 3, heapTotal: 5, external: 1 };
  const [kapacitor, runtime] = memberStatistics({
    enabledTasks: 1,
    tasks: 2,
    subscriptions: 3,
    uptimeSeconds: 4.5,
    memory,
  });
  expect(kapacitor).toMatchObject({
    name: 'kapacitor',
    values: { num_enabled_tasks: 1, num_tasks: 2, num_subscriptions: 3, uptime: 4.5 },
  });
  expect(runtime).toMatchObject({ name: 'runtime', values: { Alloc: 3, HeapIdle: 2, HeapSys: 5, Sys: 9 } });
});
