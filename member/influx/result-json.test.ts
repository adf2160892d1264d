import { expect, test } from 'vitest';
import { queryResultJson, rowResultJson } from './result-json.ts';

const row = {
  name: 'cpu',
  tags: { '2': 'b', '10': 'a', '-1': '<', '😀': '', '\ufeff': '' },
  columns: ['time', 'v'],
  values: [
    [{ timeNs: 1_500_000_000n }, -0],
    [null, 9_223_372_036_854_775_807n],
  ],
};
const text =
  '{"name":"cpu","tags":{"-1":"\\u003c","10":"a","2":"b","\ufeff":"","😀":""},"columns":["time","v"],' +
  '"values":[["1970-01-01T00:00:01.5Z",-0],[null,9223372036854775807]]}';

test('tags are in byte order, whatever they look like', () => {
  expect(queryResultJson({ series: [row] })).toBe(`{"series":[${text}]}`);
  expect(rowResultJson(row)).toEqual({ ok: true, value: `{"series":[${text}]}\n` });
});

test('what is empty is left out; before anything was seen there is no series', () => {
  expect(queryResultJson({ series: null })).toBe('{"series":null}');
  expect(queryResultJson({ series: [null, { name: '', tags: {}, columns: [], values: [] }] })).toBe(
    '{"series":[null,{}]}',
  );
});

test.each([
  [Number.NaN, 'NaN'],
  [Infinity, '+Inf'],
  [-Infinity, '-Inf'],
])('a float that JSON cannot say, %s, is null where it is read and an error where it is posted', (value, shown) => {
  const odd = { name: 'm', tags: {}, columns: ['v'], values: [[value]] };
  expect(queryResultJson({ series: [odd] })).toBe('{"series":[{"name":"m","columns":["v"],"values":[[null]]}]}');
  expect(rowResultJson(odd)).toEqual({ ok: false, error: `json: unsupported value: ${shown}` });
});
