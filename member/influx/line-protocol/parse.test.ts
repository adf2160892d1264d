import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { present } from '../../base/assert.ts';
import { hasValue, timeNs } from '../block.ts';
import type { WriteBody } from '../block.ts';
import { isBlank } from './bytes.ts';
import { LineProtocolParser } from './parse.ts';
import type { ParseRequest } from './parse.ts';
import { lineEnd, scanLine } from './scan-line.ts';
import { defaultTime } from './scan-time.ts';
import type { Precision } from './scan-time.ts';

interface PlainPoint {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly timeNs: bigint;
}

const request = (precision: Precision = 'n'): ParseRequest => ({
  database: 'db',
  retentionPolicy: 'rp',
  precision,
  nowNs: 1_500_000_000_123_456_789n,
});
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function parsed(body: string, precision: Precision = 'n', parser = new LineProtocolParser()): PlainPoint[] | string {
  const result = parser.parse(bytes(body), request(precision));
  return result.ok ? pointsOf(result.value) : result.error;
}

/** In the order of the body. */
function pointsOf(body: WriteBody): PlainPoint[] {
  const reached = body.blocks.map(() => 0);
  const points: PlainPoint[] = [];
  for (let i = 0; i < body.runs.length; i += 2) {
    const index = present(body.runs[i], 'run');
    const block = present(body.blocks[index], 'block');
    for (let k = 0; k < present(body.runs[i + 1], 'length'); k++) {
      const row = present(reached[index], 'row');
      reached[index] = row + 1;
      const fields: Record<string, unknown> = {};
      for (const { name, column } of block.fields) {
        if (hasValue(column, row)) fields[name] = { type: column.type, value: column.values[row] };
      }
      const time = timeNs(present(block.seconds[row], 'seconds'), present(block.nanos[row], 'nanos'));
      points.push({
        name: block.name,
        tags: block.tagTable.at(present(block.tagIds[row], 'tags')).toRecord(),
        fields,
        timeNs: time,
      });
    }
  }
  return points;
}

/** Line by line by the thorough reader, as plain objects. */
function reference(body: string, precision: Precision): PlainPoint[] | string {
  const buffer = bytes(body);
  const points: PlainPoint[] = [];
  const errors: string[] = [];
  for (let position = 0; position < buffer.length;) {
    const end = lineEnd(buffer, position);
    let start = position;
    position = end + 1;
    while (start < end && isBlank(buffer[start])) start++;
    if (start >= end || buffer[start] === 0x23) continue;
    const line = buffer.subarray(start, end);
    const scanned = scanLine(line, precision);
    if (!scanned.ok) {
      errors.push(`unable to parse '${new TextDecoder().decode(line)}': ${scanned.error}`);
      continue;
    }
    const { measurement, tagKeys, tagValues, fields, time } = scanned.value;
    const { seconds, nanos } = time ?? defaultTime(request().nowNs, precision);
    points.push({
      name: measurement,
      tags: Object.fromEntries(tagKeys.map((key, index) => [key, present(tagValues[index], 'value')])),
      fields: Object.fromEntries(fields.map(({ name, type, value }) => [name, { type, value }])),
      timeNs: timeNs(seconds, nanos),
    });
  }
  return errors.length > 0 ? errors.join('\n') : points;
}

