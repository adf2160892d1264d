import { method } from '../../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../../tick/evaluate/describe.ts';
import { chainNode } from '../../graph/chain-node.ts';
import type { NodeModule } from '../../graph/chain-node.ts';
import type { PipelineNode } from '../../graph/node.ts';
import { textField } from '../../graph/own-field.ts';
import type { ScaledResource } from '../../node-ports.ts';
import { AutoscaleNode, scalingProperties } from './autoscale-node.ts';
import type { ResourceNaming } from './autoscale-node.ts';

const swarmAutoscaleDefinition: ObjectDefinition<SwarmAutoscaleNode> = {
  goType: '*pipeline.SwarmAutoscaleNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    ...scalingProperties,
    serviceName: textField('serviceName'),
    serviceNameTag: textField('serviceNameTag'),
    outputServiceNameTag: textField('outputServiceNameTag'),
  },
  chainMethods: {},
};

/** `swarmAutoscale`: sets the number of replicas of a service of Docker Swarm. */
class SwarmAutoscaleNode extends AutoscaleNode {
  readonly definition = swarmAutoscaleDefinition;
  readonly kind = 'swarm_autoscale';
  readonly system = 'swarm';
  protected readonly purpose = 'swarmAutoscale node, could not create swarm';
  serviceName = '';
  serviceNameTag = '';
  /** Empty: the tag that the name came from. */
  outputServiceNameTag = '';

  override validate(): string | undefined {
    if ((this.serviceName === '') === (this.serviceNameTag === ''))
      return 'must specify exactly one of ServiceName or ServiceNameTag';
    return this.validateScaling();
  }

  override naming(): ResourceNaming {
    return { name: this.serviceName, nameTag: this.serviceNameTag };
  }

  override resource(name: string): ScaledResource {
    return { namespace: '', kind: '', name };
  }

  override describe({ name }: ScaledResource): string {
    return name;
  }

  override tagResource({ name }: ScaledResource, tags: Record<string, string>): void {
    const tag = this.outputServiceNameTag === '' ? this.serviceNameTag : this.outputServiceNameTag;
    if (tag !== '') tags[tag] = name;
  }
}

export const swarmAutoscaleModule: NodeModule = {
  chainMethods: {
    swarmAutoscale: method([], (parent: PipelineNode) =>
      parent.link(new SwarmAutoscaleNode(parent.graph, parent.provides)),
    ),
  },
};
