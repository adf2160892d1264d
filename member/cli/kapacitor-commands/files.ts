import { parse as parseYaml } from 'yaml';
import type { CommandContext } from '../client/context.ts';
import { failed } from '../client/failure.ts';
import { isObject, type JsonObject } from '../client/shape.ts';

/** A .json, .yaml or .yml file holding one object. @throws Failure (3) naming the file and what is wrong. */
export function readObjectFile(context: CommandContext, path: string): JsonObject {
  const extension = /\.(json|ya?ml)$/.exec(path)?.[1];
  if (extension === undefined) throw failed(`${path}: must end in .json, .yaml or .yml`);
  const text = context.readTextFile(path);
  let value: unknown;
  try {
    value = extension === 'json' ? JSON.parse(text) : parseYaml(text, { version: '1.1' });
  } catch (error) {
    throw failed(`${path}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`);
  }
  if (!isObject(value)) throw failed(`${path}: must hold an object`);
  return value;
}
