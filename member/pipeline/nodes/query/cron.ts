/** Cron expressions as 1.5.4 reads them. Times are those of a time zone: the member's, unless another is given. */
import { err, ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import { fieldKinds, readField } from './cron-fields.ts';
import type { CronField, FieldKind } from './cron-fields.ts';

/** How far the clocks are ahead of UTC at an instant, milliseconds. */
export type TimeZone = (utcMs: number) => number;

const localZone: TimeZone = (utcMs) => -new Date(utcMs).getTimezoneOffset() * 60_000;

const aliases: Readonly<Record<string, string>> = {
  '@annually': '0 0 0 1 1 * *',
  '@yearly': '0 0 0 1 1 * *',
  '@monthly': '0 0 0 1 * * *',
  '@weekly': '0 0 0 * * 0 *',
  '@daily': '0 0 0 * * * *',
  '@hourly': '0 0 * * * * *',
};

interface Fields {
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: CronField;
  readonly months: readonly number[];
  readonly daysOfWeek: CronField;
  readonly years: readonly number[];
}

export class CronExpression {
  private readonly fields: Fields;
  private readonly zone: TimeZone;

  private constructor(fields: Fields, zone: TimeZone) {
    this.fields = fields;
    this.zone = zone;
  }

  /** Five fields begin with minutes; a sixth is the year, and only with seven the first is seconds. */
  static parse(text: string, zone: TimeZone = localZone): Result<CronExpression, string> {
    const plain = text.replaceAll(/@(?:annually|yearly|monthly|weekly|daily|hourly)/g, (alias) => aliases[alias] ?? '');
    const texts: string[] = plain.match(/[^\t\n\f\r ]+/g) ?? [];
    if (texts.length < 5) return err('missing field(s)');
    if (texts.length < 7) texts.unshift('0');
    let problem: string | undefined;
    const read = (index: number, kind: FieldKind): CronField => {
      const field = readField(texts[index] ?? '*', kind);
      if (field.ok) return field.value;
      problem ??= field.error;
      return { values: new Set(), special: [], isOpen: false };
    };
    const fields = {
      seconds: sorted(read(0, fieldKinds.second)),
      minutes: sorted(read(1, fieldKinds.minute)),
      hours: sorted(read(2, fieldKinds.hour)),
      daysOfMonth: read(3, fieldKinds.dayOfMonth),
      months: sorted(read(4, fieldKinds.month)),
      daysOfWeek: read(5, fieldKinds.dayOfWeek),
      years: sorted(read(6, fieldKinds.year)),
    };
    return problem === undefined ? ok(new CronExpression(fields, zone)) : err(problem);
  }

  /**
   * The first run after an instant, milliseconds since 1970; undefined when there is none. A time that the clocks
   * leave out or have twice is taken as Go's library takes it.
   */
  next(afterMs: number): number | undefined {
    let clock = Math.floor((afterMs + this.zone(afterMs)) / 1000) * 1000;
    for (;;) {
      const found = this.nextClock(clock + 1000);
      if (found === undefined) return undefined;
      const instant = this.instantOf(found);
      // Where clocks go forward this may lie before; the original runs without pause there.
      if (instant > afterMs) return instant;
      clock = found;
    }
  }

  /** Of what a clock shows, as if it were UTC. */
  private instantOf(clockMs: number): number {
    return clockMs - this.zone(clockMs - this.zone(clockMs));
  }

  private nextClock(fromMs: number): number | undefined {
    const { years, months } = this.fields;
    const from = new Date(fromMs);
    for (const year of years) {
      if (year < from.getUTCFullYear()) continue;
      for (const month of months) {
        if (Date.UTC(year, month, 1) <= fromMs) continue;
        for (const day of this.days(year, month)) {
          const found = this.nextInDay(Date.UTC(year, month - 1, day), fromMs);
          if (found !== undefined) return found;
        }
      }
    }
    return undefined;
  }

  private nextInDay(dayMs: number, fromMs: number): number | undefined {
    const { hours, minutes, seconds } = this.fields;
    const last = dayMs + 1000 * ((hours.at(-1) ?? 0) * 3600 + (minutes.at(-1) ?? 0) * 60 + (seconds.at(-1) ?? 0));
    if (last < fromMs) return undefined;
    for (const hour of hours) {
      const hourMs = dayMs + hour * 3_600_000;
      if (hourMs + 3_600_000 <= fromMs) continue;
      for (const minute of minutes) {
        const minuteMs = hourMs + minute * 60_000;
        if (minuteMs + 60_000 <= fromMs) continue;
        for (const second of seconds) if (minuteMs + second * 1000 >= fromMs) return minuteMs + second * 1000;
      }
    }
    return undefined;
  }

  /** When both fields of days are restricted, the days of either, as cron has it. */
  private days(year: number, month: number): readonly number[] {
    const { daysOfMonth, daysOfWeek } = this.fields;
    const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
    if (daysOfMonth.isOpen && daysOfWeek.isOpen) return Array.from({ length: last }, (_, index) => index + 1);
    const days = new Set<number>();
    const weekday = (day: number): number => new Date(Date.UTC(year, month - 1, day)).getUTCDay();
    if (!daysOfMonth.isOpen) addDaysOfMonth(days, daysOfMonth, last, weekday);
    if (!daysOfWeek.isOpen) addDaysOfWeek(days, daysOfWeek, last, weekday);
    return [...days].filter((day) => day <= last).toSorted((a, b) => a - b);
  }
}

function sorted(field: CronField): readonly number[] {
  return [...field.values].toSorted((a, b) => a - b);
}

function addDaysOfMonth(
  days: Set<number>,
  { values, special }: CronField,
  last: number,
  weekday: (day: number) => number,
): void {
  for (const day of values) days.add(day);
  for (const word of special) {
    if (word === 'l') days.add(last);
    else if (word === 'lw') days.add(workday(last, last, weekday));
    else {
      const day = Number.parseInt(word, 10);
      if (day <= last) days.add(workday(day, last, weekday));
    }
  }
}

/** The nearest day from Monday to Friday, in the same month. */
function workday(day: number, last: number, weekday: (day: number) => number): number {
  if (weekday(day) === 6) return day > 1 ? day - 1 : day + 2;
  if (weekday(day) === 0) return day < last ? day + 1 : day - 2;
  return day;
}

function addDaysOfWeek(
  days: Set<number>,
  { values, special }: CronField,
  last: number,
  weekday: (day: number) => number,
): void {
  const firstOn = (wanted: number): number => 1 + ((wanted - weekday(1) + 7) % 7);
  for (const wanted of values) for (let day = firstOn(wanted); day <= last; day += 7) days.add(day);
  for (const word of special) {
    const [name = '', week] = word.split('#');
    const wanted = fieldKinds.dayOfWeek.words.get(week === undefined ? name.slice(0, -1) : name) ?? 0;
    if (week === undefined) days.add(last - ((weekday(last) - wanted + 7) % 7));
    else days.add(firstOn(wanted) + 7 * (Number(week) - 1));
  }
}
