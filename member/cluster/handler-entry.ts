import type { MemberId } from '../base/ids.ts';
import type { HandlerDefinition } from './handler-definition.ts';
import { compareStamps, type Stamp } from './hybrid-clock.ts';

/** One replicated handler, or what is left of it. Of two entries under one key the later stamp holds. */
export interface HandlerEntry {
  /** `topic/id`. */
  readonly key: string;
  readonly stamp: Stamp;
  /** Null once deleted: a tombstone (D12). */
  readonly definition: HandlerDefinition | null;
  /** Memberships (`id@epoch`) that hold the tombstone; empty for living handlers. */
  readonly acks: readonly string[];
}

/** What a sync compares. */
export interface HandlerSummary {
  readonly key: string;
  readonly stamp: Stamp;
  readonly isDeleted: boolean;
  readonly acks: readonly string[];
}

export interface TombstoneAcks {
  readonly key: string;
  readonly stamp: Stamp;
  readonly acks: readonly string[];
}

export function handlerKey(topic: string, id: string): string {
  return `${topic}/${id}`;
}

/** Parts of a key: neither topics nor IDs hold a slash. */
export function splitHandlerKey(key: string): { readonly topic: string; readonly id: string } {
  const slash = key.indexOf('/');
  return { topic: key.slice(0, slash), id: key.slice(slash + 1) };
}

export function membershipKey(id: MemberId, epoch: number): string {
  return `${id}@${epoch}`;
}

export function isLaterEntry(entry: { readonly stamp: Stamp }, than: { readonly stamp: Stamp }): boolean {
  return compareStamps(entry.stamp, than.stamp) > 0;
}
