/** Cells, dates and sizes as the original prints them (cli.md, Output). */

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

/** Left-aligned cells; the last one is not padded. */
export function row(cells: readonly string[], widths: readonly number[]): string {
  return `${cells.map((cell, i) => (i === cells.length - 1 ? cell : pad(cell, widths[i] ?? 0))).join('')}\n`;
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - Array.from(cell).length));
}

/** Widest of heading and values, plus one. */
export function widest(heading: string, values: readonly string[]): number {
  return Math.max(...[heading, ...values].map((text) => Array.from(text).length)) + 1;
}

/** `23 Nov 26 06:41 UTC` in the zone of this process. */
export function localDate(rfc3339: string): string {
  const date = new Date(rfc3339);
  if (Number.isNaN(date.getTime())) return rfc3339;
  if (rfc3339.startsWith('0001-')) return '01 Jan 01 00:00 UTC';
  const zone = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' })
    .formatToParts(date)
    .find(({ type }) => type === 'timeZoneName');
  const day = `${two(date.getDate())} ${months[date.getMonth()]} ${two(date.getFullYear() % 100)}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())} ${zone?.value ?? ''}`;
}

/** `23 Nov 26 06:41 UTC` in the zone the server wrote. */
export function sentDate(rfc3339: string): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):\d{2}(?:\.\d+)?(Z|[+-]\d{2}:\d{2})$/.exec(rfc3339);
  if (match === null) return rfc3339;
  const [, year = '', month = '', day = '', hour = '', minute = '', zone = ''] = match;
  return `${day} ${months[Number(month) - 1]} ${year.slice(2)} ${hour}:${minute} ${zone === 'Z' ? 'UTC' : zone.replace(':', '')}`;
}

/** `62 B`, `1.2 kB`: decimal, two significant digits below ten. A failed recording's −1 reads as the original prints it. */
export function decimalSize(bytes: number): string {
  if (bytes < 0) return '18 EB';
  if (bytes < 10) return `${bytes} B`;
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = Math.floor((bytes / 1000 ** power) * 10 + 0.5) / 10;
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${units[power]}`;
}

/** `["db"."rp" "db"."rp"]`. */
export function dbrpList(dbrps: readonly { readonly db: string; readonly rp: string }[]): string {
  return `[${dbrps.map(({ db, rp }) => `${JSON.stringify(db)}.${JSON.stringify(rp)}`).join(' ')}]`;
}
