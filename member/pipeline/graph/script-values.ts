import type { ScriptValue } from '../../tick/evaluate/value.ts';

export function stringValue(value: string): ScriptValue {
  return { type: 'string', value };
}

export function intValue(value: bigint): ScriptValue {
  return { type: 'int', value };
}

export function floatValue(value: number): ScriptValue {
  return { type: 'float', value };
}

export function boolValue(value: boolean): ScriptValue {
  return { type: 'bool', value };
}

export function durationValue(value: bigint): ScriptValue {
  return { type: 'duration', value };
}

export const nilValue: ScriptValue = { type: 'nil' };
