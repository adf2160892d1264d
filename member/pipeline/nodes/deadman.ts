import { formatGoDuration } from '../../base/duration.ts';
import { variadicMethod } from '../../tick/evaluate/describe.ts';
import type { LambdaNode, Node } from '../../tick/syntax/node.ts';
import type { NodeModule } from '../graph/chain-node.ts';
import type { PipelineNode } from '../graph/node.ts';
import { AlertNode } from './alert/alert.ts';
import { DerivativeNode } from './derivative.ts';
import { StatsNode } from './stats.ts';

const nowhere = { offset: 0, line: 0, char: 0 };

/** `deadman`: an alert for when a node hands on too few points, made of `stats`, `derivative` and `alert`. */
export function addDeadman(
  node: PipelineNode,
  threshold: number,
  intervalNs: bigint,
  conditions: readonly LambdaNode[] = [],
): AlertNode {
  const { graph } = node;
  const stats = StatsNode.addTo(node, intervalNs);
  stats.isAligned = true;
  const rate = stats.link(new DerivativeNode(graph, 'stream', 'emitted'));
  rate.isNonNegative = true;
  rate.unitNs = intervalNs;
  const alert = rate.link(new AlertNode(graph, 'stream'));
  alert.crit = { kind: 'lambda', position: nowhere, expression: condition(threshold, conditions) };
  alert.messageId = graph.deadman.id.replace('NODE_NAME', () => node.name);
  alert.message = graph.deadman.message.replace('INTERVAL', () => formatGoDuration(intervalNs));
  return alert;
}

/** `"emitted" <= threshold AND …` */
function condition(threshold: number, more: readonly LambdaNode[]): Node {
  let all = binary(
    '<=',
    { kind: 'reference', position: nowhere, name: 'emitted' },
    { kind: 'float', position: nowhere, value: threshold },
  );
  for (const { expression } of more) if (expression !== undefined) all = binary('AND', all, expression);
  return all;
}

function binary(operator: '<=' | 'AND', left: Node, right: Node): Node {
  return { kind: 'binary', position: nowhere, operator, left, right, hasParens: false, isMultiLine: false };
}

export const deadmanModule: NodeModule = {
  nodeMethods: {
    deadman: variadicMethod(['float', 'duration'], 'lambda', (parent: PipelineNode, [threshold, interval], lambdas) =>
      addDeadman(parent, threshold, interval, lambdas),
    ),
  },
};