describe('points', () => {
  test('every type of value, in any order of tags', () => {
    expect(parsed('m,b=2,a=1 f=1.5,i=-3i,s="x y",t=true,n=2e3 1500000000000000001')).toEqual([
      {
        name: 'm',
        tags: { a: '1', b: '2' },
        fields: {
          f: { type: 'float', value: 1.5 },
          i: { type: 'int', value: -3 },
          s: { type: 'string', value: 'x y' },
          t: { type: 'bool', value: true },
          n: { type: 'float', value: 2000 },
        },
        timeNs: 1_500_000_000_000_000_001n,
      },
    ]);
  });

  test('escapes in names, tags and strings', () => {
    expect(parsed('a\\ b\\,c,t\\ 1=v\\=2\\, f\\ x="say \\"hi\\" \\\\" 5')).toEqual([
      {
        name: 'a b,c',
        tags: { 't 1': 'v=2,' },
        fields: { 'f x': { type: 'string', value: 'say "hi" \\' } },
        timeNs: 5n,
      },
    ]);
  });

  test('integers are exact to 64 bits', () => {
    const values = ['9007199254740991', '9007199254740992', '-9223372036854775808', '9223372036854775807', '5'];
    const points = parsed(values.map((value) => `m v=${value}i 1`).join('\n'));
    expect(
      typeof points === 'string' ? points : points.map((point) => BigInt(Object(point.fields['v']).value)),
    ).toEqual(values.map(BigInt));
  });

  test('a field twice in a line: the last wins, also with another type', () => {
    expect(parsed('m v=1,v=2 1\nm v=3,v="x" 2')).toEqual([
      { name: 'm', tags: {}, fields: { v: { type: 'float', value: 2 } }, timeNs: 1n },
      { name: 'm', tags: {}, fields: { v: { type: 'string', value: 'x' } }, timeNs: 2n },
    ]);
  });

  test('a field that changes its type begins a new block; the order of the rows stays', () => {
    const result = new LineProtocolParser().parse(bytes('m v=1 1\nn v=1 2\nm v=2i 3\nm v=3i 4\nm v="s" 5'), request());
    expect(
      result.ok && { lengths: result.value.blocks.map(({ name, length }) => [name, length]), runs: result.value.runs },
    ).toEqual({
      lengths: [
        ['m', 1],
        ['n', 1],
        ['m', 2],
        ['m', 1],
      ],
      runs: [0, 1, 1, 1, 2, 2, 3, 1],
    });
  });

  test('missing times are now, in whole units of the precision', () => {
    const times = (precision: Precision): unknown => {
      const points = parsed('m v=1\nm v=2 7', precision);
      return typeof points === 'string' ? points : points.map((point) => point.timeNs);
    };
    expect([times('n'), times('u'), times('ms'), times('s'), times('m'), times('h')]).toEqual([
      [1_500_000_000_123_456_789n, 7n],
      [1_500_000_000_123_456_000n, 7_000n],
      [1_500_000_000_123_000_000n, 7_000_000n],
      [1_500_000_000_000_000_000n, 7_000_000_000n],
      [1_500_000_000_000_000_000n, 420_000_000_000n],
      [1_499_997_600_000_000_000n, 25_200_000_000_000n],
    ]);
  });

  test('blank lines, comments and leading blanks are skipped', () => {
    expect(parsed('\n# m v=\n  m v=1 1\n\n')).toEqual([
      { name: 'm', tags: {}, fields: { v: { type: 'float', value: 1 } }, timeNs: 1n },
    ]);
  });

  test('a long body makes several blocks', () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `m,t=${index % 7} v=${index} ${index}`);
    const result = new LineProtocolParser().parse(bytes(lines.join('\n')), request());
    expect(result.ok && [result.value.rowCount, result.value.blocks.map((block) => block.length)]).toEqual([
      20_000,
      [8192, 8192, 3616],
    ]);
  });

  test('a table of too many series is begun anew, and blocks stay readable', () => {
    const parser = new LineProtocolParser({ seriesLimit: 10 });
    const body = (start: number): string =>
      Array.from({ length: 20 }, (_, index) => `m,t=${start + index} v=1 1`).join('\n');
    const first = parser.parse(bytes(body(0)), request());
    expect(parser.seriesCount).toBe(20);
    expect(parsed(body(100), 'n', parser)).toHaveLength(20);
    expect(parser.seriesCount).toBe(20);
    expect(first.ok && pointsOf(first.value)[3]?.tags).toEqual({ t: '3' });
  });
});

