import { expect, test } from 'vitest';
import {
  age,
  capital,
  clock,
  coarseAge,
  countdown,
  counted,
  duration,
  figure,
  goDuration,
  inWords,
  listed,
  measured,
  numberOf,
  offset,
  percent,
  span,
} from './words.ts';

test('durations say at most two units, and fractions only below ten', () => {
  expect([0.4, 9.94, 38, 998.6, 999.6, 2_030, 9_990, 12_400, 60_000, 252_000, 7_440_000].map(duration)).toEqual([
    '0.4 ms',
    '9.9 ms',
    '38 ms',
    '999 ms',
    '1 s',
    '2.03 s',
    '9.99 s',
    '12 s',
    '1 min',
    '4 min 12 s',
    '2 h 4 min',
  ]);
});

test('what was measured keeps its digits', () => {
  expect([38, 2_000, 2_034, 12_400].map(measured)).toEqual(['38 ms', '2.00 s', '2.03 s', '12 s']);
});

test('a duration that is negative, because two clocks differ, reads as none', () => {
  expect(duration(-3)).toBe('0 ms');
  expect(span(-3)).toBe('0.0 s');
});

test('countdowns show tenths below ten seconds and never promise less than is left', () => {
  expect([2_151, 9_999, 10_001, 0, -5].map(countdown)).toEqual(['2.2 s', '10.0 s', '11 s', '0.0 s', '0.0 s']);
});

test('ages grow coarser as they grow', () => {
  expect([900, 59_000, 163_000, 299_000, 300_000, 900_000].map(age)).toEqual([
    '0 s',
    '59 s',
    '2 min 43 s',
    '4 min 59 s',
    '5 min',
    '15 min',
  ]);
  expect([59_000, 163_000, 7_200_000].map(coarseAge)).toEqual(['59 s', '2 min', '2 h']);
});

test('offsets carry a real minus', () => {
  expect([2_034, -1_000, 14, -75_000].map(offset)).toEqual(['+2.034 s', '−1 s', '+14 ms', '−1 min 15 s']);
});

test('clock times have as many digits as asked for', () => {
  const at = new Date(2026, 10, 25, 14, 32, 9, 40).getTime();
  expect([clock(at), clock(at, 1), clock(at, 3)]).toEqual(['14:32:09', '14:32:09.0', '14:32:09.040']);
});

test('figures, lists and names', () => {
  expect(figure(54_180)).toBe('54\u2009180');
  expect([counted(1, 'fault'), counted(3, 'fault'), counted(2, 'delivery', 'deliveries')]).toEqual([
    '1 fault',
    '3 faults',
    '2 deliveries',
  ]);
  expect([inWords(3), inWords(20)]).toEqual(['three', '20']);
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listed)).toEqual(['', 'a', 'a and b', 'a, b and c']);
  expect(['kapacitor-12', 'alpha'].map(numberOf)).toEqual(['12', 'alpha']);
  expect([percent(0.2), capital('three')]).toEqual(['20 %', 'Three']);
});

test('Go durations as kapacitor.conf writes them', () => {
  expect([2_000, 500, 60_000, 90_000, 1_500].map(goDuration)).toEqual(['2s', '500ms', '1m', '1m30s', '1500ms']);
});
