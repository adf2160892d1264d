/** Times and durations as Go's `time` package writes them. All times are in UTC. */
import { civilTime, type CivilTime } from '../../base/rfc3339.ts';

export const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
export const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Pieces of a layout that stand for something, longest first where one begins another. */
const chunks = (
  'January Jan Monday Mon MST 002 01 02 03 04 05 06 2006 -070000 -07:00:00 -0700 -07:00 -07 Z070000 Z07:00:00 Z0700 Z07:00 Z07 ' +
  '_2006 __2 _2 15 1 2 3 4 5 PM pm'
)
  .split(' ')
  .sort((a, b) => b.length - a.length);

/** As `Time.Format`. */
export function formatTime(ns: bigint, layout: string): string {
  const time = civilTime(ns);
  let text = '';
  let rest = layout;
  while (rest !== '') {
    const fraction = /^[.,](0+|9+)(?!\d)/.exec(rest);
    if (fraction !== null) {
      text += formatFraction(time.nanosecond, fraction[0]);
      rest = rest.slice(fraction[0].length);
      continue;
    }
    const chunk = chunks.find((candidate) => rest.startsWith(candidate) && isChunk(candidate, rest));
    if (chunk === undefined) {
      text += rest[0] ?? '';
      rest = rest.slice(1);
      continue;
    }
    text += formatChunk(chunk, time);
    rest = rest.slice(chunk.length);
  }
  return text;
}

/** `Jan` and `Mon` are no chunk where a lower-case letter follows. */
function isChunk(chunk: string, rest: string): boolean {
  if (chunk !== 'Jan' && chunk !== 'Mon') return true;
  return !/^[a-z]/.test(rest.slice(3));
}

function formatFraction(nanosecond: number, chunk: string): string {
  const digits = pad(nanosecond, 9).slice(0, chunk.length - 1);
  const separator = chunk[0] ?? '.';
  if (chunk[1] === '0') return separator + digits.padEnd(chunk.length - 1, '0');
  const short = digits.replace(/0+$/, '');
  return short === '' ? '' : separator + short;
}

function formatChunk(chunk: string, time: CivilTime): string {
  const hour12 = time.hour % 12 === 0 ? 12 : time.hour % 12;
  switch (chunk) {
    case 'January':
      return months[time.month - 1] ?? '';
    case 'Jan':
      return (months[time.month - 1] ?? '').slice(0, 3);
    case 'Monday':
      return weekdays[time.weekday] ?? '';
    case 'Mon':
      return (weekdays[time.weekday] ?? '').slice(0, 3);
    case 'MST':
      return 'UTC';
    case '2006':
      return pad(time.year, 4);
    case '_2006':
      return `_${pad(time.year, 4)}`;
    case '06':
      return pad(((time.year % 100) + 100) % 100, 2);
    case '01':
      return pad(time.month, 2);
    case '1':
      return String(time.month);
    case '02':
      return pad(time.day, 2);
    case '_2':
      return String(time.day).padStart(2, ' ');
    case '2':
      return String(time.day);
    case '002':
      return pad(time.yearDay, 3);
    case '__2':
      return String(time.yearDay).padStart(3, ' ');
    case '15':
      return pad(time.hour, 2);
    case '03':
      return pad(hour12, 2);
    case '3':
      return String(hour12);
    case '04':
      return pad(time.minute, 2);
    case '4':
      return String(time.minute);
    case '05':
      return pad(time.second, 2);
    case '5':
      return String(time.second);
    case 'PM':
      return time.hour >= 12 ? 'PM' : 'AM';
    case 'pm':
      return time.hour >= 12 ? 'pm' : 'am';
    default:
      return formatZone(chunk);
  }
}

/** UTC in the forms of a zone: `Z` where the layout allows it. */
function formatZone(chunk: string): string {
  if (chunk.startsWith('Z')) return 'Z';
  return `+${chunk.slice(1).replace(/\d/g, '0')}`;
}

/** As `Time.String`: `2017-07-14 02:40:01.5 +0000 UTC`. */
export function timeText(ns: bigint): string {
  return formatTime(ns, '2006-01-02 15:04:05.999999999 -0700 MST');
}

function pad(value: number, width: number): string {
  return value < 0 ? `-${String(-value).padStart(width, '0')}` : String(value).padStart(width, '0');
}
