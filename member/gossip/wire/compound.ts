/** Several whole messages in one packet. */
import { assert } from '../../base/assert.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { ByteSink } from './bytes.ts';
import { typeByte } from './message-type.ts';
import type { RejectReason } from './reject-reason.ts';

/** What each part costs besides its own bytes, and what the wrapper costs. */
export const compoundPartOverhead = 2;
export const compoundHeaderOverhead = 2;

export function writeCompound(parts: readonly Uint8Array[]): Uint8Array {
  assert(parts.length <= 0xff, `compound of ${parts.length} parts: one byte counts them`);
  const sink = new ByteSink();
  sink.byte(typeByte.compound);
  sink.byte(parts.length);
  for (const part of parts) {
    assert(part.length > 0 && part.length < 0x1_0000, `compound part of ${part.length} bytes`);
    sink.bigEndian(part.length, 2);
  }
  for (const part of parts) sink.append(part);
  return sink.view();
}

export interface CompoundReading {
  readonly parts: readonly Uint8Array[];
  /** Parts that were promised and are not there. */
  readonly missing: number;
}

/** `body` is what follows the type byte. Reading ends at the first part that does not fit. */
export function readCompound(body: Uint8Array): Result<CompoundReading, RejectReason> {
  const count = body[0];
  if (count === undefined) return err('truncated');
  let offset = 1 + 2 * count;
  if (body.length < offset) return err('truncated');
  const parts: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    const length = ((body[1 + 2 * i] ?? 0) << 8) | (body[2 + 2 * i] ?? 0);
    if (offset + length > body.length) return ok({ parts, missing: count - i });
    parts.push(body.subarray(offset, offset + length));
    offset += length;
  }
  return ok({ parts, missing: 0 });
}
