import { method } from '../../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../../tick/evaluate/describe.ts';
import { chainNode } from '../../graph/chain-node.ts';
import type { NodeModule } from '../../graph/chain-node.ts';
import type { PipelineNode } from '../../graph/node.ts';
import { textField } from '../../graph/own-field.ts';
import type { ScaledResource } from '../../node-ports.ts';
import { AutoscaleNode, scalingProperties } from './autoscale-node.ts';
import type { ResourceNaming } from './autoscale-node.ts';

const ec2AutoscaleDefinition: ObjectDefinition<Ec2AutoscaleNode> = {
  goType: '*pipeline.Ec2AutoscaleNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    ...scalingProperties,
    groupName: textField('groupName'),
    groupNameTag: textField('groupNameTag'),
    outputGroupNameTag: textField('outputGroupNameTag'),
  },
  chainMethods: {},
};

/** `ec2Autoscale`: sets the desired capacity of an auto scaling group of AWS; `cluster` names the `id` of an `[[ec2]]` element. */
class Ec2AutoscaleNode extends AutoscaleNode {
  readonly definition = ec2AutoscaleDefinition;
  readonly kind = 'ec2_autoscale';
  readonly system = 'ec2';
  protected readonly purpose = 'EC2Autoscale node, could not create ec2';
  groupName = '';
  groupNameTag = '';
  /** Empty: the tag that the name came from. */
  outputGroupNameTag = '';

  override validate(): string | undefined {
    if ((this.groupName === '') === (this.groupNameTag === ''))
      return 'must specify exactly one of GroupName or GroupNameTag';
    return this.validateScaling();
  }

  override naming(): ResourceNaming {
    return { name: this.groupName, nameTag: this.groupNameTag };
  }

  override resource(name: string): ScaledResource {
    return { namespace: '', kind: '', name };
  }

  override describe({ name }: ScaledResource): string {
    return name;
  }

  override tagResource({ name }: ScaledResource, tags: Record<string, string>): void {
    const tag = this.outputGroupNameTag === '' ? this.groupNameTag : this.outputGroupNameTag;
    if (tag !== '') tags[tag] = name;
  }
}

export const ec2AutoscaleModule: NodeModule = {
  chainMethods: {
    ec2Autoscale: method([], (parent: PipelineNode) =>
      parent.link(new Ec2AutoscaleNode(parent.graph, parent.provides)),
    ),
  },
};
