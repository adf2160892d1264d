import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RangeQuery } from './range-query.ts';
import type { QueryDimension } from './range-query.ts';
import { parseSelect } from './parse.ts';

const start = 1_500_000_003_000_000_000n;
const stop = 1_500_000_023_000_000_000n;
const range = "time >= '2017-07-14T02:40:03Z' AND time < '2017-07-14T02:40:23Z'";

function textOf(query: string, dimensions: readonly QueryDimension[] = [], isGroupAligned = false): string {
  const parsed = RangeQuery.parse(query);
  if (!parsed.ok) return parsed.error;
  return parsed.value.with({ dimensions, fill: undefined }).text(start, stop, isGroupAligned);
}

test.each([
  ['SELECT * FROM "db"."rp"."m"', `SELECT * FROM "db"."rp"."m" WHERE ${range}`.replaceAll('"', '')],
  [`select mean(v) as "my v" from db..m`, `SELECT mean(v) AS "my v" FROM db..m WHERE ${range}`],
  [
    `SELECT v FROM "d"."r"."m" WHERE ("hall" =~ /^ea\\/st/ OR "bar" > 6.25) AND "on" = true`,
    `SELECT v FROM d.r.m WHERE (hall =~ /^ea\\/st/ OR bar > 6.25) AND "on" = true AND ${range}`,
  ],
  ['SELECT v FROM d.r.m WHERE a = 1 OR b = 2', `SELECT v FROM d.r.m WHERE (a = 1 OR b = 2) AND ${range}`],
  ['SELECT sum("n") FROM "d"."r"./^(in|out).*/', `SELECT sum(n) FROM d.r./^(in|out).*/ WHERE ${range}`],
  [
    'SELECT a - -5 * b FROM d.r.m WHERE t < now() -5m',
    `SELECT a - -5 * b FROM d.r.m WHERE t < now() - 5m AND ${range}`,
  ],
  ['SELECT v::float, *::tag FROM m, d.r.n', `SELECT v::float, *::tag FROM m, d.r.n WHERE ${range}`],
  ['SELECT v FROM d.r.m GROUP BY host', `SELECT v FROM d.r.m WHERE ${range}`],
  [
    'SELECT v INTO t FROM d.r.m fill(none) ORDER BY time DESC LIMIT 3 SLIMIT 2',
    `SELECT v INTO t FROM d.r.m WHERE ${range} fill(none) ORDER BY time DESC LIMIT 3 SLIMIT 2`,
  ],
  ['SELECT DISTINCT v FROM d.r.m', `SELECT DISTINCT v FROM d.r.m WHERE ${range}`],
  ['SELECT v FROM d.r.m WHERE a > 0.0000001', `SELECT v FROM d.r.m WHERE a > 0.0000001 AND ${range}`],
])('%s is bound to its range', (query, expected) => {
  expect(textOf(query)).toBe(expected);
});

