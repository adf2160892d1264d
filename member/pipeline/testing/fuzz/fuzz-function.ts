/** User-defined functions of a fuzzing case, as plain JSON: what they say of themselves, and their quirks. */
import type { Millis } from '../../../base/deadline.ts';
import type { UdfInfo, UdfOptionType } from '../../nodes/udf/messages.ts';
import type { Draw } from './draw.ts';
import { randomChanges } from './fuzz-change.ts';
import type { Change } from './fuzz-change.ts';
import { randomDeed } from './fuzz-deed.ts';
import type { Deed } from './fuzz-deed.ts';
import type { EdgeKind } from './fuzz-nodes.ts';

/** Without quirks it echoes points, answers what it is asked at once, and ends when its input does. */
export interface FuzzFunction {
  readonly name: string;
  readonly wants: EdgeKind;
  readonly provides: EdgeKind;
  readonly options: readonly FunctionOption[];
  readonly quirks: readonly Quirk[];
}

export interface FunctionOption {
  readonly name: string;
  readonly types: readonly UdfOptionType[];
}

export type Quirk =
  /** For each point that comes, as many as there are lists, each with its changes. */
  | { readonly kind: 'makes'; readonly points: readonly (readonly Change[])[] }
  /** All of these points so many times. */
  | { readonly kind: 'repeats'; readonly times: number }
  /** Points per batch, where it makes batches of a stream. */
  | { readonly kind: 'gathers'; readonly points: number }
  /** Sizes of the pieces its bytes come in, in turn. */
  | { readonly kind: 'pieces'; readonly sizes: readonly number[] }
  /** It takes that many bytes, every so often. */
  | { readonly kind: 'slow'; readonly bytes: number; readonly everyMs: Millis }
  /** Beyond so many bytes that it has not taken, it has no room. */
  | { readonly kind: 'narrow'; readonly bytes: number }
  | { readonly kind: 'timeout'; readonly ms: Millis }
  /** It never opens. */
  | { readonly kind: 'unreachable'; readonly error: string }
  | { readonly kind: 'refuses'; readonly request: 'init' | 'restore'; readonly error: string }
  | { readonly kind: 'ignores'; readonly request: 'init' | 'restore' | 'snapshot' | 'keepalive' }
  /** What it answers when it is asked for a snapshot. */
  | { readonly kind: 'keeps'; readonly snapshot: readonly number[] }
  /** How it ends behind the end of its input; null: not at all. */
  | { readonly kind: 'ends'; readonly error: string | null }
  /** When something comes to it for the nth time, counted from one. */
  | { readonly kind: 'does'; readonly at: Moment; readonly nth: number; readonly deed: Deed };

export const moments = ['init', 'restore', 'snapshot', 'keepalive', 'point', 'begin', 'end', 'finish'] as const;
export type Moment = (typeof moments)[number];

type QuirkOf<K extends Quirk['kind']> = Extract<Quirk, { kind: K }>;

export function quirkOf<K extends Quirk['kind']>({ quirks }: FuzzFunction, kind: K): QuirkOf<K> | undefined {
  return quirks.find((quirk): quirk is QuirkOf<K> => quirk.kind === kind);
}

/** What the member would have been told of them at its start. */
export function infosOf(functions: readonly FuzzFunction[]): ReadonlyMap<string, UdfInfo> {
  return new Map(
    functions.map(({ name, wants, provides, options }) => [
      name,
      { wants, provides, options: new Map(options.map((option) => [option.name, option.types])) },
    ]),
  );
}

const names = ['average', 'detect', 'forward', 'mirror'];
const oddNames = ['window', 'toString', 'größe'];
const optionNames = ['field', 'size', 'period', 'as', 'Model', 'quiet'];
const oddOptionNames = ['__proto__', 'constructor', 'größe', '', 'not a name', 'stats'];
const optionTypes: readonly UdfOptionType[] = ['BOOL', 'INT', 'DOUBLE', 'STRING', 'DURATION'];

/** Most cases have none. */
export function randomFunctions(draw: Draw): readonly FuzzFunction[] {
  if (draw.chance(0.6)) return [];
  const functions = draw.list(1, 3, () => randomFunction(draw));
  return functions.filter(({ name }, index) => functions.findIndex((other) => other.name === name) === index);
}

function randomFunction(draw: Draw): FuzzFunction {
  return {
    name: draw.mostly(names, oddNames, 0.03),
    wants: draw.chance(0.7) ? 'stream' : 'batch',
    provides: draw.chance(0.6) ? 'stream' : 'batch',
    options: draw.list(0, 3, () => ({
      name: draw.mostly(optionNames, oddOptionNames, 0.03),
      types: draw.list(0, 3, () => draw.pick(optionTypes)),
    })),
    quirks: randomQuirks(draw),
  };
}

const errors = ['no', 'out of memory', '', 'größe\n"x"'];

function randomQuirks(draw: Draw): readonly Quirk[] {
  const quirks: (Quirk | false)[] = [
    draw.chance(0.5) && { kind: 'makes', points: draw.list(0, draw.mostly([1, 2], [6]), () => randomChanges(draw)) },
    draw.chance(0.1) && { kind: 'repeats', times: draw.pick([2, 20, 200]) },
    draw.chance(0.3) && { kind: 'gathers', points: draw.mostly([1, 2, 20], [1000], 0.15) },
    draw.chance(0.25) && {
      kind: 'pieces',
      sizes: draw.list(1, 4, () => draw.mostly([7, 16, 50, 1000], [1, 2, 3, 100_000], 0.3)),
    },
    draw.chance(0.1) && {
      kind: 'slow',
      bytes: draw.pick([10, 100, 1000, 100_000]),
      everyMs: draw.pick([1, 100, 1000, 30_000]),
    },
    draw.chance(0.15) && { kind: 'narrow', bytes: draw.pick([1, 30, 500, 65_536]) },
    draw.chance(0.2) && { kind: 'timeout', ms: draw.mostly([500, 3000, 10_000], [1.001, 2, 3_600_000]) },
    draw.chance(0.1) && { kind: 'keeps', snapshot: draw.list(0, 12, () => draw.below(256)) },
    draw.chance(0.1) && { kind: 'ends', error: draw.pick(['exit status 1', null]) },
    draw.chance(0.03) && { kind: 'ignores', request: draw.pick(['init', 'restore', 'snapshot', 'keepalive'] as const) },
    draw.chance(0.02) && { kind: 'unreachable', error: draw.pick(errors) },
    draw.chance(0.03) && {
      kind: 'refuses',
      request: draw.pick(['init', 'restore'] as const),
      error: draw.pick(errors),
    },
    ...(draw.chance(0.25) ? draw.list(1, 3, (): Quirk => doing(draw)) : []),
  ];
  return quirks.filter((quirk) => quirk !== false);
}

function doing(draw: Draw): Quirk {
  const at = draw.mostly(['point', 'point', 'begin', 'end'] as const, moments, 0.5);
  return { kind: 'does', at, nth: draw.mostly([1, 2, 3], [10, 50]), deed: randomDeed(draw) };
}
