/** The fields of a cron expression as 1.5.4 reads them: from text to what is chosen of a field's values. */
import { err, ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';

export interface CronField {
  readonly values: ReadonlySet<number>;
  /** Entries with a meaning of their own, in lower case: `l`, `15w`, `fri#2`. */
  readonly special: readonly string[];
  /** It has an entry `*` or `?`. */
  readonly isOpen: boolean;
}

export interface FieldKind {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** The only texts that stand for a value, in lower case: none has leading zeros. */
  readonly words: ReadonlyMap<string, number>;
  /** Form of the special entries; what it captures is one of the words. */
  readonly special: RegExp | undefined;
}

type Words = readonly (readonly [string, number])[];

function kind(name: string, min: number, max: number, more: Words = [], special?: RegExp): FieldKind {
  const numbers = Array.from({ length: max - min + 1 }, (_, index) => [String(min + index), min + index] as const);
  return { name, min, max, words: new Map([...numbers, ...more]), special };
}

/** Whole names and their first three letters. */
function named(names: string, first: number): Words {
  return names.split(' ').flatMap((name, index) => [
    [name, first + index],
    [name.slice(0, 3), first + index],
  ]);
}

const months = named('january february march april may june july august september october november december', 1);
const weekdays = named('sunday monday tuesday wednesday thursday friday saturday', 0);

export const fieldKinds = {
  second: kind('second', 0, 59),
  minute: kind('minute', 0, 59),
  hour: kind('hour', 0, 23),
  dayOfMonth: kind('day-of-month', 1, 31, [], /^(?:l|lw|(.+)w)$/),
  month: kind('month', 1, 12, months),
  dayOfWeek: kind('day-of-week', 0, 6, [...weekdays, ['7', 0]], /^(.+)(?:l|#[1-5])$/),
  year: kind('year', 1970, 2099),
} as const;

export function readField(text: string, of: FieldKind): Result<CronField, string> {
  const values = new Set<number>();
  const special: string[] = [];
  let isOpen = false;
  const entries = text.split(',').filter((entry) => entry !== '');
  if (entries.length === 0) return err(`${of.name} field: missing directive`);
  for (const entry of entries) {
    const word = entry.toLowerCase();
    const span = spanOf(word, of);
    if (span !== undefined) addSpan(values, span, of);
    else if (isSpecial(word, of)) special.push(word);
    else return err(`syntax error in ${of.name} field: '${entry}'`);
    isOpen ||= word === '*' || word === '?';
  }
  // At the first run of such a field the original ends, or asks without pause from then on.
  if (values.size === 0 && special.length === 0) return err(`${of.name} field: nothing lies in '${text}'`);
  return ok({ values, special, isOpen });
}

interface Span {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

function addSpan(values: Set<number>, { first, last, step }: Span, of: FieldKind): void {
  for (let value = first; value <= last; value += step) values.add(value > of.max ? of.min : value);
}

/** `*`, `5`, `5-20`, and each with `/2` behind it. */
function spanOf(word: string, of: FieldKind): Span | undefined {
  const [range = '', stepText, ...rest] = word.split('/');
  const step = stepText === undefined ? 1 : stepOf(stepText);
  if (step === undefined || rest.length > 0) return undefined;
  if (range === '*' || (range === '?' && stepText === undefined)) return { first: of.min, last: of.max, step };
  const [from = '', to, ...more] = range.split('-');
  const first = of.words.get(from);
  if (first === undefined || more.length > 0) return undefined;
  if (to === undefined) return { first, last: stepText === undefined ? first : of.max, step };
  const last = of.words.get(to);
  if (last === undefined) return undefined;
  return { first, last: endsWithSunday(of, from, to) ? of.max + 1 : last, step };
}

/** At least 1: with a step of 0 the original hangs, as with those it does not know by heart (`60`, `05`). */
function stepOf(text: string): number | undefined {
  const step = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return step > 0 ? step : undefined;
}

/** `1-7` and `fri-sun`, in which the original finds no day; in `0-7` it finds the first alone. */
function endsWithSunday(of: FieldKind, from: string, to: string): boolean {
  if (of !== fieldKinds.dayOfWeek || of.words.get(to) !== 0) return false;
  return to === '7' ? from !== '7' : of.words.get(from) !== 0;
}

function isSpecial(word: string, of: FieldKind): boolean {
  const match = of.special?.exec(word);
  if (match === undefined || match === null) return false;
  const [, value] = match;
  return value === undefined || of.words.has(value);
}
