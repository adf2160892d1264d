import { expect, test } from 'vitest';
import type { WireValue } from '../../tasks/wire-value.ts';
import { parseLenientJson } from './lenient-json.ts';

test.each<[string, WireValue]>([
  ['{"a":[1,2.5,"x\\u00e9",true,null]} trailing words', { a: [1, 2.5, 'xé', true, null] }],
  [' 9223372036854775807', 9223372036854775807n],
  ['-9007199254740993', -9007199254740993n],
  ['1e3', 1000],
  ['{}', {}],
  ['[]x', []],
  ['"a\\"b"', 'a"b'],
])('%j is read', (text, value) => {
  expect(parseLenientJson(text)).toEqual({ ok: true, value });
});

test('a member named __proto__ is a member', () => {
  const read = parseLenientJson('{"__proto__":{"x":1}}');
  expect(read.ok && Object.entries(read.value ?? {})).toEqual([['__proto__', { x: 1 }]]);
});

test.each([
  ['', 'unexpected end of JSON input'],
  ['{bad', "invalid character 'b' looking for beginning of object key string"],
  ['x', "invalid character 'x' looking for beginning of value"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['[1 2]', "invalid character '2' after array element"],
  ['"a', 'unexpected end of JSON input'],
  ['"\\q"', `invalid character '"' in string literal`],
  ['['.repeat(500), 'nested deeper than 200 levels'],
])('%j is refused', (text, error) => {
  expect(parseLenientJson(text)).toEqual({ ok: false, error });
});
