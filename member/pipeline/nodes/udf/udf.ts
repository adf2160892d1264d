/** `@name()`: a node of a user-defined function, a program of the user's own beside the member. */
import { ok } from '../../../base/result.ts';
import { variadicMethod } from '../../../tick/evaluate/describe.ts';
import type {
  Call,
  CallOutcome,
  DynamicMethod,
  MethodDefinition,
  ObjectDefinition,
} from '../../../tick/evaluate/describe.ts';
import { goTypeOf } from '../../../tick/evaluate/value.ts';
import type { ScriptValue } from '../../../tick/evaluate/value.ts';
import type { MachineContext } from '../../engine/machine.ts';
import { chainNode } from '../../graph/chain-node.ts';
import { nodeOf, PipelineNode } from '../../graph/node.ts';
import type { Graph } from '../../graph/node.ts';
import type { UdfInfo, UdfOption, UdfOptionType, UdfOptionValue } from './messages.ts';
import { UdfMachine } from './udf-machine.ts';

/** What scripts call of the configured functions. */
export function udfMethods(functions: ReadonlyMap<string, UdfInfo>): ReadonlyMap<string, DynamicMethod> {
  return new Map(
    [...functions].map(([name, info]) => {
      const definition = definitionOf(info);
      // As 1.5.4, which takes arguments and does nothing with them.
      const apply: DynamicMethod['apply'] = (self) => {
        const parent = nodeOf(self);
        return parent.link(new UdfNode(parent.graph, name, info, definition));
      };
      return [name, { apply }] as const;
    }),
  );
}

/** Options that a script gives; each may come more than once, and all are handed to the function in order. */
class UdfNode extends PipelineNode {
  readonly definition: ObjectDefinition<UdfNode>;
  readonly kind: string;
  readonly info: UdfInfo;
  readonly options: UdfOption[] = [];

  constructor(graph: Graph, name: string, info: UdfInfo, definition: ObjectDefinition<UdfNode>) {
    super(graph, info.wants, info.provides);
    this.kind = name;
    this.info = info;
    this.definition = definition;
  }

  override createMachine(context: MachineContext) {
    const { kind: functionName, info, options } = this;
    return ok(new UdfMachine(context, { functionName, provides: info.provides, options }));
  }
}

function definitionOf(info: UdfInfo): ObjectDefinition<UdfNode> {
  const properties: Record<string, MethodDefinition<UdfNode>> = {};
  const set = variadicMethod([], 'any', (node: UdfNode, _args, values, call) => {
    const { name } = call;
    const types = info.options.get(name);
    // Options are found whatever the case of their first letter, but these are the function's own names.
    if (types === undefined) return call.fail(`no method or property "${name}" on *pipeline.UDFNode`);
    return setOption(node, { name, types, values, call });
  });
  for (const name of info.options.keys()) properties[`${name.slice(0, 1).toLowerCase()}${name.slice(1)}`] = set;
  return { goType: '*pipeline.UDFNode', isNode: true, embeds: [chainNode], properties, chainMethods: {} };
}

interface GivenOption {
  readonly name: string;
  readonly types: readonly UdfOptionType[];
  readonly values: readonly ScriptValue[];
  readonly call: Call;
}

function setOption(node: UdfNode, { name, types, values, call }: GivenOption): CallOutcome {
  if (values.length !== types.length)
    return call.fail(`unexpected number of args to ${name}, got ${values.length} expected ${types.length}`);
  const taken: UdfOptionValue[] = [];
  for (const [index, given] of values.entries()) {
    const value = optionValue(given);
    const expected = types[index];
    if (value === undefined || value.type !== expected) {
      // As 1.5.4 says of values that no option can have; where it takes one for a BOOL without a value, we do not.
      const got = value?.type ?? (expected === 'BOOL' ? goTypeOf(given) : 'BOOL');
      return call.fail(`unexpected arg to ${name}, got ${got} expected ${expected}`);
    }
    taken.push(value);
  }
  node.options.push({ name, values: taken });
  return undefined;
}

/** Undefined: a function cannot be given such a value. */
function optionValue(given: ScriptValue): UdfOptionValue | undefined {
  switch (given.type) {
    case 'bool':
      return { type: 'BOOL', value: given.value };
    case 'int':
      return { type: 'INT', value: given.value };
    case 'float':
      return { type: 'DOUBLE', value: given.value };
    case 'string':
      return { type: 'STRING', value: given.value };
    case 'duration':
      return { type: 'DURATION', value: given.value };
    default:
      return undefined;
  }
}
