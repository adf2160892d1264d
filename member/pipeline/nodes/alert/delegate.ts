import type {
  FieldDefinition,
  MethodDefinition,
  ObjectDefinition,
  PropertyDefinition,
  ScriptObject,
} from '../../../tick/evaluate/describe.ts';

/**
 * A definition whose properties and methods act on another object: in 1.5.4 handlers of an alert node embed it, so
 * that a script can go on with the node's properties, or chain the next node, after a handler's. `after` is what
 * the chain goes on with behind a method that returns nothing.
 */
export function delegated<Self extends ScriptObject>(
  definition: ObjectDefinition,
  target: (self: Self) => ScriptObject,
  after: (self: Self) => ScriptObject,
): ObjectDefinition {
  const method = (inner: MethodDefinition): MethodDefinition => ({
    ...inner,
    apply: (self, args, call) => inner.apply(target(narrow(self)), args, call) ?? after(narrow(self)),
  });
  const field = (inner: FieldDefinition): FieldDefinition => ({
    ...inner,
    set: (self, value) => inner.set(target(narrow(self)), value),
    get: (self) => inner.get(target(narrow(self))),
  });
  const property = (inner: PropertyDefinition): PropertyDefinition =>
    inner.kind === 'method' ? method(inner) : field(inner);
  // The evaluator calls with objects of the definition that embeds this one.
  const narrow = (self: ScriptObject): Self => self as Self;
  return {
    goType: definition.goType,
    embeds: (definition.embeds ?? []).map((embedded) => delegated(embedded, target, after)),
    // Node files add to these tables when they are loaded: they are read when a script is.
    get properties() {
      return mapped(definition.properties, property);
    },
    get chainMethods() {
      return mapped(definition.chainMethods, method);
    },
  };
}

function mapped<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
