import { describe, expect, test } from 'vitest';
import { CronExpression } from './cron.ts';
import type { TimeZone } from './cron.ts';

const utc: TimeZone = () => 0;
/** Summer time from 31 March to 27 October 2024, each time at 01:00 UTC. */
const berlin: TimeZone = (ms) => 3_600_000 * (ms >= Date.UTC(2024, 2, 31, 1) && ms < Date.UTC(2024, 9, 27, 1) ? 2 : 1);
/** Summer time from 10 March 07:00 to 3 November 06:00 UTC, 2024. */
const newYork: TimeZone = (ms) =>
  -3_600_000 * (ms >= Date.UTC(2024, 2, 10, 7) && ms < Date.UTC(2024, 10, 3, 6) ? 4 : 5);

function runs(text: string, from: string, count: number, zone = utc): readonly string[] {
  const cron = CronExpression.parse(text, zone);
  if (!cron.ok) throw new Error(cron.error);
  const found: string[] = [];
  let at: number | undefined = Date.parse(from);
  while (found.length < count) {
    at = cron.value.next(at);
    if (at === undefined) break;
    found.push(new Date(at).toISOString().replace(/(:00)?\.000Z$/, ''));
  }
  return found;
}

/** Days of one month on which an expression of three fields of days runs. */
function daysOf(days: string, month: string): string {
  const before = new Date(Date.parse(`${month}-01T00:00:00Z`) - 1).toISOString();
  const found = runs(`0 0 ${days}`, before, 40).filter((text) => text.startsWith(month));
  return found.map((text) => Number(text.slice(8, 10))).join(' ');
}

describe('times found by 1.5.4', () => {
  test.each([
    ['*/20 * * * *', ['2024-01-14T22:20', '2024-01-14T22:40', '2024-01-14T23:00']],
    ['50/5 22 * * ?', ['2024-01-14T22:50', '2024-01-14T22:55', '2024-01-15T22:50']],
    ['10-30/15,59 22,23 * * *', ['2024-01-14T22:25', '2024-01-14T22:59', '2024-01-14T23:10']],
    ['*/30 * * * * * *', ['2024-01-14T22:10:30', '2024-01-14T22:11', '2024-01-14T22:11:30']],
    ['0 12 1 * * 2024-2025/2', ['2024-02-01T12:00', '2024-03-01T12:00', '2024-04-01T12:00']],
    ['30 2 30 december ?', ['2024-12-30T02:30', '2025-12-30T02:30', '2026-12-30T02:30']],
    ['0 0 1 JAN-mar/2 *', ['2024-03-01T00:00', '2025-01-01T00:00', '2025-03-01T00:00']],
    ['@hourly', ['2024-01-14T23:00', '2024-01-15T00:00', '2024-01-15T01:00']],
    ['@weekly', ['2024-01-21T00:00', '2024-01-28T00:00', '2024-02-04T00:00']],
    ['* * * * * * * nothing is read here', ['2024-01-14T22:10:18', '2024-01-14T22:10:19', '2024-01-14T22:10:20']],
    ['0 0 29 2 *', ['2024-02-29T00:00', '2028-02-29T00:00', '2032-02-29T00:00']],
    ['0 0 30 2 *', []],
    ['0 0 1 1 * 2020', []],
  ])('%s', (text, expected) => {
    expect(runs(text, '2024-01-14T22:10:17.5Z', 3)).toEqual(expected);
  });

  test.each([
    ['L * ?', '2024-02', '29'],
    ['LW * ?', '2024-03', '29'],
    ['15W,1w * ?', '2024-06', '3 14'],
    ['31W * ?', '2024-03', '29'],
    ['* * 1#1,3L', '2024-01', '1 31'],
    ['* * MONDAY#2', '2024-07', '8'],
    ['* * 7L', '2024-03', '31'],
    ['*/10 * 5', '2024-03', '1 8 11 15 21 22 29 31'],
    ['* * */3', '2024-03', '2 3 6 9 10 13 16 17 20 23 24 27 30 31'],
    ['13 * *', '2024-03', '13'],
    ['*,13 * fri', '2024-03', '1 8 15 22 29'],
  ])('days %s of %s', (days, month, expected) => {
    expect(daysOf(days, month)).toBe(expected);
  });
});

test.each([
  ['1-7', '1 2 3 4 5 6 7 8 9 10'],
  ['0-7', '1 2 3 4 5 6 7 8 9 10'],
  ['1-7/2', '1 3 4 6 8 10'],
  ['5-7', '1 2 3 8 9 10'],
  ['fri-sun', '1 2 3 8 9 10'],
])('a week may end with Sunday: %s', (days, expected) => {
  const found = daysOf(`* * ${days}`, '2024-03').split(' ');
  expect(found.filter((day) => Number(day) <= 10).join(' ')).toBe(expected);
});

test.each([
  ['', 'missing field(s)'],
  ['* * * *', 'missing field(s)'],
  ['@every 5s', 'missing field(s)'],
  ['61 * * * *', "syntax error in minute field: '61'"],
  ['05 * * * *', "syntax error in minute field: '05'"],
  ['1,x * * * *', "syntax error in minute field: 'x'"],
  [', * * * *', 'minute field: missing directive'],
  ['* ?/5 * * *', "syntax error in hour field: '?/5'"],
  ['* * 5L * *', "syntax error in day-of-month field: '5L'"],
  ['* * * L *', "syntax error in month field: 'L'"],
  ['* * * * 5#6', "syntax error in day-of-week field: '5#6'"],
  ['* * * * * 2100', "syntax error in year field: '2100'"],
  ['*/0 * * * *', "syntax error in minute field: '*/0'"],
  ['0 22-2 * * *', "hour field: nothing lies in '22-2'"],
])('%j is refused', (text, error) => {
  expect(CronExpression.parse(text)).toEqual({ ok: false, error });
});

describe('where the clocks change', () => {
  test.each([
    // An hour that comes twice counts once: here its second time, as Go takes it.
    ['30 * * * *', '2024-10-26T22:40:00Z', berlin, ['2024-10-26T23:30', '2024-10-27T01:30', '2024-10-27T02:30']],
    ['30 * * * *', '2024-11-03T04:40:00Z', newYork, ['2024-11-03T05:30', '2024-11-03T07:30', '2024-11-03T08:30']],
    // A time that is left out moves on by the hour, or, west of Greenwich, back.
    ['30 2 * * *', '2024-03-30T12:00:00Z', berlin, ['2024-03-31T01:30', '2024-04-01T00:30']],
    ['30 2 * * *', '2024-03-09T12:00:00Z', newYork, ['2024-03-10T06:30', '2024-03-11T06:30']],
    // What lies back is no next time; the original asks without pause for an hour.
    ['*/30 * * * *', '2024-03-10T06:10:00Z', newYork, ['2024-03-10T06:30', '2024-03-10T07:00', '2024-03-10T07:30']],
  ])('%s after %s', (text, from, zone, expected) => {
    expect(runs(text, from, expected.length, zone)).toEqual(expected);
  });
});
