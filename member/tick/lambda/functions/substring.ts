import { utf8Length } from '../../text/utf8.ts';
import type { Int } from '../column.ts';
import type { KernelContext } from '../kernel.ts';
import { bytesBetween } from './text-functions.ts';

/** Bytes from `start` up to `stop`; the stop must lie before the end, so the last byte is out of reach, as in 1.5.4. */
export function substring(text: string, start: Int, stop: Int, context: KernelContext): string {
  if (start < 0) context.fault = `found negative index for strSubstring: ${start}`;
  else if (stop < 0) context.fault = `found negative index for strSubstring: ${stop}`;
  else if (stop >= utf8Length(text)) context.fault = `stop index too large for string in strSubstring: ${stop}`;
  // Where the original stops with this text, it is an error like any other here.
  else if (start > stop) context.fault = `runtime error: slice bounds out of range [${start}:${stop}]`;
  else return bytesBetween(text, Number(start), Number(stop));
  return '';
}
