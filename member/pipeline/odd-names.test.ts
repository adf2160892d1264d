/** Names that JavaScript has a meaning for are names like any other. */
import { expect, test } from 'vitest';
import { present } from '../base/assert.ts';
import { RunningScript } from './testing/run-script.ts';

const line = 'm,__proto__=a,constructor=b,toString=c __proto__=1,valueOf="x" 1000000000';
const ownTags = [
  ['__proto__', 'a'],
  ['constructor', 'b'],
  ['toString', 'c'],
];

test('tags and fields of such names are in the data of events, in the log and in what is written', () => {
  const script = new RunningScript(`stream
    |from().groupBy('constructor')
    |alert().id('{{ index .Tags "constructor" }}{{ index .Tags "valueOf" }}').crit(lambda: TRUE).topic('t')
    |log()
    |httpOut('o')
    |influxDBOut().database('d').retentionPolicy('r').tag('hasOwnProperty', 'd')`);
  script.write(line);
  const { series, event } = present(script.world.publications[0], 'publication');
  expect(event).toBe('b');
  expect(Object.entries(present(series[0], 'series').tags)).toEqual(ownTags);
  expect(series[0]).toMatchObject({ columns: ['time', '__proto__', 'valueOf'], values: [[1_000_000_000n, 1, 'x']] });
  const logged = present(
    script.world.logs.find(({ message }) => message === 'point'),
    'point in the log',
  );
  expect(Object.entries(logged.values ?? {})).toEqual([
    ['__proto__', 1],
    ['valueOf', 'x'],
  ]);
  expect(Object.entries(logged.tags ?? {})).toEqual(ownTags);
  script.run.finish();
  expect(script.world.writes.map(({ lines }) => lines)).toEqual([
    'm,__proto__=a,constructor=b,hasOwnProperty=d,toString=c __proto__=1,valueOf="x" 1000000000\n',
  ]);
  expect(script.run.httpOutput('o')?.series).toMatchObject([{ columns: ['time', '__proto__', 'valueOf'] }]);
});

test('a batch whose points have tags of such names, which their fields do not have', () => {
  const script = new RunningScript(`stream
    |from()
    |window().periodCount(1).everyCount(1)
    |alert().crit(lambda: TRUE).topic('t')
    |httpOut('o')`);
  script.write(line);
  const columns = ['time', '__proto__', '__proto__', 'constructor', 'toString', 'valueOf'];
  const [{ series } = { series: [] }] = script.world.publications;
  expect(series).toMatchObject([{ columns, values: [[1_000_000_000n, 1, 1, 'b', 'c', 'x']] }]);
});

test('the same tag is a dimension, a default and part of a combination', () => {
  const script = new RunningScript(`var a = stream|from().groupBy('__proto__')
    a|default().tag('constructor', 'new')|httpOut('default')
    a|combine(lambda: "v" == 1.0, lambda: "v" == 2.0).as('one', 'two')|httpOut('combine')`);
  script.write('m,__proto__=a v=1 1', 'm,__proto__=a v=2 1', 'm,__proto__=a v=3 2');
  const tagsOf = (output: string) =>
    script.run.httpOutput(output)?.series?.map((row) => Object.entries(row?.tags ?? {}));
  expect(tagsOf('default')).toEqual([
    [
      ['__proto__', 'a'],
      ['constructor', 'new'],
    ],
  ]);
  expect(tagsOf('combine')).toEqual([[['__proto__', 'a']]]);
});

test('a template asks a time for a method that only objects of JavaScript have', () => {
  const script = new RunningScript(`stream
    |from()
    |alert().crit(lambda: TRUE).message('{{ .Time.constructor }}').topic('t')`);
  script.write(line);
  expect(script.run.error()).toMatch(/constructor/);
});
