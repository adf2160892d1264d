import { expect, test } from 'vitest';
import { dbrpList, decimalSize, sentDate } from './format.ts';
import { parseDbrp } from '../kapacitor-commands/define.ts';

test.each([
  [0, '0 B'],
  [62, '62 B'],
  [1234, '1.2 kB'],
  [82_854_982, '83 MB'],
  [-1, '18 EB'],
])('%d bytes print as %s', (bytes, text) => {
  expect(decimalSize(bytes)).toBe(text);
});

test('dates of show stay in the zone the server sent', () => {
  expect([sentDate('2026-11-23T06:41:09.5Z'), sentDate('0001-01-01T00:00:00Z')]).toEqual([
    '23 Nov 26 06:41 UTC',
    '01 Jan 01 00:00 UTC',
  ]);
});

test.each([
  ['telegraf.autogen', { db: 'telegraf', rp: 'autogen' }],
  ['"my.db"."r\\"p"', { db: 'my.db', rp: 'r"p' }],
  ['"a".b.c', { db: 'a', rp: 'b.c' }],
])('-dbrp %s', (text, dbrp) => {
  expect(parseDbrp(text)).toEqual(dbrp);
});

test('databases and retention policies print quoted', () => {
  expect(
    dbrpList([
      { db: 'a', rp: 'b' },
      { db: 'c', rp: 'd"e' },
    ]),
  ).toBe('["a"."b" "c"."d\\"e"]');
});
