/** A label in front of everything keeps apart clusters that share a network. Only the current library knows it. */
import { err, ok, type Result } from '../../base/result.ts';
import { concatBytes, equalBytes } from './bytes.ts';
import { typeByte } from './message-type.ts';
import type { RejectReason } from './reject-reason.ts';

export function labelOverhead(label: Uint8Array): number {
  return label.length === 0 ? 0 : 2 + label.length;
}

export function withLabel(label: Uint8Array, bytes: Uint8Array): Uint8Array {
  return label.length === 0 ? bytes : concatBytes(Uint8Array.of(typeByte.label, label.length), label, bytes);
}

/**
 * The bytes after the header, if its label is the expected one (or there is none, and none is expected).
 * `truncated` means that the header is not complete.
 */
export function withoutLabel(expected: Uint8Array, bytes: Uint8Array): Result<Uint8Array, RejectReason> {
  if (bytes[0] !== typeByte.label) return expected.length === 0 ? ok(bytes) : err('label');
  const length = bytes[1];
  if (length === undefined) return err('truncated');
  if (length === 0) return err('label');
  const end = 2 + length;
  if (bytes.length < end) return err('truncated');
  return equalBytes(bytes.subarray(2, end), expected) ? ok(bytes.subarray(end)) : err('label');
}
