import { expect, test } from 'vitest';
import { definePipeline } from '../../define.ts';
import { FakeWorld } from '../../testing/fake-world.ts';
import { RunningScript } from '../../testing/run-script.ts';
import { cronSchedule, everySchedule } from './schedule.ts';

const dbrps = [{ db: 'db', rp: 'rp' }];

function script(properties: string, query = 'SELECT v FROM db.rp.m'): string {
  return `batch\n|query('${query}')\n.period(10s)\n${properties}\n|httpPost('http://collector/@CASE@/o')`;
}

function start(properties: string, query?: string) {
  const defined = definePipeline(script(properties, query));
  if (!defined.ok) throw new Error(defined.error.message);
  return defined.value.start(new FakeWorld().environment(), { dbrps });
}

function running(properties: string, query?: string): RunningScript {
  return new RunningScript(script(properties, query));
}

const series = (values: readonly unknown[], more = {}): string =>
  JSON.stringify({ results: [{ series: [{ name: 'm', tags: { h: 'a' }, columns: ['time', 'v'], values, ...more }] }] });

test.each([
  ['.every(1s).cron("* * * * *")'.replaceAll('"', "'"), "must not set both 'every' and 'cron' properties"],
  ['', "must define one of 'every' or 'cron'"],
  ['.every(-1s)', "'every' must be greater than 0s"],
  [".every(1s).fill('some')", 'unexpected fill option some'],
  ['.every(1s).groupBy(1s, time(2s))', 'groupBy cannot have more than one time dimension'],
  ['.every(1s).groupBy(1)', 'invalid dimension type:int64, must be string or time.Duration'],
])('a task with %j is refused at its start', (properties, error) => {
  expect(start(properties)).toEqual({ ok: false, error });
});

test('a query of data that is not of the task is refused', () => {
  const started = start('.every(1s)', 'SELECT v FROM db.other.m');
  expect(started).toEqual({ ok: false, error: 'batch query is not allowed to request data from "db"."other"' });
});

test('without an InfluxDB the task ends by itself', () => {
  const started = start(".every(1s).cluster('none')");
  expect(started.ok && started.value.error()).toBe(
    'query1: failed to get InfluxDB client: no such InfluxDB config none',
  );
});

test('a query runs every so often, over the period before', () => {
  const { world, passTo } = running('.every(4s)');
  passTo(3_999);
  expect(world.selects).toHaveLength(0);
  passTo(4_000);
  expect(world.selects.map(({ statement }) => statement)).toEqual([
    "SELECT v FROM db.rp.m WHERE time >= '2027-01-15T07:59:54Z' AND time < '2027-01-15T08:00:04Z'",
  ]);
});

test.each([
  ["time(1m, 5s), 'h'", 'GROUP BY time(1m, 5s), h'],
  ['time(1m, 5s)', 'GROUP BY time(1m, 5s)'],
  ['time(1m)', 'GROUP BY time(1m, 0s)'],
])('a query by %s asks for that', (dimensions, clause) => {
  const { world, passTo } = running(`.every(4s).groupBy(${dimensions})`, 'SELECT mean(v) FROM db.rp.m');
  passTo(4_000);
  expect(world.selects[0]?.statement).toContain(clause);
});

test.each([
  [
    "batch|query('SELECT v FROM d.r.m').every(1s).groupBy(time(1s, 2s, 3s))",
    'line 1 char 54: time() function expects 1 or 2 args, got 3',
  ],
  ['stream|from().groupBy(time(1s))', 'invalid dimension object of type kapacitor.TimeDimension'],
])('a wrong use of time() is refused: %s', (text, error) => {
  const defined = definePipeline(text);
  expect(defined.ok ? '' : defined.error.message).toBe(error);
});

test('aligned queries end at multiples of their interval, less the offset', () => {
  const { world, passTo } = running('.every(7s).align().offset(1s)');
  passTo(14_000);
  world.selects[0]?.receiver.done(null);
  const ends = world.selects.map(({ statement }) => Date.parse(statement.slice(-21, -1)) / 1000 + 1);
  // Multiples of 7 s since the first second of year 1.
  expect(ends.map((end) => (end + 62_135_596_800) % 7)).toEqual([0, 0]);
  expect(ends[1]).toBe((ends[0] ?? 0) + 7);
});

test('while one query runs, one tick waits and further ones are left out', () => {
  const { world, passTo } = running('.every(1s)');
  passTo(5_500);
  expect(world.selects).toHaveLength(1);
  world.selects[0]?.receiver.done(null);
  expect(world.selects.map(({ statement }) => statement.split(' time < ')[1])).toEqual([
    "'2027-01-15T08:00:01Z'",
    "'2027-01-15T08:00:02Z'",
  ]);
});

