import { byteOrder } from '../../base/byte-order.ts';
import { formatGoDuration } from '../../base/duration.ts';
import type { TaskType } from '../definition.ts';
import type { DotView, NodeStats, RunStats } from '../run.ts';

/** Graphviz text of an executing task: its nodes with their statistics, its edges with what passed them. */
export function runText(taskId: string, type: TaskType, stats: RunStats, view: DotView): string {
  const throughput = `${stats.throughput.toFixed(2)} ${type === 'stream' ? 'points' : 'batches'}/s`;
  const graph =
    view === 'labels'
      ? `graph [label="Throughput: ${throughput}" forcelabels=true pad="0.8,0.5"];`
      : `graph [throughput="${throughput}"];`;
  let text = `digraph ${taskId} {\n${graph}\n`;
  for (const node of stats.nodes) {
    // As 1.5.4: the graph of a batch task begins at its queries.
    if (node.kind === 'batch') continue;
    const pairs = shown(node);
    text +=
      view === 'labels'
        ? `\n${node.name} [xlabel="${pairs.map(([key, value]) => `${key}=${value}`).join('\\r')}"];\n`
        : `\n${node.name} [${pairs.map(([key, value]) => `${key}="${value}" `).join('')}];\n`;
    for (const edge of stats.edges) {
      if (edge.parent !== node.name) continue;
      const label = view === 'labels' ? `label="processed=${edge.collected}"` : `processed="${edge.collected}"`;
      text += `${node.name} -> ${edge.child} [${label}];\n`;
    }
  }
  return `${text}}`;
}

/** What passed in and out is shown at the edges. */
function shown(node: NodeStats): readonly (readonly [string, string])[] {
  return Object.entries(node.values)
    .filter(([key]) => key !== 'collected' && key !== 'emitted')
    .sort(([a], [b]) => byteOrder(a, b))
    .map(([key, value]) => [key, key === 'avg_exec_time_ns' ? formatGoDuration(BigInt(value)) : String(value)]);
}
