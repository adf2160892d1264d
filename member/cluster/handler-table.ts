/**
 * The standalone handlers as they are replicated: every member holds all of them; concurrent changes to one converge
 * on the latest stamp. Deleted ones leave tombstones until every membership that is not over has acknowledged (D12).
 */
import { digest } from './digest.ts';
import { isLaterEntry, type HandlerEntry, type HandlerSummary, type TombstoneAcks } from './handler-entry.ts';
import type { HandlerDefinition } from './handler-definition.ts';
import { compareStamps, maxAheadMs, type HybridClock } from './hybrid-clock.ts';

export type ApplyOutcome = 'applied' | 'older' | 'ahead';

/** Entries of one sync message, in bytes of their JSON. */
const chunkBytes = 1024 * 1024;

export class HandlerTable {
  readonly #entries = new Map<string, HandlerEntry>();
  readonly #clock: HybridClock;
  #digest: string | undefined;

  constructor(clock: HybridClock, stored: readonly HandlerEntry[]) {
    this.#clock = clock;
    for (const entry of stored) {
      clock.observe(entry.stamp);
      this.#entries.set(entry.key, entry);
    }
  }

  get(key: string): HandlerEntry | undefined {
    return this.#entries.get(key);
  }

  definition(key: string): HandlerDefinition | undefined {
    return this.#entries.get(key)?.definition ?? undefined;
  }

  entries(): readonly HandlerEntry[] {
    return [...this.#entries.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** Living handlers by key. */
  definitions(): readonly HandlerDefinition[] {
    return this.entries().flatMap(({ definition }) => (definition === null ? [] : [definition]));
  }

  /** Equal on members that hold the same entries; acknowledgements do not count. */
  digest(): string {
    this.#digest ??= digest(
      this.entries().map(
        ({ key, stamp, definition }) => `${key} ${stampText(stamp)} ${definition === null ? 'deleted' : ''}`,
      ),
    );
    return this.#digest;
  }

  /** Takes an entry of ours or of a peer if it is later than what is held. */
  apply(entry: HandlerEntry, wallMs: number): ApplyOutcome {
    if (entry.stamp.ms > wallMs + maxAheadMs) return 'ahead';
    this.#clock.observe(entry.stamp);
    const held = this.#entries.get(entry.key);
    if (held !== undefined && !isLaterEntry(entry, held)) return 'older';
    this.put(entry);
    return 'applied';
  }

  put(entry: HandlerEntry): void {
    this.#entries.set(entry.key, entry);
    this.#digest = undefined;
  }

  drop(key: string): void {
    this.#entries.delete(key);
    this.#digest = undefined;
  }

  clear(): void {
    this.#entries.clear();
    this.#digest = undefined;
  }

  tombstones(): readonly HandlerEntry[] {
    return [...this.#entries.values()].filter((entry) => entry.definition === null);
  }

  /** The entry with these acknowledgements added, or undefined when none is new or it is another entry by now. */
  acknowledge(acks: TombstoneAcks): HandlerEntry | undefined {
    const held = this.#entries.get(acks.key);
    if (held === undefined || held.definition !== null || compareStamps(held.stamp, acks.stamp) !== 0) return undefined;
    const union = [...new Set([...held.acks, ...acks.acks])].sort();
    if (union.length === held.acks.length) return undefined;
    const entry = { ...held, acks: union };
    this.#entries.set(entry.key, entry);
    return entry;
  }

  summary(): readonly HandlerSummary[] {
    return this.entries().map(({ key, stamp, definition, acks }) => ({
      key,
      stamp,
      isDeleted: definition === null,
      acks,
    }));
  }

  /** What a member with this summary lacks, and what it should push. */
  compare(summary: readonly HandlerSummary[]): {
    readonly newer: readonly HandlerEntry[];
    readonly hasMore: boolean;
    readonly wanted: readonly string[];
  } {
    const theirs = new Map(summary.map((item) => [item.key, item]));
    const missing = this.entries().filter((entry) => {
      const item = theirs.get(entry.key);
      return item === undefined || isLaterEntry(entry, item);
    });
    const newer = takeChunk(missing);
    const wanted = summary
      .filter((item) => {
        const held = this.#entries.get(item.key);
        return held === undefined || isLaterEntry(item, held);
      })
      .map(({ key }) => key);
    return { newer, hasMore: newer.length < missing.length, wanted };
  }
}

/** The first entries that fit into one message; at least one. */
export function takeChunk(entries: readonly HandlerEntry[]): readonly HandlerEntry[] {
  let bytes = 0;
  for (let i = 0; i < entries.length; i++) {
    // A UTF-16 unit is at most three bytes of UTF-8.
    bytes += 3 * JSON.stringify(entries[i]).length;
    if (bytes > chunkBytes && i > 0) return entries.slice(0, i);
  }
  return entries;
}

/** Whether two definitions mean the same; the order of their options does not count. */
export function isSameDefinition(a: HandlerDefinition, b: HandlerDefinition): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, entry]) => `${JSON.stringify(name)}:${canonical(entry)}`).join()}}`;
}

function stampText({ ms, counter, by }: HandlerEntry['stamp']): string {
  return `${ms}.${counter}.${by}`;
}
