import { expect, test } from 'vitest';
import { readValues } from './read-values.ts';

const valuesOf = (path: string, text: string): unknown => {
  const values = readValues(path, text);
  return values.ok ? Object.fromEntries(values.value) : values.error;
};

test('YAML means what it means to the original', () => {
  const text = `yes1: yes
on1: on
y1: y
oct: 010
oct2: 0o17
hex: 0x1F
bin: 0b101
under: 1_000
sexa: 1:30
date: 2001-12-14
ts: 2001-12-14t21:59:43.10-05:00
tilde: ~
empty:
neg: -0
exp: 1e3
dot: .5
big: 9223372036854775807
huge: 123456789012345678901234567890
str: "x"
q: '5'
1: one
true: tr
1.5: onefive
dup: 1
dup: 2
base: &b {z: 1}
bin64: !!binary aGVsbG8=
tagged: !!str 12
tint: !!int "12"
multi: |
  line
pct: 5%
"a b": sp
? ckey
: cval
list: [1]
`;
  expect(valuesOf('/f/a.yml', text)).toEqual({
    yes1: true,
    on1: true,
    y1: true,
    oct: 8,
    oct2: 15,
    hex: 31,
    bin: 5,
    under: 1000,
    sexa: '1:30',
    date: '2001-12-14',
    ts: '2001-12-14t21:59:43.10-05:00',
    tilde: null,
    empty: null,
    neg: 0,
    exp: 1000,
    dot: 0.5,
    big: 2 ** 63,
    huge: 1.2345678901234568e29,
    str: 'x',
    q: '5',
    1: 'one',
    true: 'tr',
    '1.5': 'onefive',
    dup: 2,
    base: { kind: 'map' },
    bin64: 'hello',
    tagged: '12',
    tint: 12,
    multi: 'line\n',
    pct: '5%',
    'a b': 'sp',
    ckey: 'cval',
    list: { kind: 'list' },
  });
});

test.each([
  ['/f/empty.yaml', '', {}],
  ['/f/only-null.yml', '~', {}],
  ['/f/two.yml', 'a: 1\n---\na: 2\n', { a: 1 }],
  ['/f/merged.yml', 'base: &b {z: 1}\n<<: *b\n', { base: { kind: 'map' }, z: 1 }],
  [
    '/f/a.json',
    '{"a": 1.5, "b": [1], "c": {"d": 1}, "e": null}',
    { a: 1.5, b: { kind: 'list' }, c: { kind: 'map' }, e: null },
  ],
  ['/f/null.json', 'null', {}],
  ['/f/notes.txt', 'a: 1', {}],
  ['/f/no-extension', '{"a": 1}', {}],
])('%s holds what it says', (path, text, wanted) => {
  expect(valuesOf(path, text)).toEqual(wanted);
});

test.each([
  [
    '/f/a.yml',
    'a: .inf',
    'failed to unmarshal yaml values "/f/a.yml": error converting YAML to JSON: json: unsupported value: +Inf',
  ],
  [
    '/f/a.yml',
    '~: 1',
    'failed to unmarshal yaml values "/f/a.yml": error converting YAML to JSON: a key of a map must be a text, a number or a boolean',
  ],
  [
    '/f/a.yml',
    '[1]',
    'failed to unmarshal yaml values "/f/a.yml": error unmarshaling JSON: json: cannot unmarshal array into Go value of type map[string]interface {}',
  ],
  [
    '/f/a.yml',
    'a: b: c',
    'failed to unmarshal yaml values "/f/a.yml": yaml: Nested mappings are not allowed in compact mappings at line 1, column 4:',
  ],
  [
    '/f/a.json',
    '3',
    'failed to unmarshal json values "/f/a.json": json: cannot unmarshal number into Go value of type map[string]interface {}',
  ],
])('%s with %j is refused', (path, text, message) => {
  expect(valuesOf(path, text)).toBe(message);
});
