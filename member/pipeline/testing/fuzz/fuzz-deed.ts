/** What a fuzzing function does out of turn: nothing of it belongs there, though it may be well formed. Plain JSON. */
import { messageField } from '../../nodes/udf/messages.ts';
import type { Draw } from './draw.ts';

export type Deed =
  /** Bytes as they are. */
  | { readonly kind: 'bytes'; readonly bytes: readonly number[] }
  /** Behind their length. */
  | { readonly kind: 'frame'; readonly bytes: readonly number[] }
  /** A message that is right in itself. */
  | { readonly kind: 'says'; readonly message: UnaskedMessage }
  | { readonly kind: 'error'; readonly text: string }
  /** The bytes it says next are changed: of the byte at each place, the bits of the mask. */
  | { readonly kind: 'spoils'; readonly places: readonly (readonly [place: number, mask: number])[] }
  /** The bytes it says next lose their end. */
  | { readonly kind: 'cuts'; readonly bytes: number }
  /** It closes its side. */
  | { readonly kind: 'closes'; readonly error: string | null }
  /** It says nothing any more. */
  | { readonly kind: 'falls silent' }
  /** It takes nothing any more. */
  | { readonly kind: 'stops reading' }
  | { readonly kind: 'logs'; readonly text: string };

export const unaskedMessages = ['info', 'init', 'keepalive', 'snapshot', 'restore', 'begin', 'point', 'end'] as const;
export type UnaskedMessage = (typeof unaskedMessages)[number];

export function randomDeed(draw: Draw): Deed {
  const turn = draw.below(100);
  if (turn < 8) return { kind: 'bytes', bytes: draw.list(0, 20, () => randomByte(draw)) };
  if (turn < 16) return { kind: 'frame', bytes: draw.list(0, 30, () => randomByte(draw)) };
  if (turn < 36) return { kind: 'frame', bytes: randomMessage(draw) };
  if (turn < 54) return { kind: 'says', message: draw.pick(unaskedMessages) };
  if (turn < 72)
    return { kind: 'spoils', places: draw.list(1, 3, () => [draw.below(120), 1 << draw.below(8)] as const) };
  if (turn < 78) return { kind: 'cuts', bytes: draw.between(1, 10) };
  if (turn < 84) return { kind: 'closes', error: draw.pick([null, 'signal: killed']) };
  if (turn < 88) return { kind: 'falls silent' };
  if (turn < 92) return { kind: 'stops reading' };
  if (turn < 96) return { kind: 'error', text: draw.pick(['no more', '', 'é']) };
  return { kind: 'logs', text: draw.pick(['a line', '']) };
}

function randomByte(draw: Draw): number {
  return draw.pick([0, 1, 2, 8, 10, 16, 18, 26, 34, 58, 66, 127, 128, 130, 138, 146, 255, draw.below(256)]);
}

/** Known fields mostly, of right and wrong wire types, with odd numbers and lengths in them. */
function randomMessage(draw: Draw): readonly number[] {
  const field = draw.mostly(Object.values(messageField), [0, 7, 15, 19, 3000]);
  const body = draw.list(0, 6, () => randomField(draw, 2)).flat();
  return [...varint(field * 8 + 2), ...varint(draw.chance(0.95) ? body.length : draw.below(300)), ...body];
}

function randomField(draw: Draw, depth: number): readonly number[] {
  const field = draw.mostly([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [0, 13, 536_870_911], 0.04);
  const wireType = draw.mostly([0, 1, 2, 2, 2], [3, 4, 5, 6, 7], 0.04);
  const tag = varint(field * 8 + wireType);
  switch (wireType) {
    case 0:
      return [...tag, ...oddVarint(draw)];
    case 1:
      return [...tag, ...draw.list(8, 8, () => draw.below(256))];
    case 2: {
      const isText = depth === 0 || draw.chance(0.4);
      const body = isText
        ? draw.list(0, 8, () => draw.mostly([97, 98, 120], [0, 10, 195, 255]))
        : draw.list(0, 3, () => randomField(draw, depth - 1)).flat();
      return [...tag, ...varint(draw.chance(0.98) ? body.length : draw.below(1000)), ...body];
    }
    default:
      return [...tag, ...draw.list(0, 4, () => draw.below(256))];
  }
}

function oddVarint(draw: Draw): readonly number[] {
  return draw.pick<readonly number[]>([
    [0],
    [1],
    [0x80, 0],
    varint(draw.below(1_000_000)),
    [...Array<number>(9).fill(0xff), 1],
    [...Array<number>(8).fill(0xff), 0x7f],
    [...Array<number>(9).fill(0x80), 1],
    Array<number>(11).fill(0xff),
  ]);
}

function varint(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return [...bytes, rest];
}
