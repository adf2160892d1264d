/** Properties of a node that are kept as they are given, under a field of the node itself. */
import type { FieldDefinition, ScriptObject } from '../../tick/evaluate/describe.ts';
import { durationValue, intValue, stringValue } from './script-values.ts';

type Keeps<Key extends string, Value> = ScriptObject & Record<Key, Value>;

export function textField<Key extends string>(key: Key): FieldDefinition<Keeps<Key, string>> {
  return {
    kind: 'field',
    type: 'string',
    set: (node: Record<Key, string>, value: string) => {
      node[key] = value;
    },
    get: (node) => stringValue(node[key]),
  };
}

/** A duration, in nanoseconds. */
export function durationField<Key extends string>(key: Key): FieldDefinition<Keeps<Key, bigint>> {
  return {
    kind: 'field',
    type: 'duration',
    set: (node: Record<Key, bigint>, value: bigint) => {
      node[key] = value;
    },
    get: (node) => durationValue(node[key]),
  };
}

export function intField<Key extends string>(key: Key): FieldDefinition<Keeps<Key, bigint>> {
  return {
    kind: 'field',
    type: 'int',
    set: (node: Record<Key, bigint>, value: bigint) => {
      node[key] = value;
    },
    get: (node) => intValue(node[key]),
  };
}
