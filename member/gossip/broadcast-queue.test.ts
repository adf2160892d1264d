import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BroadcastQueue, type FilledPacket } from './broadcast-queue.ts';
import { transmitLimit } from './scaling.ts';
import vectorFile from './testdata/vectors.json' with { type: 'json' };
import type { Vectors } from './testing/conformance.ts';

const { queue: vectors } = vectorFile as unknown as Vectors;

describe('queue vectors of the real library', () => {
  test.each(vectors.map((vector) => [vector.id, vector] as const))('%s', (_, vector) => {
    expect(transmitLimit(vector.retransmitMult, vector.nodes)).toBe(vector.limit);
    const queue = new BroadcastQueue();
    const names = new Map<Uint8Array, string>();
    const tokens: string[] = [];
    for (const step of vector.steps) {
      let filled: FilledPacket = { messages: [], finished: [] };
      if (step.op === 'queue') {
        const message = new Uint8Array(step.len ?? 0);
        names.set(message, step.msg ?? '');
        filled = { messages: [], finished: queue.enqueue(step.key ?? null, message, tokens.push(step.msg ?? '') - 1) };
      } else {
        filled = queue.fill(step.overhead ?? 0, step.limit ?? 0, vector.limit);
      }
      expect({
        out: filled.messages.map((message) => names.get(message)),
        finished: filled.finished.map((token) => tokens[token]),
        queued: queue.length,
      }).toEqual({ out: step.out ?? [], finished: step.finished ?? [], queued: step.queued });
    }
  });
});

const action = fc.oneof(
  fc.record({
    kind: fc.constant('enqueue' as const),
    name: fc.option(fc.constantFrom('a', 'b', 'c')),
    length: fc.integer({ min: 1, max: 400 }),
  }),
  fc.record({ kind: fc.constant('fill' as const), limit: fc.integer({ min: 0, max: 1_400 }) }),
);

describe('queue laws', () => {
  test('a packet never exceeds its limit, nothing is sent twice in one packet, and each message at most as often as allowed', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), fc.integer({ min: 1, max: 8 }), (actions, limit) => {
        const queue = new BroadcastQueue();
        const sent = new Map<Uint8Array, number>();
        for (const next of actions) {
          if (next.kind === 'enqueue') {
            queue.enqueue(next.name, new Uint8Array(next.length));
            continue;
          }
          const { messages } = queue.fill(2, next.limit, limit);
          expect(new Set(messages).size).toBe(messages.length);
          expect(messages.reduce((bytes, message) => bytes + message.length + 2, 0)).toBeLessThanOrEqual(next.limit);
          for (const message of messages) sent.set(message, (sent.get(message) ?? 0) + 1);
        }
        for (const count of sent.values()) expect(count).toBeLessThanOrEqual(limit);
      }),
    );
  });

  test('a queue that is emptied packet by packet sends every message exactly as often as allowed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 8 }),
        (lengths, limit) => {
          const queue = new BroadcastQueue();
          const sent = new Map<Uint8Array, number>();
          const finished: number[] = [];
          for (const [token, length] of lengths.entries()) queue.enqueue(null, new Uint8Array(length), token);
          while (queue.length > 0) {
            const filled = queue.fill(2, 400, limit);
            for (const message of filled.messages) sent.set(message, (sent.get(message) ?? 0) + 1);
            finished.push(...filled.finished);
          }
          expect([...sent.values()]).toEqual(lengths.map(() => limit));
          expect(finished.sort((a, b) => a - b)).toEqual(lengths.map((_, token) => token));
        },
      ),
    );
  });

  test('a name is queued once, with its latest message', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 30 }), (names) => {
        const queue = new BroadcastQueue();
        const latest = new Map<string, Uint8Array>();
        for (const name of names) {
          const message = new Uint8Array(10);
          latest.set(name, message);
          queue.enqueue(name, message);
        }
        expect(new Set(queue.fill(2, 1_400, 4).messages)).toEqual(new Set(latest.values()));
      }),
    );
  });
});
