/** What the three nodes that scale something share: properties, and the machine that decides. */
import { err, ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import type { FieldDefinition } from '../../../tick/evaluate/describe.ts';
import { field } from '../../../tick/evaluate/describe.ts';
import type { LambdaNode } from '../../../tick/syntax/node.ts';
import type { Machine, MachineContext } from '../../engine/machine.ts';
import { durationField, intField, textField } from '../../graph/own-field.ts';
import { PipelineNode } from '../../graph/node.ts';
import type { EdgeType, Graph } from '../../graph/node.ts';
import { nilValue } from '../../graph/script-values.ts';
import type { ScaledResource, ScalingSystem } from '../../node-ports.ts';
import { AutoscaleMachine } from './autoscale-machine.ts';
import { ReplicasExpression } from './replicas-expression.ts';

/** Where the name of what is scaled comes from: written down, or a tag of each point. */
export interface ResourceNaming {
  readonly name: string;
  readonly nameTag: string;
}

export abstract class AutoscaleNode extends PipelineNode {
  cluster = '';
  currentField = '';
  /** 0: no limit. */
  max = 0n;
  min = 1n;
  replicas: LambdaNode | undefined;
  increaseCooldownNs = 0n;
  decreaseCooldownNs = 0n;

  constructor(graph: Graph, edge: EdgeType) {
    super(graph, edge, 'stream');
  }

  abstract readonly system: ScalingSystem;
  /** In the message of a task that cannot start. */
  protected abstract readonly purpose: string;
  abstract naming(): ResourceNaming;
  abstract resource(name: string): ScaledResource;
  /** How messages name it. */
  abstract describe(resource: ScaledResource): string;
  /** Puts what was scaled on the tags of the point that tells of it. */
  abstract tagResource(resource: ScaledResource, tags: Record<string, string>): void;

  /** Of the properties that all three have. */
  protected validateScaling(): string | undefined {
    if (this.min < 1n) return `min must be >= 1, got ${this.min}`;
    return this.replicas === undefined ? 'must provide a replicas lambda expression' : undefined;
  }

  override createMachine(context: MachineContext): Result<Machine, string> {
    const cluster = context.environment.autoscale.cluster(this.system, this.cluster);
    if (!cluster.ok) return err(`cannot use the ${this.purpose} client: ${cluster.error}`);
    const expression = ReplicasExpression.compile(this.replicas, this.currentField, context.environment);
    if (!expression.ok) return err(`invalid replicas expression: ${expression.error}`);
    return ok(new AutoscaleMachine(context, this, cluster.value, expression.value));
  }
}

const replicas: FieldDefinition<AutoscaleNode> = field(
  'lambda',
  (node: AutoscaleNode, value) => {
    node.replicas = value;
  },
  (node) => (node.replicas === undefined ? nilValue : { type: 'lambda', value: node.replicas }),
);

export const scalingProperties = {
  cluster: textField('cluster'),
  currentField: textField('currentField'),
  max: intField('max'),
  min: intField('min'),
  replicas,
  increaseCooldown: durationField('increaseCooldownNs'),
  decreaseCooldown: durationField('decreaseCooldownNs'),
} as const;
