import type { Position } from '../syntax/node.ts';
import type { ScriptValue } from './value.ts';

export const varTypes = ['bool', 'int', 'float', 'string', 'regex', 'duration', 'lambda', 'star', 'list'] as const;

export type VarType = (typeof varTypes)[number];

/** A variable of a task or template. `value` is undefined for one that must be given. */
export interface Var {
  readonly type: VarType;
  readonly value: ScriptValue | undefined;
  readonly description: string;
}

/** The type a value gives a variable; undefined for objects, which are no variables to the outside. */
export function varTypeOf(value: ScriptValue): VarType | undefined {
  return varTypes.find((type) => type === value.type);
}

/** The type's name in messages. */
export function varTypeName(type: VarType): string {
  return type === 'bool' ? 'boolean' : type;
}

/** What a required variable holds while a template is only looked at. */
export function zeroValue(type: VarType, position: Position): ScriptValue {
  switch (type) {
    case 'bool':
      return { type, value: false };
    case 'int':
    case 'duration':
      return { type, value: 0n };
    case 'float':
      return { type, value: 0 };
    case 'string':
    case 'regex':
      return { type, value: '' };
    case 'lambda':
      return { type, value: { kind: 'lambda', position, expression: undefined } };
    case 'star':
      return { type };
    case 'list':
      return { type, value: [] };
  }
}
