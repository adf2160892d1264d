import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRequest } from '../../../shell/udf/testing/agent-messages.ts';
import { PartBatch } from '../../engine/batch.ts';
import { GroupTable } from '../../engine/groups.ts';
import type { Rows } from '../../engine/rows.ts';
import { RowsBuilder } from '../../engine/rows-builder.ts';
import { FrameReader } from './frame-reader.ts';
import { UdfInput } from './udf-input.ts';
import type { UdfConnection } from './udf-port.ts';

/** Takes a few pieces, then no more until it is asked to. */
class Pipe implements UdfConnection {
  readonly timeoutMs = 1;
  readonly said: string[] = [];
  room = 0;
  private readonly frames = new FrameReader();

  hasRoom(): boolean {
    return this.room > 0;
  }

  write(bytes: Uint8Array): void {
    this.room--;
    this.frames.feed(new Uint8Array(bytes), (frame) => {
      const request = readRequest(frame);
      this.said.push(request.kind === 'point' ? String(request.point.doubles['v']) : request.kind);
      return true;
    });
  }

  end(): void {}

  close(): void {}
}

const groups = new GroupTable();

/** Rows whose field tells their number, each long enough that a piece holds a few hundred. */
function block(first: number, length: number): Rows {
  const builder = new RowsBuilder({ name: 'm', database: '', retentionPolicy: '', tagTable: groups.tags });
  const tags = groups.tags.intern(['long'], ['x'.repeat(200)]);
  for (let i = 0; i < length; i++) {
    builder.setField('v', 'float', first + i);
    builder.addRow(i, 0, tags.id, 0);
  }
  return builder.finish();
}

const part = fc.record({
  isBatch: fc.boolean(),
  length: fc.integer({ min: 1, max: 1500 }),
  step: fc.integer({ min: 1, max: 9 }),
  room: fc.integer({ min: 0, max: 3 }),
});

test('whatever waits goes out once, in order, and the count of what waits is right', () => {
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (parts) => {
      const pipe = new Pipe();
      const input = new UdfInput(groups, () => expect.unreachable('nothing is refused'));
      const expected: string[] = [];
      let first = 0;
      for (const { isBatch, length, step, room } of parts) {
        const rows = block(first, length);
        const selected = Int32Array.from({ length: Math.ceil(length / step) }, (_, i) => i * step);
        const values = [...selected].map((row) => String(first + row));
        pipe.room = room;
        if (isBatch) {
          const header = { name: 'm', group: groups.none, tags: groups.none.tags, seconds: 1, nanos: 0 };
          input.addBatch(new PartBatch(header, [{ rows, selected, count: selected.length }]), pipe);
          expected.push('begin', ...values, 'end');
        } else {
          input.addRows(rows, selected, selected.length, pipe);
          // The selection is used again by whoever gave it.
          selected.fill(0);
          expected.push(...values);
        }
        first += length;
        const missing = expected.slice(pipe.said.length);
        // The begin of a batch does not wait for anything but its points.
        expect(input.waiting).toBe(missing.filter((what) => what !== 'begin').length);
      }
      pipe.room = Infinity;
      input.write(pipe);
      expect(pipe.said).toEqual(expected);
      expect(input.waiting).toBe(0);
    }),
    { numRuns: 50 },
  );
});
