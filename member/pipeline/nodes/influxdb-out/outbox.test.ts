import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InfluxFailure } from '../../environment.ts';
import { firstRetryMs, giveUpMs, longestRetryMs, maxHeldPoints, Outbox, patienceMs } from './outbox.ts';
import type { Parcel } from './outbox.ts';

const away: InfluxFailure = { message: 'connection refused', isTransient: true };
const refused: InfluxFailure = { message: 'database not found', isTransient: false };

/** An InfluxDB that answers when told to, on a clock that stands still until moved. */
class World {
  now = 0;
  readonly sent: string[] = [];
  readonly told: string[] = [];
  written = 0;
  lost = 0;
  private answer: ((failure: InfluxFailure | null) => void) | null = null;
  readonly outbox = new Outbox({
    send: (parcel, done) => {
      expect(this.answer).toBeNull();
      this.sent.push(nameOf(parcel));
      this.answer = done;
    },
    nowMs: () => this.now,
    written: (points) => (this.written += points),
    failed: (parcel, message, isLost) => {
      if (isLost) this.lost += parcel.points;
      this.told.push(`${nameOf(parcel)}: ${message}${isLost ? ', lost' : ''}`);
    },
  });

  add(name: string, points = 1): void {
    const request = { cluster: '', database: '', retentionPolicy: '', consistency: '', precision: '', points };
    this.outbox.add({ kind: 'write', request: { ...request, lines: name }, points });
  }

  get isAsked(): boolean {
    return this.answer !== null;
  }

  reply(failure: InfluxFailure | null): void {
    const { answer } = this;
    this.answer = null;
    answer?.(failure);
  }

  /** Lets time pass, waking the outbox when it is due. */
  pass(ms: number): void {
    const end = this.now + ms;
    for (let due = this.outbox.nextDeadline(); due <= end; due = this.outbox.nextDeadline()) {
      this.now = due;
      this.outbox.wake(due);
    }
    this.now = end;
  }
}

function nameOf(parcel: Parcel): string {
  return parcel.kind === 'write' ? parcel.request.lines : parcel.statement;
}

describe('outbox of influxDBOut', () => {
  test('one request is on its way at a time, in the order they came; the database is created first', () => {
    const world = new World();
    world.outbox.add({ kind: 'statement', statement: 'CREATE', points: 0 });
    world.add('a');
    world.add('b');
    expect(world.sent).toEqual(['CREATE']);
    world.reply(null);
    world.reply(null);
    expect(world.sent).toEqual(['CREATE', 'a', 'b']);
    world.reply(null);
    expect([world.written, world.outbox.isEmpty]).toEqual([2, true]);
  });

  test('what InfluxDB refuses is lost at once, and the next one goes', () => {
    const world = new World();
    world.add('a', 3);
    world.add('b');
    world.reply(refused);
    expect(world.told).toEqual(['a: database not found, lost']);
    expect(world.sent).toEqual(['a', 'b']);
  });

  test('an InfluxDB that is away is tried after 0.5 s, 1 s, 2 s … 30 s, told once; then everything goes in order', () => {
    const world = new World();
    world.add('a');
    world.add('b');
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      world.reply(away);
      waits.push(world.outbox.nextDeadline() - world.now);
      world.pass(waits.at(-1) ?? 0);
      expect(world.isAsked).toBe(true);
    }
    expect(waits).toEqual([firstRetryMs, 1_000, 2_000, 4_000, 8_000, 16_000, longestRetryMs, longestRetryMs]);
    expect(world.told).toEqual(['a: connection refused']);
    world.reply(null);
    world.reply(null);
    expect([world.written, world.sent.at(-1), world.lost]).toEqual([2, 'b', 0]);
  });

  test('a request is given up ten minutes after it failed first', () => {
    const world = new World();
    world.add('a', 7);
    world.reply(away);
    for (let passed = 0; passed <= giveUpMs; passed += longestRetryMs) {
      world.pass(longestRetryMs);
      world.reply(away);
    }
    expect([world.lost, world.told.at(-1)]).toEqual([7, 'a: connection refused, lost']);
  });

  test('writers wait for a busy InfluxDB, not for one that is away or hangs', () => {
    const world = new World();
    world.add('a', 20);
    world.add('b', 30);
    expect(world.outbox.backlog()).toBe(50);
    world.pass(patienceMs + 1);
    expect(world.outbox.backlog()).toBe(0);
    world.reply(null);
    expect(world.outbox.backlog()).toBe(30);
    world.reply(away);
    expect(world.outbox.backlog()).toBe(0);
  });

  test('while InfluxDB is away no more than the limit waits: the oldest is lost', () => {
    const world = new World();
    world.add('a', 10);
    world.reply(away);
    world.add('b', maxHeldPoints - 5);
    expect(world.told.at(-1)).toBe(`a: more than ${maxHeldPoints} points wait for InfluxDB, lost`);
    world.pass(firstRetryMs);
    expect(world.sent.at(-1)).toBe('b');
  });

  test('closing tries everything once more, at once', () => {
    const world = new World();
    world.add('a');
    world.add('b');
    world.reply(away);
    world.outbox.close();
    world.reply(away);
    world.reply(null);
    expect([world.sent, world.written, world.lost]).toEqual([['a', 'a', 'b'], 1, 1]);
    expect([world.outbox.isEmpty, world.outbox.nextDeadline()]).toEqual([true, Infinity]);
  });

  test('every point is written, lost or waiting, whatever InfluxDB does; nothing is overtaken', () => {
    const step = fc.oneof(
      fc.record({ add: fc.integer({ min: 1, max: 40_000 }) }),
      fc.constantFrom('fine', 'away', 'refused'),
      fc.record({ pass: fc.integer({ min: 0, max: 40_000 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const world = new World();
        let [added, count] = [0, 0];
        for (const one of steps) {
          if (one === 'fine') world.reply(null);
          else if (one === 'away') world.reply(away);
          else if (one === 'refused') world.reply(refused);
          else if ('add' in one) world.add(String(++count).padStart(3, '0'), ((added += one.add), one.add));
          else world.pass(one.pass);
        }
        world.outbox.close();
        while (world.isAsked) world.reply(null);
        expect(world.written + world.lost).toBe(added);
        expect(world.sent).toEqual(world.sent.toSorted());
      }),
    );
  });
});
