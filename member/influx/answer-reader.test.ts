import { expect, test } from 'vitest';
import { AnswerReader } from './answer-reader.ts';

const line = (series: readonly object[]): string => JSON.stringify({ results: [{ statement_id: 0, series }] });
const series = (name: string, values: readonly unknown[], more = {}) => ({
  name,
  columns: ['time', 'v', 'w'],
  values,
  ...more,
});
const second = 1_000_000_000n;

test('a series that goes on in the next chunk is one batch', () => {
  const reader = new AnswerReader(true);
  const first = reader.read(
    line([series('a', [['1970-01-01T00:00:02Z', 1, null]], { partial: true, tags: { h: 'x' } })]),
  );
  expect(first).toEqual({ ok: true, value: [] });
  const rest = reader.read(
    line([
      series('a', [['1970-01-01T00:00:01Z', null, 'y']], { tags: { h: 'x' } }),
      series('b', [['1970-01-01T00:00:03Z', null, null]]),
    ]),
  );
  expect(rest).toEqual({
    ok: true,
    value: [
      {
        name: 'a',
        tags: { h: 'x' },
        byName: true,
        timeNs: 2n * second,
        timesNs: [2n * second, second],
        fields: [
          { name: 'v', values: [1, null] },
          { name: 'w', values: [null, 'y'] },
        ],
      },
      // Rows without a value are none, and the batch has no time then.
      {
        name: 'b',
        tags: {},
        byName: true,
        timeNs: null,
        timesNs: [],
        fields: [
          { name: 'v', values: [] },
          { name: 'w', values: [] },
        ],
      },
    ],
  });
  expect(reader.finish()).toEqual([]);
});

test('a chunk of another series ends the one before, also when that was cut off', () => {
  const reader = new AnswerReader(false);
  reader.read(line([series('a', [['1970-01-01T00:00:02Z', 1, null]], { partial: true })]));
  const next = reader.read(line([series('b', [['1970-01-01T00:00:02Z', 1, null]], { partial: true })]));
  expect(next.ok && next.value.map(({ name }) => name)).toEqual(['a']);
  expect(reader.finish().map(({ name }) => name)).toEqual(['b']);
});

test.each([
  ['{"error":"unable to parse"}', 'query', 'unable to parse'],
  ['{"results":[{"error":"database not found: x"}]}', 'query', 'database not found: x'],
  ['<html>', 'query', 'failed to decode JSON: <html>'],
  [line([series('a', [[5, 1, 2]])]), 'content', 'unexpected time value: 5'],
  [line([series('a', [['noon', 1, 2]])]), 'content', 'unexpected time format: noon'],
])('%s is an error', (text, kind, message) => {
  expect(new AnswerReader(false).read(text)).toEqual({ ok: false, error: { kind, message } });
});
