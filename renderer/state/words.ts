/**
 * How figures and times read in the window (design.md, section 6): durations of at most two units, tabular
 * clock times in the zone of this computer, real minus, thin space between thousands.
 */
const thin = '\u2009';

/** `38 ms`, `0.4 ms`, `2.03 s`, `12 s`, `4 min 12 s`, `2 h 4 min`. Negative durations read as zero. */
export function duration(ms: number): string {
  const length = Math.max(0, ms);
  if (length < 10) return `${trim(length, 1)} ms`;
  if (length < 999.5) return `${Math.round(length)} ms`;
  if (length < 9_995) return `${trim(length / 1000, 2)} s`;
  return longDuration(length);
}

/** A duration that was measured: its digits stay, so that 2.00 s and 2.03 s are of one kind. */
export function measured(ms: number): string {
  return ms >= 999.5 && ms < 9_995 ? `${(ms / 1000).toFixed(2)} s` : duration(ms);
}

/** The same without fractions: `2 s`, `4 min 12 s`. For ages and for how long a state lasts. */
export function span(ms: number): string {
  const length = Math.max(0, ms);
  if (length < 10_000) return `${(Math.floor(length / 100) / 10).toFixed(1)} s`;
  return longDuration(length);
}

function longDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** How long something lasts, in the coarsest unit that still says something: `15 min`, `40 s`. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 5) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  if (minutes < 60) return `${minutes} min`;
  return longDuration(minutes * 60_000);
}

/** How long ago, where the unit says enough: `40 s`, `2 min`, `3 h`. */
export function coarseAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}

/** A countdown: tenths below ten seconds, else seconds. */
export function countdown(ms: number): string {
  const left = Math.max(0, ms);
  return left < 10_000 ? `${(Math.ceil(left / 100) / 10).toFixed(1)} s` : `${Math.ceil(left / 1000)} s`;
}

/** A time from a reference, with its sign: `+2.034 s`, `−1 s`. */
export function offset(ms: number): string {
  const sign = ms < 0 ? '−' : '+';
  const length = Math.abs(ms);
  if (length < 1000) return `${sign}${Math.round(length)} ms`;
  if (length < 60_000) return `${sign}${trim(length / 1000, 3)} s`;
  return `${sign}${longDuration(length)}`;
}

/** `14:32:09` with up to three digits of the second, in the zone of this computer. */
export function clock(at: number, digits = 0): string {
  const date = new Date(at);
  const base = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  if (digits === 0) return base;
  return `${base}.${String(date.getMilliseconds()).padStart(3, '0').slice(0, digits)}`;
}

/** `32:07.61`: minutes, seconds and hundredths, for lists that stay within the hour. */
export function minuteClock(at: number): string {
  return clock(at, 2).slice(3);
}

/** `14:32`, for axes of minutes. */
export function hourMinute(at: number): string {
  return clock(at).slice(0, 5);
}

/** `UTC+1`, `UTC−3:30`. */
export function zone(at: number): string {
  const minutes = -new Date(at).getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const sign = minutes < 0 ? '−' : '+';
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  return `UTC${sign}${hours}${rest === 0 ? '' : `:${two(rest)}`}`;
}

/** Thousands in groups, by a thin space: `54 180`. */
export function figure(value: number): string {
  const text = Math.round(value).toString();
  return text.replace(/\B(?=(\d{3})+(?!\d))/g, thin);
}

/** `1 fault`, `3 faults`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${figure(count)} ${count === 1 ? one : many}`;
}

const small = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];

/** Numbers up to twelve as words, as sentences write them. */
export function inWords(count: number): string {
  return small[count] ?? figure(count);
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1);
  if (last === undefined) return '';
  return names.length === 1 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The last digits of a member's name; the whole name when it has none. */
export function numberOf(name: string): string {
  return /\d+$/.exec(name)?.[0] ?? name;
}

export function percent(fraction: number): string {
  return `${Math.round(fraction * 100)} %`;
}

/** A Go duration as kapacitor.conf writes it, short: `2s`, `500ms`, `1m30s`. */
export function goDuration(ms: number): string {
  if (ms % 1000 !== 0) return `${ms}ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds}s`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

function trim(value: number, digits: number): string {
  return value.toFixed(digits).replace(/\.?0+$/, '');
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