test.each([
  ['SELECT FROM WHERE', 'found FROM, expected identifier, string, number, bool at line 1, char 8'],
  ['SELECT v\nFRM m', 'found FRM, expected FROM at line 2, char 1'],
  ['SELECT v FROM m; SELECT w FROM m', 'query must be a single select statement, got 2 statements'],
  ['SHOW DATABASES', 'query is not a select statement "SHOW DATABASES"'],
  ['SELECT mean(v) FROM m GROUP BY time(5s)', 'aggregate functions with GROUP BY time require a WHERE time clause'],
  ['SELECT v FROM m WHERE time > 0 GROUP BY time(5s)', 'GROUP BY requires at least one aggregate function'],
  ['SELECT time FROM m', 'at least 1 non-time field must be queried'],
  ['SELECT v FROM (SELECT v FROM m)', 'found (, expected identifier at line 1, char 15'],
  ['SELECT v FROM m WHERE', 'found EOF, expected identifier, string, number, bool at line 1, char 23'],
  ["SELECT v 'x' FROM m", 'found x, expected FROM at line 1, char 9'],
  ['SELECT v FROM "x', 'found x, expected identifier at line 1, char 14'],
  ['SELECT v FROM m WHERE h =~ /a', 'bad regex:  at line 1, char 27'],
  ['SELECT v FROM m LIMIT -1', 'LIMIT must be >= 0 at line 1, char 23'],
  ['SELECT mean(v) FROM m WHERE time > 0 GROUP BY time(1m, 5)', 'time dimension offset must be duration or now()'],
  [
    'SELECT derivative(v) FROM m WHERE time > 0 GROUP BY time(1m)',
    'aggregate function required inside the call to derivative',
  ],
  [
    'SELECT top(v, 3) FROM m LIMIT 2',
    'limit (3) in top function can not be larger than the LIMIT (2) in the select statement',
  ],
  ['SELECT bottom(v, h, n) FROM m', 'expected integer as last argument in bottom(), found n'],
  ['SELECT top(v + 1, 3) FROM m', 'only fields or tags are allowed in top(), found v + 1'],
  ['SELECT mean(v), n FROM m', 'mixing aggregate and non-aggregate queries is not supported'],
  ['SELECT max(v), min(n), n FROM m', 'mixing multiple selector functions with tags or fields is not supported'],
  ['SELECT mean(v, n) FROM m', 'invalid number of arguments for mean, expected 1, got 2'],
  ['SELECT mean(1) FROM m', 'expected field argument in mean()'],
  ['SELECT count(distinct(v, n)) FROM m', 'count(distinct <field>) can only have one argument'],
  ['SELECT distinct(v), n FROM m', 'aggregate function distinct() can not be combined with other functions or fields'],
  ["SELECT percentile(v, 'a') FROM m", 'expected float argument in percentile()'],
  ['SELECT sample(v, 1.5) FROM m', 'expected integer argument in sample()'],
  ['SELECT elapsed(v, 1.5) FROM m', 'second argument to elapsed must be a duration, got *influxql.NumberLiteral'],
  ['SELECT moving_average(v, 1) FROM m', 'moving_average window must be greater than 1, got 1'],
  ['SELECT holt_winters(v, 1, 2) FROM m', 'must use aggregate function with holt_winters'],
  ['SELECT v FROM m ORDER BY v', 'only ORDER BY time supported at this time'],
])('%s is refused as the original does', (query, message) => {
  expect(textOf(query)).toBe(message);
});

test('grouping and fill are those of the node', () => {
  const dimensions: readonly QueryDimension[] = [
    { kind: 'time', intervalNs: 8_000_000_000n, offsetNs: 0n },
    { kind: 'tag', name: 'my host' },
    { kind: 'star' },
  ];
  const parsed = RangeQuery.parse('SELECT count(v) FROM d.r.m');
  const query = parsed.ok ? parsed.value.with({ dimensions, fill: { kind: 'number', value: 0n } }) : undefined;
  const text = [false, true].map((isAligned) => query?.text(start, stop, isAligned));
  expect(text).toEqual([
    `SELECT count(v) FROM d.r.m WHERE ${range} GROUP BY time(8s, 0s), "my host", * fill(0)`,
    `SELECT count(v) FROM d.r.m WHERE ${range} GROUP BY time(8s, 3s), "my host", * fill(0)`,
  ]);
});

test('what was printed is printed the same again', () => {
  const name = fc.constantFrom('a', 'my b', 'from', 'q"x');
  const value = fc.oneof(
    fc.integer().map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e20, max: 1e20 }).map((number) => number.toFixed(4)),
    fc.constantFrom("'it\\'s'", '5m', '1h30m'),
  );
  const operator = fc.constantFrom('=', '!=', '<', '>=', '+', '*', '-');
  const comparison = fc.tuple(name, operator, value).map(([n, o, v]) => `${JSON.stringify(n)} ${o} ${v}`);
  const condition = fc
    .array(comparison, { minLength: 1, maxLength: 4 })
    .chain((parts) => fc.constantFrom(' AND ', ' OR ').map((word) => parts.join(word)));
  fc.assert(
    fc.property(condition, (where) => {
      const once = textOf(`SELECT v FROM d.r.m WHERE ${where}`);
      const kept = once.slice(0, once.lastIndexOf(' AND time >='));
      expect(textOf(kept)).toBe(once.replace(/WHERE (?!\()(.*)$/, 'WHERE $1'));
    }),
  );
});

test('no text makes the parser throw', () => {
  const piece = fc.constantFrom(
    'SELECT',
    'FROM',
    'WHERE',
    '(',
    ')',
    '"a"',
    "'",
    '/',
    'a',
    '1',
    '.',
    ',',
    '::',
    ' ',
    '-',
    'time(',
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      expect(typeof parseSelect(pieces.join(' ')).ok).toBe('boolean');
    }),
  );
});
