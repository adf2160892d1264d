/** Finding what an object offers under a name. */
import type { MethodDefinition, ObjectDefinition, PropertyDefinition, ScriptObject } from './describe.ts';

/** Definitions are keyed with a small first letter; a script may capitalize it. */
function keyOf(name: string): string {
  const [first = ''] = name;
  return first.toLowerCase() + name.slice(first.length);
}

/** The name as a Go field has it, in messages. */
export function capitalized(name: string): string {
  const [first = ''] = name;
  return first.toUpperCase() + name.slice(first.length);
}

export function findProperty(object: ScriptObject, name: string): PropertyDefinition | undefined {
  return find(object.definition, keyOf(name), (definition) => definition.properties);
}

export function findChainMethod(object: ScriptObject, name: string): MethodDefinition | undefined {
  return find(object.definition, keyOf(name), (definition) => definition.chainMethods);
}

function find<D>(
  definition: ObjectDefinition,
  key: string,
  tableOf: (definition: ObjectDefinition) => Readonly<Record<string, D>>,
): D | undefined {
  const table = tableOf(definition);
  if (Object.hasOwn(table, key)) return table[key];
  for (const embedded of definition.embeds ?? []) {
    const found = find(embedded, key, tableOf);
    if (found !== undefined) return found;
  }
  return undefined;
}
