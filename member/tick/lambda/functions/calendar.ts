/** Parts of an instant in a zone. Seconds are since 1970, already shifted by the zone's offset. */

const daySeconds = 86_400;

function modulo(a: number, b: number): number {
  return a - Math.floor(a / b) * b;
}

export function minuteOf(seconds: number): number {
  return Math.floor(modulo(seconds, 3600) / 60);
}

export function hourOf(seconds: number): number {
  return Math.floor(modulo(seconds, daySeconds) / 3600);
}

/** 0 is Sunday; 1970 began on a Thursday. */
export function weekdayOf(seconds: number): number {
  return modulo(Math.floor(seconds / daySeconds) + 4, 7);
}

export function dayOf(seconds: number): number {
  return dateOf(seconds).day;
}

export function monthOf(seconds: number): number {
  return dateOf(seconds).month;
}

export function yearOf(seconds: number): number {
  return dateOf(seconds).year;
}

/** The Gregorian date, in years that begin in March so that the leap day comes last. */
function dateOf(seconds: number): { year: number; month: number; day: number } {
  // Days since 0000-03-01.
  const days = Math.floor(seconds / daySeconds) + 719_468;
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return { year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day };
}
