import { formatRfc3339 } from '../base/rfc3339.ts';
import { textHash } from './murmur3.ts';
import type { EventRef } from '../base/observation.ts';
import type { Publication } from './publication.ts';

/** The longest key in bytes of UTF-8 that is stored as it is; the store takes 1024. */
const longestKeyBytes = 1000;
const encoder = new TextEncoder();

/** One text of several parts, such that different parts give different texts, short enough for the store. */
export function joinKey(parts: readonly string[]): string {
  const text = parts.map((part) => part.replace(/[\\|]/g, '\\$&')).join('|');
  if (text.length * 3 <= longestKeyBytes || encoder.encode(text).length <= longestKeyBytes) return text;
  return `${Array.from(text).slice(0, 150).join('')}#${textHash(text)}${textHash(`${text}|`)}`;
}

/**
 * The key of D15: two publications are the same event when their keys are equal. `ordinal` numbers what agrees in
 * all the rest, and names the topics an event came through, so that a forwarded event has one key whoever
 * forwards it.
 */
export function eventKey(publication: Publication, ordinal: string): string {
  const { topic, event, timeNs, level, name, group, replay } = publication;
  const parts = [topic, event, timeNs.toString(), level, name, group, ordinal];
  return joinKey(replay === null ? parts : [...parts, replay]);
}

export function eventRef(
  key: string,
  event: { topic: string; event: string; level: string; timeNs: bigint },
): EventRef {
  return { topic: event.topic, event: event.event, level: event.level, eventTime: formatRfc3339(event.timeNs), key };
}
