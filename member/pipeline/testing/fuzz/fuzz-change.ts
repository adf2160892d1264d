/** What a fuzzing function makes different about the points it hands back; plain JSON. */
import type { Draw } from './draw.ts';
import type { FunctionMark, FunctionPoint } from './function-messages.ts';

export type Change =
  | { readonly kind: 'name' | 'database' | 'retentionPolicy' | 'group'; readonly text: string }
  /** Null: the tag goes. */
  | { readonly kind: 'tag'; readonly key: string; readonly value: string | null }
  | { readonly kind: 'dimensions'; readonly names: readonly string[] }
  | { readonly kind: 'byName'; readonly isSo: boolean }
  /** Nanoseconds as decimal text: where the time is set, or by how much it is moved. */
  | { readonly kind: 'time' | 'move'; readonly ns: string }
  /** As text: numbers that JSON does not have, and integers of 64 bits. */
  | { readonly kind: 'float' | 'int' | 'string'; readonly key: string; readonly value: string }
  | { readonly kind: 'bool'; readonly key: string; readonly value: boolean }
  /** A text of that length. */
  | { readonly kind: 'long'; readonly key: string; readonly length: number }
  | { readonly kind: 'drop'; readonly key: string }
  /** All fields go. */
  | { readonly kind: 'empty' };

export function changedPoint(point: FunctionPoint, changes: readonly Change[]): FunctionPoint {
  const made = {
    ...point,
    dimensions: [...point.dimensions],
    tags: new Map(point.tags),
    fields: [...point.fields],
  };
  for (const change of changes) {
    switch (change.kind) {
      case 'name':
      case 'database':
      case 'retentionPolicy':
      case 'group':
        made[change.kind] = change.text;
        break;
      case 'dimensions':
        made.dimensions = [...change.names];
        break;
      case 'drop':
        made.fields = made.fields.filter(([key]) => key !== change.key);
        break;
      case 'empty':
        made.fields = [];
        break;
      case 'float':
        made.fields.push([change.key, Number(change.value)]);
        break;
      case 'int':
        made.fields.push([change.key, BigInt(change.value)]);
        break;
      case 'string':
      case 'bool':
        made.fields.push([change.key, change.value]);
        break;
      case 'long':
        made.fields.push([change.key, 'x'.repeat(change.length)]);
        break;
      default:
        changeAny(made, change);
    }
  }
  return made;
}

/** Batches have less to change. */
export function changedMark(mark: FunctionMark, changes: readonly Change[]): FunctionMark {
  const made = { ...mark, tags: new Map(mark.tags) };
  for (const change of changes) {
    if (change.kind === 'name') made.name = change.text;
    else if (change.kind === 'tag' || change.kind === 'byName' || change.kind === 'time' || change.kind === 'move')
      changeAny(made, change);
  }
  return made;
}

type OfBoth = Extract<Change, { kind: 'tag' | 'byName' | 'time' | 'move' }>;

function changeAny(made: Pick<FunctionPoint, 'tags' | 'byName' | 'timeNs'>, change: OfBoth): void {
  switch (change.kind) {
    case 'tag':
      if (change.value === null) made.tags.delete(change.key);
      else made.tags.set(change.key, change.value);
      return;
    case 'byName':
      made.byName = change.isSo;
      return;
    case 'time':
      made.timeNs = BigInt(change.ns);
      return;
    case 'move':
      made.timeNs = BigInt.asIntN(64, made.timeNs + BigInt(change.ns));
  }
}

const texts = ['m', 'm2', 'x', 'a b'];
const oddTexts = ['', 'grüße', '😀', 'a\nb', '\u0000', '\ud800', '\ufeffx', 'a,b=c "d"\\', 'x'.repeat(300)];
const keys = ['host', 'core', 'x'];
const fieldKeys = ['v', 'w', 'n', 's', 'b', 'x', 'mean'];
const oddKeys = ['', 'time', 'v', 'host', 'é', 'a\nb', '__proto__', 'a=b,c', 'y'.repeat(200)];
const floats = ['1', '2.5', '-3', '100'];
const oddFloats = ['NaN', 'Infinity', '-Infinity', '-0', '5e-324', '1.7976931348623157e308'];
const ints = ['1', '-2', '7', '1000'];
const oddInts = ['9223372036854775807', '-9223372036854775808', '9007199254740993', '-9007199254740992', '4294967296'];
const times = ['1000000000000', '1005000000001', '1100000000000'];
const oddTimes = ['0', '-1', '9223372036854775807', '-9223372036854775808', '9223372035999999999', '-1000000000'];
const moves = ['1', '1000000000', '-1000000000', '60000000000'];
const oddMoves = ['9223372036854775807', '-9223372036854775808', '3600000000000000'];

export function randomChanges(draw: Draw): readonly Change[] {
  return draw.list(0, 3, () => randomChange(draw));
}

function randomChange(draw: Draw): Change {
  const text = (): string => draw.mostly(texts, oddTexts, 0.25);
  const fieldKey = (): string => draw.mostly(fieldKeys, oddKeys, 0.15);
  const kinds =
    'name place tag tag tag dimensions dimensions byName time move float float int int string bool long drop empty';
  switch (draw.pick(kinds.split(' '))) {
    case 'name':
      return { kind: 'name', text: text() };
    case 'place':
      return { kind: draw.pick(['database', 'retentionPolicy', 'group'] as const), text: text() };
    case 'tag':
      return { kind: 'tag', key: draw.mostly(keys, oddKeys, 0.15), value: draw.chance(0.2) ? null : text() };
    case 'dimensions':
      return { kind: 'dimensions', names: draw.list(0, 3, () => draw.mostly(keys, oddKeys, 0.1)) };
    case 'byName':
      return { kind: 'byName', isSo: draw.chance(0.7) };
    case 'time':
      return { kind: 'time', ns: draw.mostly(times, oddTimes, 0.4) };
    case 'move':
      return { kind: 'move', ns: draw.mostly(moves, oddMoves, 0.2) };
    case 'float':
      return { kind: 'float', key: fieldKey(), value: draw.mostly(floats, oddFloats, 0.4) };
    case 'int':
      return { kind: 'int', key: fieldKey(), value: draw.mostly(ints, oddInts, 0.4) };
    case 'string':
      return { kind: 'string', key: fieldKey(), value: text() };
    case 'bool':
      return { kind: 'bool', key: fieldKey(), value: draw.chance(0.5) };
    case 'long':
      return { kind: 'long', key: fieldKey(), length: draw.pick([128, 1000, 3000]) };
    case 'drop':
      return { kind: 'drop', key: fieldKey() };
    default:
      return { kind: 'empty' };
  }
}
