import { expect, test } from 'vitest';
import type { NodeStats, RunStats } from '../pipeline/run.ts';
import { statisticsOf } from './statistics.ts';

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
    loadErrors: () => 0,
  });
  const edges = statistics.filter(({ name }) => name === 'edges');
  const told = edges.map(({ tags, values }) => `${tags['parent']} -> ${tags['child']} ${values['collected']}`);
  expect(told).toEqual([
    'stream -> stream0 3',
    'stream0 -> from1 3',
    'batch -> batch0 4',
    'batch -> batch1 3',
    'query1 -> union3 4',
  ]);
});
