import { method } from '../../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../../tick/evaluate/describe.ts';
import { chainNode } from '../../graph/chain-node.ts';
import type { NodeModule } from '../../graph/chain-node.ts';
import type { PipelineNode } from '../../graph/node.ts';
import { textField } from '../../graph/own-field.ts';
import type { ScaledResource } from '../../node-ports.ts';
import { AutoscaleNode, scalingProperties } from './autoscale-node.ts';
import type { ResourceNaming } from './autoscale-node.ts';

const k8sAutoscaleDefinition: ObjectDefinition<K8sAutoscaleNode> = {
  goType: '*pipeline.K8sAutoscaleNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    ...scalingProperties,
    namespace: textField('namespace'),
    kind: textField('scaledKind'),
    resourceName: textField('resourceName'),
    resourceNameTag: textField('resourceNameTag'),
    namespaceTag: textField('namespaceTag'),
    kindTag: textField('kindTag'),
    resourceTag: textField('resourceTag'),
  },
  chainMethods: {},
};

/** The last one is singular, though the message that lists them says otherwise: as 1.5.4 has it. */
const kinds: ReadonlySet<string> = new Set(['deployments', 'replicasets', 'replicationcontroller']);

/** `k8sAutoscale`: sets the number of replicas of a Kubernetes resource. */
class K8sAutoscaleNode extends AutoscaleNode {
  readonly definition = k8sAutoscaleDefinition;
  readonly kind = 'k8s_autoscale';
  readonly system = 'kubernetes';
  protected readonly purpose = 'k8sAutoscale node, could not create kubernetes';
  namespace = '';
  scaledKind = 'deployments';
  resourceName = '';
  resourceNameTag = '';
  namespaceTag = 'namespace';
  kindTag = 'kind';
  resourceTag = 'resource';

  override validate(): string | undefined {
    if ((this.resourceName === '') === (this.resourceNameTag === ''))
      return 'must specify exactly one of ResourceName or ResourceNameTag';
    if (!kinds.has(this.scaledKind))
      return `invalid Kind, must be 'deployments', 'replicasets' or 'replicationcontrollers', got ${this.scaledKind}`;
    return this.validateScaling();
  }

  override naming(): ResourceNaming {
    return { name: this.resourceName, nameTag: this.resourceNameTag };
  }

  /** As 1.5.4: the namespace of the configuration is for discovery alone. */
  override resource(name: string): ScaledResource {
    return { namespace: this.namespace === '' ? 'default' : this.namespace, kind: this.scaledKind, name };
  }

  override describe({ namespace, kind, name }: ScaledResource): string {
    return `${namespace}/${kind}/${name}`;
  }

  override tagResource({ namespace, kind, name }: ScaledResource, tags: Record<string, string>): void {
    if (this.namespaceTag !== '') tags[this.namespaceTag] = namespace;
    if (this.kindTag !== '') tags[this.kindTag] = kind;
    if (this.resourceTag !== '') tags[this.resourceTag] = name;
  }
}

export const k8sAutoscaleModule: NodeModule = {
  chainMethods: {
    k8sAutoscale: method([], (parent: PipelineNode) =>
      parent.link(new K8sAutoscaleNode(parent.graph, parent.provides)),
    ),
  },
};
