import type { Graph, PipelineNode } from './node.ts';

/** Every node once, parents before children, in the order 1.5.4 prints and starts them. */
export function walkOrder(graph: Graph): readonly PipelineNode[] {
  const finished: PipelineNode[] = [];
  const seen = new Set<PipelineNode>();
  const visit = (node: PipelineNode): void => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const child of node.children) visit(child);
    finished.push(node);
  };
  for (const source of [...graph.sources].reverse()) visit(source);
  return finished.reverse();
}

/** Graphviz text of a pipeline that is not executing. */
export function graphText(taskId: string, nodes: readonly PipelineNode[]): string {
  const edges = nodes
    .filter((node) => node.isDrawn)
    .flatMap((node) => node.children.map((child) => `${node.name} -> ${child.name};\n`));
  return `digraph ${taskId} {\n${edges.join('')}}`;
}