test.each([
  ['.every(1s)', [1, 2, 10, 11]],
  ['.every(1s).align()', [1, 2, 3, 10, 11]],
  [".cron('* * * * * * *')", [1, 2, 10, 11]],
  [".cron('* * * * * * *').align()", [1, 2, 10, 11]],
])('after a query that took nine seconds %s runs what waited, as 1.5.4 does', (properties, seconds) => {
  const { world, passTo } = running(properties);
  passTo(9_500);
  for (let asked = 0; asked < world.selects.length; asked++) world.selects[asked]?.receiver.done(null);
  passTo(10_500);
  world.selects.at(-1)?.receiver.done(null);
  passTo(11_500);
  const ends = world.selects.map(({ statement }) => new Date(statement.slice(-21, -1)).getUTCSeconds());
  expect(ends).toEqual(seconds);
});

test('an answer in chunks becomes one batch per series; rows without values are left out', () => {
  const { world, run, passTo } = running('.every(1s)');
  passTo(1_000);
  const receiver = world.selects[0]?.receiver;
  receiver?.line(series([['2027-01-15T07:59:59.5Z', 1]], { partial: true }));
  expect(run.stats().nodes.find(({ name }) => name === 'query1')?.values['collected']).toBe(0);
  receiver?.line(
    series([
      ['2027-01-15T07:59:59.75Z', null],
      ['2027-01-15T07:59:59.8Z', 'text'],
    ]),
  );
  receiver?.done(null);
  world.answerAll();
  expect(world.posts.map(({ body }) => body)).toEqual([
    {
      series: [
        {
          name: 'm',
          tags: { h: 'a' },
          columns: ['time', 'v'],
          values: [
            ['2027-01-15T07:59:59.5Z', 1],
            ['2027-01-15T07:59:59.8Z', 'text'],
          ],
        },
      ],
    },
  ]);
  const stats = run.stats();
  expect(stats.nodes.find(({ name }) => name === 'query1')?.values).toMatchObject({
    batches_queried: 1,
    points_queried: 2,
    collected: 1,
    errors: 0,
  });
  expect(run.dot('attributes')).not.toContain('batch0');
  expect(stats.nodes.find(({ name }) => name === 'batch0')?.values).toMatchObject({ collected: 1, emitted: 0 });
});

test('what InfluxDB refuses is counted and logged, and the next query runs all the same', () => {
  const { world, run, passTo } = running('.every(1s)');
  passTo(1_000);
  world.selects[0]?.receiver.line('{"results":[{"error":"retention policy not found: r"}]}');
  world.selects[0]?.receiver.done(null);
  passTo(2_000);
  world.selects[1]?.receiver.done('connection refused');
  expect(world.logs.filter(({ level }) => level === 'error')).toEqual([
    {
      level: 'error',
      message: 'error executing query',
      node: 'query1',
      fields: [['err', 'retention policy not found: r']],
    },
    { level: 'error', message: 'error executing query', node: 'query1', fields: [['err', 'connection refused']] },
  ]);
  expect(run.stats().nodes.find(({ name }) => name === 'query1')?.values['errors']).toBe(2);
});

test('the queries of a range are those a live task would have run', () => {
  const defined = definePipeline(script('.every(10s).offset(5s)'));
  if (!defined.ok) throw new Error(defined.error.message);
  const at = (second: number): bigint => 1_500_000_000_000_000_000n + BigInt(second) * 1_000_000_000n;
  const plans = defined.value.planQueries({ dbrps, startNs: at(0), stopNs: at(60), nowNs: at(26) });
  expect(plans.ok && plans.value.map(({ ranges }) => [...ranges].map(({ stopNs }) => stopNs))).toEqual([
    [at(5), at(15), at(25)],
  ]);
});

test('schedules are strictly later than the time they are asked for', () => {
  const second = 1_000_000_000n;
  const aligned = everySchedule(10n * second, true);
  expect([aligned.next(3n * second), aligned.next(6n * second), aligned.next(10n * second)]).toEqual([
    10n * second,
    20n * second,
    20n * second,
  ]);
  const cron = cronSchedule('*/15 * * * * * *');
  expect(cron.ok && cron.value.next(1_500_000_000_500_000_000n)).toBe(1_500_000_015_000_000_000n);
  const minutes = cronSchedule('*/5 * * * ? 2017-2030');
  expect(minutes.ok && minutes.value.next(1_500_000_000n * second)).toBe(1_500_000_300n * second);
});
