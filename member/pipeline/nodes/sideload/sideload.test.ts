import { expect, test } from 'vitest';
import type { SideloadValue } from '../../node-ports.ts';
import { FakeWorld } from '../../testing/fake-world.ts';
import { RunningScript } from '../../testing/run-script.ts';
import { converted } from './convert.ts';
import { cleanPath, lookUp } from './lookup.ts';

const files = (content: Readonly<Record<string, Readonly<Record<string, SideloadValue>>>>) =>
  new Map(Object.entries(content).map(([path, values]) => [path, new Map(Object.entries(values))]));

function worldOf(content: Parameters<typeof files>[0]): FakeWorld {
  const world = new FakeWorld();
  world.sideloadFiles = files(content);
  return world;
}

const script = (properties: string, before = '', after = ''): string => `stream
    |from()
        .measurement('m')
        .groupBy('owner', 'host')
${before}
    |sideload()
        .source('file:///side')
        .order('host/{{ .host }}.yml', 'all.yml')
${properties}
${after}
    |httpPost('http://collector/o')
`;

test('fields and tags come from the first file that has the key, and a tag that groups points regroups them', () => {
  const world = worldOf({
    'host/a.yml': { limit: 90, owner: 'Ann' },
    'all.yml': { limit: 10, owner: 'nobody', ratio: 0.5 },
  });
  const running = new RunningScript(
    script(
      "        .field('limit', 0)\n        .field('ratio', 1.0)\n        .tag('owner', 'unknown')",
      '',
      "    |httpOut('x')",
    ),
    world,
  );
  running.write('m,host=a v=1 1', 'm,host=b v=2 2');
  const row = (tags: object, values: readonly unknown[]): unknown => ({
    series: [{ name: 'm', tags, columns: ['time', 'limit', 'ratio', 'v'], values: [values] }],
  });
  expect(running.posted('o')).toEqual([
    row({ host: 'a', owner: 'Ann' }, ['1970-01-01T00:00:00.000000001Z', 90, 0.5, 1]),
    row({ host: 'b', owner: 'nobody' }, ['1970-01-01T00:00:00.000000002Z', 10, 0.5, 2]),
  ]);
  expect(running.run.httpOutput('x')?.series?.map((series) => series?.tags)).toEqual([
    { host: 'a', owner: 'Ann' },
    { host: 'b', owner: 'nobody' },
  ]);
});

test('files read anew count from the next point on', () => {
  const world = worldOf({ 'all.yml': { limit: 1 } });
  const running = new RunningScript(script("        .field('limit', 0)"), world);
  running.write('m v=1 1');
  world.sideloadFiles = files({ 'all.yml': { limit: 2 } });
  running.write('m v=1 2');
  expect(JSON.stringify(running.posted('o')).match(/Z",\d/g)).toEqual(['Z",1', 'Z",2']);
});

test('a value that does not convert is an error for each point, which gets the default', () => {
  const running = new RunningScript(
    script("        .field('limit', 7)"),
    worldOf({ 'all.yml': { limit: { kind: 'list' } } }),
  );
  running.write('m v=1 1', 'm v=2 2');
  expect(running.stat('sideload2', 'errors')).toBe(2);
  expect(running.world.logs.map(({ message, fields }) => [message, ...fields])[0]).toEqual([
    'failed to load key',
    ['err', 'cannot convert value of type []interface {} to type int64'],
    ['key', 'limit'],
    ['expected', 'int64'],
    ['got', '[]interface {}'],
  ]);
  expect(JSON.stringify(running.posted('o'))).toContain('Z",7,1]');
});

test('points whose order of files cannot be told go on as they came', () => {
  const running = new RunningScript(
    script("        .order('{{ slice .host 3 }}{{ index .host 5 }}')\n        .field('limit', 7)"),
    worldOf({ 'all.yml': { limit: 1 } }),
  );
  running.write('m,host=abcdefgh v=1 1', 'm,host=b v=2 2');
  expect(running.stat('sideload2', 'errors')).toBeGreaterThan(0);
  expect(JSON.stringify(running.posted('o'))).toContain('"columns":["time","v"]');
});

test('points of a batch get values; the batch keeps its own tags', () => {
  const world = worldOf({ 'host/a.yml': { limit: 90, area: 'eu' } });
  const running = new RunningScript(
    script(
      "        .field('limit', 0)\n        .tag('area', 'unknown')",
      '    |window()\n        .periodCount(2)\n        .everyCount(2)',
    ),
    world,
  );
  running.write('m,host=a v=1 1', 'm,host=a v=2 2');
  expect(running.posted('o')).toEqual([
    {
      series: [
        {
          name: 'm',
          tags: { host: 'a', owner: '' },
          columns: ['time', 'area', 'limit', 'v'],
          values: [
            ['1970-01-01T00:00:00.000000001Z', 'eu', 90, 1],
            ['1970-01-01T00:00:00.000000002Z', 'eu', 90, 2],
          ],
        },
      ],
    },
  ]);
});

test('a source is open as long as the task runs', () => {
  const running = new RunningScript(script("        .field('limit', 7)"));
  expect(running.world.openSideloads).toBe(1);
  running.run.close();
  expect(running.world.openSideloads).toBe(0);
});

test.each([
  [
    "        .field('limit', /x/)",
    'unsupported type *regexp.Regexp for field "limit", field default values must be float,int,string,bool or duration',
  ],
  ["        .order('{{ .host')", 'template: order:1: unclosed action'],
])('a task with %s is refused', (properties, message) => {
  expect(() => new RunningScript(script(properties))).toThrow(message);
});

test('a null hides the values of later files', () => {
  const found = files({ a: { k: null }, b: { k: 1 } });
  expect([lookUp(found, ['a', 'b'], 'k'), lookUp(found, ['none', 'b'], 'x/../k'), lookUp(found, ['b'], 'j')]).toEqual([
    null,
    1,
    null,
  ]);
});

test.each([
  ['a//b/', 'a/b'],
  ['a/../b', 'b'],
  ['../a', '../a'],
  ['/../a', '/a'],
  ['', '.'],
  ['/', '/'],
])('the key %j is looked up as %j', (key, path) => {
  expect(cleanPath(key)).toBe(path);
});

test.each([
  [10, 'int', 10],
  [10.5, 'int', 'cannot convert value of type float64 to type int64'],
  [2 ** 63, 'int', 'cannot convert value of type float64 to type int64'],
  [2 ** 60, 'int', 2n ** 60n],
  ['-7', 'int', -7],
  ['7.0', 'int', 'cannot convert string to int64: strconv.Atoi: parsing "7.0": invalid syntax'],
  [
    '9223372036854775808',
    'int',
    'cannot convert string to int64: strconv.Atoi: parsing "9223372036854775808": value out of range',
  ],
  ['1e3', 'float', 1000],
  ['x', 'float', 'cannot convert string to float64: strconv.ParseFloat: parsing "x": invalid syntax'],
  [true, 'float', 'cannot convert value of type bool to type float64'],
  ['T', 'bool', true],
  ['yes', 'bool', 'cannot convert string to bool: strconv.ParseBool: parsing "yes": invalid syntax'],
  [1, 'bool', 'cannot convert value of type float64 to type bool'],
  [1e21, 'string', '1000000000000000000000'],
  [false, 'string', 'false'],
  [5, 'duration', 'cannot convert value of type float64 to type time.Duration'],
  ['5s', 'duration', 'cannot convert value of type string to type time.Duration'],
] as const)('%j as %s', (value, type, wanted) => {
  const made = converted(value, type);
  expect(made.ok ? made.value : made.error).toBe(wanted);
});
