const nsPerSecond = 1_000_000_000n;

/** Texts of the last second that was asked for: times come in runs, and are kept in numbers. */
const lastSecond = { seconds: 0n, text: '1970-01-01T00:00:00' };

/** Nanoseconds since 1970 as Go's RFC3339Nano in UTC: no trailing zeros in the fraction. */
export function formatRfc3339(timeNs: bigint): string {
  const seconds = floorDivide(timeNs, nsPerSecond);
  const nanosecond = Number(timeNs - seconds * nsPerSecond);
  if (seconds !== lastSecond.seconds) {
    lastSecond.text = secondText(timeNs);
    lastSecond.seconds = seconds;
  }
  return lastSecond.text + (nanosecond === 0 ? 'Z' : `.${fractionText(nanosecond)}Z`);
}

function secondText(timeNs: bigint): string {
  const time = civilTime(timeNs);
  const date = [pad(time.year, 4), pad(time.month, 2), pad(time.day, 2)].join('-');
  const clock = [pad(time.hour, 2), pad(time.minute, 2), pad(time.second, 2)].join(':');
  // Joined rather than added up: what is added up stays a tree of its parts.
  return [date, clock].join('T');
}

/** The digits behind the point, without trailing zeros. */
function fractionText(nanosecond: number): string {
  let digits = nanosecond;
  let width = 9;
  while (digits % 10 === 0) {
    digits /= 10;
    width--;
  }
  return pad(digits, width);
}

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:Z|([+-])(\d\d):(\d\d))$/;

/** Nanoseconds since 1970 of a time as Go reads RFC3339; undefined when the text is none. */
export function parseRfc3339(text: string): bigint | undefined {
  const match = rfc3339.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', sign, zoneHour = 0, zoneMinute = 0] = match;
  const date = { year: Number(year), month: Number(month), day: Number(day) };
  if (date.month < 1 || date.month > 12 || date.day < 1) return undefined;
  const days = daysFromCivil(date.year, date.month, date.day);
  // A day that its month does not have would come back as one of the next month.
  if (civilFromDays(days).day !== date.day) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (Number(zoneHour) > 23 || Number(zoneMinute) > 59) return undefined;
  const zoneSeconds = (Number(zoneHour) * 60 + Number(zoneMinute)) * 60 * (sign === '-' ? -1 : 1);
  const seconds = days * 86_400 + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - zoneSeconds;
  return BigInt(seconds) * nsPerSecond + BigInt(fraction.padEnd(9, '0'));
}

export interface CivilTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanosecond: number;
  /** Sunday is 0. */
  readonly weekday: number;
  /** 1 to 366. */
  readonly yearDay: number;
}

/** Date and clock of an instant in UTC, by the proleptic Gregorian calendar. */
export function civilTime(timeNs: bigint): CivilTime {
  const seconds = floorDivide(timeNs, nsPerSecond);
  const days = Number(floorDivide(seconds, 86_400n));
  const secondOfDay = Number(seconds - BigInt(days) * 86_400n);
  const { year, month, day } = civilFromDays(days);
  return {
    year,
    month,
    day,
    hour: Math.floor(secondOfDay / 3600),
    minute: Math.floor(secondOfDay / 60) % 60,
    second: secondOfDay % 60,
    nanosecond: Number(timeNs - seconds * nsPerSecond),
    weekday: (((days + 4) % 7) + 7) % 7,
    yearDay: days - daysFromCivil(year, 1, 1) + 1,
  };
}

/** Days since 1970 to a date (Howard Hinnant's algorithm: years that begin in March, eras of 400 years). */
function civilFromDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  };
}

export function daysFromCivil(year: number, month: number, day: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

function pad(value: number, width: number): string {
  return value < 0 ? `-${String(-value).padStart(width, '0')}` : String(value).padStart(width, '0');
}
