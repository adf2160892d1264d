import { method } from '../../tick/evaluate/describe.ts';
import type { MethodDefinition, ObjectDefinition } from '../../tick/evaluate/describe.ts';
import type { PipelineNode } from './node.ts';

/** What a node's file adds to the language. */
export interface NodeModule {
  /** `|name(…)` on any node that can be followed by others. */
  readonly chainMethods?: Readonly<Record<string, MethodDefinition<PipelineNode>>>;
  /** `|name(…)` on every node. */
  readonly nodeMethods?: Readonly<Record<string, MethodDefinition<PipelineNode>>>;
}

const nodeMethods: Record<string, MethodDefinition<PipelineNode>> = {};
const chainMethods: Record<string, MethodDefinition<PipelineNode>> = {};

/** What every node has, also those that nothing can follow. */
export const anyNode: ObjectDefinition = {
  goType: '*pipeline.node',
  properties: {
    quiet: method([], (node: PipelineNode) => {
      node.isQuiet = true;
    }),
  },
  chainMethods: nodeMethods,
};

/** What nodes have that others can follow. */
export const chainNode: ObjectDefinition = {
  goType: '*pipeline.chainnode',
  embeds: [anyNode],
  properties: {},
  chainMethods,
};

/** Called by the registry, once per node file, before any script is evaluated. */
export function addNodeModule(module: NodeModule): void {
  Object.assign(nodeMethods, module.nodeMethods);
  Object.assign(chainMethods, module.chainMethods);
}
