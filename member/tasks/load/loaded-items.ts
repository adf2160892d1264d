/** What was loaded from the `[load]` folder, so that it goes when its file does. */
import type { JsonValue } from '../../base/store.ts';
import { isWireObject } from '../wire-value.ts';
import type { LoadFolder } from './loaded-file.ts';

/** A task, a template, or a handler of a topic. */
export interface LoadedItem {
  readonly folder: LoadFolder;
  /** Of handlers; otherwise empty. */
  readonly topic: string;
  readonly id: string;
}

export const loadTable = 'load';

/** Injective: ids and topics hold no space. */
export function itemKey({ folder, topic, id }: LoadedItem): string {
  return topic === '' ? `${folder} ${id}` : `${folder} ${topic} ${id}`;
}

export function rowOfItem({ folder, topic, id }: LoadedItem): JsonValue {
  return { folder, topic, id };
}

/** Undefined when the row is none of ours. */
export function itemOfRow(row: JsonValue): LoadedItem | undefined {
  if (!isWireObject(row)) return undefined;
  const { folder, topic, id } = row;
  if (folder !== 'templates' && folder !== 'tasks' && folder !== 'handlers') return undefined;
  return typeof topic === 'string' && typeof id === 'string' ? { folder, topic, id } : undefined;
}
