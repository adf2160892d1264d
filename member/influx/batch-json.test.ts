import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatBatch, parseBatch } from './batch-json.ts';
import type { QueriedBatch } from './queried-batch.ts';

const batch: QueriedBatch = {
  name: 'm',
  tags: { host: 'a<b', cell: '1' },
  byName: true,
  timeNs: 1_500_000_000_250_000_000n,
  timesNs: [1_500_000_000_000_000_000n, 1_500_000_000_250_000_000n],
  fields: [
    { name: 'v', values: [1.5, 1e21] },
    { name: 'on', values: [true, null] },
  ],
};

test('a batch is written as Go writes it', () => {
  expect(formatBatch(batch)).toBe(
    '{"name":"m","tmax":"2017-07-14T02:40:00.25Z","group":"m\\ncell=1,host=a\\u003cb","byname":true,"tags":{"cell":"1","host":"a\\u003cb"},"points":[{"fields":{"on":true,"v":1.5},"tags":{"cell":"1","host":"a\\u003cb"},"time":"2017-07-14T02:40:00Z"},{"fields":{"v":1e+21},"tags":{"cell":"1","host":"a\\u003cb"},"time":"2017-07-14T02:40:00.25Z"}]}\n',
  );
});

test('a batch without tags, time and points keeps what it lacks', () => {
  const empty = { name: 'm', tags: {}, byName: false, timeNs: null, timesNs: [], fields: [] };
  expect(formatBatch(empty)).toBe('{"name":"m","tmax":"0001-01-01T00:00:00Z"}\n');
  expect(parseBatch(formatBatch(empty))).toEqual({ ok: true, value: empty });
});

test('points of a recording may have tags of their own', () => {
  const own = { ...batch, pointTags: [{ host: 'x' }, batch.tags] };
  const parsed = parseBatch(formatBatch(own));
  expect(parsed.ok && parsed.value.pointTags).toEqual(own.pointTags);
});

test('what was written reads back', () => {
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.string(),
    fc.boolean(),
  );
  const name = fc.stringMatching(/^[a-z&<>]{1,6}$/);
  const time = fc.bigInt({ min: 0n, max: 4_000_000_000_000_000_000n });
  const batches = fc
    .record({
      name,
      tags: fc.dictionary(name, fc.string()),
      byName: fc.boolean(),
      timeNs: time,
      times: fc.array(time),
      values: fc.array(value, { minLength: 5 }),
    })
    .map(({ times, values, ...rest }): QueriedBatch => ({
      ...rest,
      tags: { ...rest.tags },
      timesNs: times,
      fields:
        times.length === 0 ? [] : [{ name: 'v', values: times.map((_, index) => values[index % values.length] ?? 0) }],
    }));
  fc.assert(
    fc.property(batches, (made) => {
      expect(parseBatch(formatBatch(made))).toEqual({ ok: true, value: made });
    }),
  );
});

test.each(['', 'x', '[]', '{"tmax":"noon"}', '{"tmax":"2017-07-14T02:40:00Z","points":[{"fields":{}}]}'])(
  '%j is no batch',
  (line) => {
    expect(parseBatch(line).ok).toBe(false);
  },
);