describe('refusals, word for word', () => {
  const refusals: readonly (readonly [line: string, reason: string])[] = [
    ['cpu', 'missing fields'],
    ['cpu,a=b', 'missing fields'],
    ['cpu ', 'invalid field format'],
    ['cpu v', 'invalid field format'],
    ['cpu v=1,', 'invalid field format'],
    ['cpu v=', 'missing field value'],
    ['cpu v=,a=1', 'missing field value'],
    ['cpu =1', 'missing field key'],
    ['cpu v=1,=2', 'missing field key'],
    [',a=b v=1', 'missing measurement'],
    ['cpu,host v=1', 'missing tag value'],
    ['cpu,host= v=1', 'missing tag value'],
    ['cpu,=a v=1', 'missing tag key'],
    ['cpu, v=1', 'missing tag key'],
    ['cpu,a=b=c v=1', 'invalid tag format'],
    ['cpu,b=1,a=2,b=3 v=1', 'duplicate tags'],
    ['cpu v=1u', 'invalid number'],
    ['cpu v=1i0', 'invalid number'],
    ['cpu v=.', 'invalid number'],
    ['cpu v=NaN', 'invalid number'],
    ['cpu v=1e400', 'invalid float'],
    [
      'cpu v=9223372036854775808i',
      'unable to parse integer 9223372036854775808: strconv.ParseInt: parsing "9223372036854775808": value out of range',
    ],
    ['cpu v=tru', 'invalid boolean'],
    ['cpu v="a', 'unbalanced quotes'],
    ['cpu v=1 12x', 'bad timestamp'],
    ['cpu v=1 5\r', 'bad timestamp'],
    ['cpu v=1 12 13', 'point is invalid'],
    ['cpu v=1 9223372036854775807', 'time outside range -9223372036854775806 - 9223372036854775806'],
    ['cpu v=1 99999999999999999999', 'strconv.ParseInt: parsing "99999999999999999999": value out of range'],
  ];

  test.each(refusals)('%j', (line, reason) => {
    expect(parsed(line)).toBe(`unable to parse '${line}': ${reason}`);
  });

  test('all bad lines are named, and nothing of the body is kept', () => {
    expect(parsed('cpu v=1 1\ncpu v=x 2\ncpu v=2 3\ncpu 4')).toBe(
      "unable to parse 'cpu v=x 2': invalid boolean\nunable to parse 'cpu 4': invalid field format",
    );
  });
});

describe('the one-pass reader agrees with the thorough one', () => {
  const word = fc.constantFrom(
    'cpu',
    'm',
    'host',
    'a',
    'b',
    'v',
    'wörld',
    'x\\ y',
    'x\\,y',
    'q\\=r',
    '"q"',
    'z\\\\',
    '',
  );
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((int) => `${int}i`),
    fc.integer().map((int) => `${int}i`),
    fc.constantFrom(
      't',
      'FALSE',
      '1.',
      '.5',
      '-0',
      '-0i',
      '1e5',
      '"a b"',
      '"a,b=c"',
      '"\\"q\\""',
      '"a\nb"',
      '""',
      '"x"y',
      '1u',
      'NaN',
      '-',
      '1234567890123456.5',
    ),
  );
  const pair = fc.tuple(word, fc.constantFrom('=', '=', '=', ''), value).map((parts) => parts.join(''));
  const tag = fc.tuple(word, fc.constantFrom('=', '=', '=', ''), word).map((parts) => parts.join(''));
  const time = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    fc.constantFrom('', '5', '1500000000', '1500000000000000000', '9223372036854775807', 'x', '12 13', '-5'),
  );
  const line = fc
    .tuple(
      fc.constantFrom('', '', ' ', '#'),
      word,
      fc.array(tag, { maxLength: 3 }),
      fc.constantFrom(' ', ' ', '  ', '\t'),
      fc.array(pair, { maxLength: 4 }),
      fc.constantFrom(' ', '  ', ''),
      time,
    )
    .map(
      ([lead, name, tags, gap, fields, gap2, at]) =>
        `${lead}${[name, ...tags].join(',')}${gap}${fields.join(',')}${gap2}${at}`,
    );
  const good = fc
    .tuple(
      fc.constantFrom('cpu', 'mem'),
      fc.constantFrom('', ',a=1', ',b=2,a=1', ',a=1\\ 2'),
      fc.constantFrom('v=1', 'v=1i', 'v=2.5,w="x"', 'w="y",v=3', 'v=t,u=-7i', 'u=9223372036854775807i'),
      fc.integer({ min: 0, max: 2_000_000_000 }),
    )
    .map(([name, tags, fields, at]) => `${name}${tags} ${fields} ${at}`);
  const precisions = fc.constantFrom<Precision>('n', 'u', 'ms', 's', 'm', 'h');

  test('on lines with every oddity', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), precisions, (lines, precision) => {
        const body = lines.join('\n');
        expect(parsed(body, precision)).toEqual(reference(body, precision));
      }),
      { numRuns: 500 },
    );
  });

  test('on good bodies, read twice by one parser', () => {
    fc.assert(
      fc.property(fc.array(good, { maxLength: 30 }), precisions, (lines, precision) => {
        const parser = new LineProtocolParser();
        const body = lines.join('\n');
        const expected = reference(body, precision);
        expect(parsed(body, precision, parser)).toEqual(expected);
        expect(parsed(body, precision, parser)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
});
