import { describe, expect, test } from 'vitest';
import { present } from '../../base/assert.ts';
import type { UdfInfo } from '../nodes/udf/messages.ts';
import type { PreviewInput } from './input.ts';
import type { PreviewNode, PreviewShown } from './outcome.ts';
import { preview } from './preview.ts';

const second = 1_000_000_000n;
const startNs = 1_600_000_000n * second;

/** A clock that moves on by as much each time it is asked. */
function clock(stepMs = 0): () => number {
  let now = 0;
  return () => (now += stepMs);
}

function show(script: string, more: Partial<PreviewInput> = {}, nowMs = clock()): PreviewShown {
  const outcome = preview({ script, type: null, wallNs: startNs, ...more }, nowMs);
  if (outcome.kind === 'refused') throw new Error(outcome.message);
  return outcome;
}

function node(outcome: PreviewShown, name: string): PreviewNode {
  return present(
    outcome.nodes.find((candidate) => candidate.name === name),
    name,
  );
}

function lines(count: number, line: (index: number) => string, everyNs = second): string {
  return Array.from({ length: count }, (_, i) => `${line(i)} ${startNs + BigInt(i) * everyNs}\n`).join('');
}

describe('what a preview shows', () => {
  test('every node has the points it handed on', () => {
    const outcome = show(
      `stream|from().measurement('m').groupBy('host')|where(lambda: "v" > 1)|eval(lambda: "v" * 2).as('w').keep('w')`,
      { writes: [{ points: lines(3, (i) => `m,host=a v=${i}i`) }] },
    );
    const point = (fields: object, at: bigint) => ({
      name: 'm',
      group: 'host=a',
      tags: { host: 'a' },
      fields,
      timeNs: startNs + at * second,
    });
    expect(outcome).toMatchObject({ kind: 'shown', type: 'stream', played: 3, isComplete: true, taskError: null });
    expect(outcome.nodes.map(({ name, emitted, points }) => ({ name, emitted, points }))).toEqual([
      { name: 'stream0', emitted: 3, points: [0n, 1n, 2n].map((v) => ({ ...point({ v }, v), group: '' })) },
      { name: 'from1', emitted: 3, points: [0n, 1n, 2n].map((v) => point({ v }, v)) },
      { name: 'where2', emitted: 1, points: [point({ v: 2n }, 2n)] },
      { name: 'eval3', emitted: 1, points: [point({ w: 4n }, 2n)] },
    ]);
    expect(outcome.dot).toContain('where2 -> eval3 [processed="1"]');
  });

  test('batches are shown with their points; what is cut is counted', () => {
    const outcome = show(`stream|from()|window().period(4s).every(4s)|sum('v')`, {
      writes: [{ points: lines(9, (i) => `m v=${i}`) }],
      limits: { pointsPerNode: 5 },
    });
    const window = node(outcome, 'window2');
    expect(window).toMatchObject({ provides: 'batch', emitted: 2, cutPoints: 3, cutBatches: 0 });
    expect(window.batches.map(({ timeNs, points, cutPoints }) => [timeNs, points.length, cutPoints])).toEqual([
      [startNs + 4n * second, 4, 0],
      [startNs + 8n * second, 1, 3],
    ]);
    expect(node(outcome, 'from1')).toMatchObject({ emitted: 9, cutPoints: 4 });
    expect(node(outcome, 'sum3').points.map(({ fields }) => fields)).toEqual([{ sum: 6 }, { sum: 22 }]);
  });

  test('alerts have their texts, their level before and the handlers of the script', () => {
    const outcome = show(
      `stream|from()|alert().crit(lambda: "v" > 1.0).stateChangesOnly().topic('t')
        .message('{{ .ID }} {{ .Level }} {{ index .Fields "v" }}').details('of {{ .TaskName }}').post('http://h/')`,
      { taskId: 'cpu', writes: [{ points: lines(4, (i) => `m v=${i === 3 ? 0 : i}`) }] },
    );
    const common = {
      node: 'alert2',
      id: 'm:nil',
      name: 'm',
      group: 'nil',
      tags: {},
      details: 'of cpu',
      category: '',
      recoverable: true,
      isInhibited: false,
    };
    const inline = { topic: 'main:cpu:alert2', handlers: [{ kind: 'post', options: { url: 'http://h/' } }] };
    const named = { topic: 't', handlers: [] };
    const crit = {
      level: 'CRITICAL',
      previousLevel: 'OK',
      message: 'm:nil CRITICAL 2',
      timeNs: startNs + 2n * second,
      durationNs: 0n,
      fields: { v: 2 },
    };
    const over = {
      level: 'OK',
      previousLevel: 'CRITICAL',
      message: 'm:nil OK 0',
      timeNs: startNs + 3n * second,
      durationNs: second,
      fields: { v: 0 },
    };
    expect(outcome.alerts.map((alert) => ({ ...alert, group: 'nil' }))).toEqual([
      { ...common, ...inline, ...crit },
      { ...common, ...named, ...crit },
      { ...common, ...inline, ...over },
      { ...common, ...named, ...over },
    ]);
  });

  test('errors of a node are counted, the last one in its words', () => {
    const outcome = show(`stream|from()|eval(lambda: "v" / "d").as('r')`, {
      writes: [{ points: lines(2, () => 'm v=1i,d=0i') }],
    });
    expect(node(outcome, 'eval2')).toMatchObject({ errors: 2, lastError: expect.stringContaining('divide by zero') });
  });

  test('a task that ends by itself says why', () => {
    const outcome = show(`stream|from()|alert().id('{{ index .Fields "x" "y" }}').crit(lambda: TRUE)`, {
      writes: [{ points: lines(2, () => 'm v=1') }],
    });
    expect(outcome.taskError).toMatch(/^alert2: /);
  });

  test('the clock goes with the points: a deadman fires in the silence, and behind the last point', () => {
    const script = `stream|from()|deadman(0.0, 10s).topic('t')`;
    const points = lines(8, () => 'm v=1') + `m v=1 ${startNs + 40n * second}\n`;
    const levels = (outcome: PreviewShown) =>
      outcome.alerts.map(({ level, timeNs }) => [level, (timeNs - startNs) / second]);
    expect(levels(show(script, { writes: [{ points }], restNs: 30n * second }))).toEqual([
      ['CRITICAL', 20n],
      ['CRITICAL', 30n],
      ['CRITICAL', 40n],
      ['OK', 50n],
      ['CRITICAL', 60n],
      ['CRITICAL', 70n],
    ]);
    expect(levels(show(script, { clock: 'still', writes: [{ points }] }))).toEqual([]);
  });

  test('what was held back for later points goes on at the end, unless the ending is open', () => {
    const script = `var a = stream|from().measurement('a')
      var b = stream|from().measurement('b')
      a|join(b).as('a', 'b').tolerance(1s).fill(0.0)`;
    const writes = [{ points: `a v=1 ${startNs}\n` }];
    expect(node(show(script, { writes }), 'join4').emitted).toBe(1);
    expect(node(show(script, { writes, ending: 'open' }), 'join4').emitted).toBe(0);
  });

  test('rows, precisions, places and variables', () => {
    const script = `dbrp "telegraf"."autogen"
      var limit = 5
      stream|from().database('telegraf')|where(lambda: "v" > limit)`;
    const outcome = show(script, {
      vars: { limit: { type: 'int', value: 1, description: '' } },
      writes: [
        {
          points: [
            { name: 'm m', tags: { t: 'x y' }, fields: { v: 2n, s: 'a "b"', f: 0.5, b: true }, timeNs: startNs },
          ],
        },
        { points: `m v=3i ${startNs / second}\n`, precision: 's' },
        { points: `m v=4i ${startNs}\n`, place: { db: 'other', rp: 'autogen' } },
      ],
    });
    expect(node(outcome, 'where2').points.map(({ name, fields }) => [name, fields])).toEqual([
      ['m m', { v: 2n, s: 'a "b"', f: 0.5, b: true }],
      ['m', { v: 3n }],
    ]);
  });

  test('answers of InfluxDB feed the queries of a batch script, the earliest first', () => {
    const script = `var a = batch|query('SELECT mean(v) FROM "db"."rp"."m"').period(10s).every(10s).groupBy('host')
      var b = batch|query('SELECT v FROM "db"."rp"."n"').period(10s).every(10s)
      a|union(b)|alert().crit(lambda: "mean" > 1.0).topic('t')`;
    const answer = (stop: bigint, series: object) => ({
      stopNs: startNs + stop * second,
      json: JSON.stringify({ results: [{ series: [series] }] }),
    });
    const outcome = show(script, {
      dbrps: [{ db: 'db', rp: 'rp' }],
      answers: {
        query1: [10n, 20n].map((stop) =>
          answer(stop, {
            name: 'm',
            tags: { host: 'a' },
            columns: ['time', 'mean'],
            values: [['2020-09-13T12:26:40Z', Number(stop) / 10]],
          }),
        ),
        query2: [answer(15n, { name: 'n', columns: ['time', 'v'], values: [['2020-09-13T12:26:40Z', 7]] })],
      },
    });
    expect(outcome).toMatchObject({ type: 'batch', played: 3, isComplete: true });
    expect(node(outcome, 'query1').batches.map(({ group, timeNs }) => [group, (timeNs - startNs) / second])).toEqual([
      ['host=a', 10n],
      ['host=a', 20n],
    ]);
    expect(outcome.alerts.map(({ id, level }) => [id, level])).toEqual([['m:host=a', 'CRITICAL']]);
  });
});

describe('nothing leaves a preview', () => {
  test('requests, writes and log lines are shown', () => {
    const outcome = show(
      `var data = stream|from()
      data|httpPost('http://h/p').header('k', 'v').captureResponse().codeField('code')
      data|influxDBOut().create().database('out').measurement('o').tag('t', 'x')
      data|log().prefix('P')`,
      { writes: [{ points: lines(2, (i) => `m v=${i}`) }] },
    );
    expect(node(outcome, 'http_post2').sent.map((sent) => ({ ...sent, body: '' }))).toEqual(
      [1, 2].map(() => ({
        kind: 'http-post',
        target: 'http://h/p',
        headers: expect.objectContaining({ k: 'v' }),
        body: '',
      })),
    );
    expect(node(outcome, 'http_post2').points.map(({ fields }) => fields)).toEqual([
      { v: 0, code: 200n },
      { v: 1, code: 200n },
    ]);
    expect(node(outcome, 'influxdb_out3').sent).toEqual([
      { kind: 'influx-query', cluster: '', statement: 'CREATE DATABASE "out"' },
      {
        kind: 'influx-write',
        cluster: '',
        database: 'out',
        retentionPolicy: 'autogen',
        precision: 'ns',
        lines: `o,t=x v=0 ${startNs}\no,t=x v=1 ${startNs + second}\n`,
        points: 2,
      },
    ]);
    expect(node(outcome, 'log4').sent).toMatchObject([
      { kind: 'log', level: 'info', values: { v: 0 } },
      { kind: 'log', level: 'info', values: { v: 1 } },
    ]);
  });
});

describe('nodes that reach out', () => {
  const writes = [{ points: lines(3, (i) => `m v=${i}i`) }];

  test('a user-defined function takes points and gives none back', () => {
    const script = `stream|from()@fn().size(2)|log()`;
    const fn: UdfInfo = { wants: 'stream', provides: 'stream', options: new Map([['size', ['INT']]]) };
    const udfs = new Map([['fn', fn]]);
    const outcome = show(script, { writes, udfs, restNs: 60n * second });
    expect(outcome).toMatchObject({ taskError: null, isComplete: true });
    const given = present(outcome.nodes[2], 'the function').sent;
    expect(given.every(({ kind }) => kind === 'udf')).toBe(true);
    expect(given.reduce((sum, effect) => sum + (effect.kind === 'udf' ? effect.points : 0), 0)).toBe(3);
    expect(outcome.nodes[3]?.points).toEqual([]);
    expect(preview({ script, type: null, wallNs: startNs }, clock())).toMatchObject({ kind: 'refused', line: 1 });
  });

  test('what would be scaled, written back and loaded', () => {
    const outcome = show(
      `var data = stream|from()
      data|k8sAutoscale().resourceName('web').replicas(lambda: "v" + 1)
      data|kapacitorLoopback().database('db').retentionPolicy('rp').tag('again', 'yes')
      data|sideload().source('file:///nowhere').order('x.yml').field('limit', 5)`,
      { writes },
    );
    const of = (kind: string) =>
      present(
        outcome.nodes.find((node) => node.kind === kind),
        kind,
      );
    expect(of('k8s_autoscale').sent).toMatchObject([
      { kind: 'scale', system: 'kubernetes', cluster: '', name: 'web', replicas: 2 },
      { kind: 'scale', system: 'kubernetes', cluster: '', name: 'web', replicas: 3 },
    ]);
    expect(of('kapacitor_loopback').sent[0]).toEqual({
      kind: 'loopback',
      database: 'db',
      retentionPolicy: 'rp',
      lines: `m,again=yes v=0i ${startNs}`,
      points: 1,
    });
    expect(of('sideload').points.map(({ fields }) => fields['limit'])).toEqual([5n, 5n, 5n]);
  });
});

describe('what cannot be previewed', () => {
  const refused = (script: string, more: Partial<PreviewInput> = {}) =>
    preview({ script, type: null, wallNs: startNs, ...more }, clock());

  test('a bad script has its line and column', () => {
    expect(refused(`stream\n  |from(\n  |where()`)).toMatchObject({ kind: 'refused', of: 'script', line: 3, char: 3 });
    expect(refused(`stream\n  |from()\n    |wher(lambda: TRUE)`)).toMatchObject({
      kind: 'refused',
      of: 'script',
      line: 3,
      char: 6,
      message: expect.stringMatching(/^invalid TICKscript: line 3 char 6: /),
    });
  });

  test('a script of the other type, a value of the wrong type, a sample that is no line protocol', () => {
    expect(refused(`stream|from()`, { type: 'batch' })).toMatchObject({
      message: 'the script is a stream task, not a batch task',
    });
    expect(
      refused(`var x = 1 stream|from()`, { vars: { x: { type: 'string', value: 'a', description: '' } } }),
    ).toMatchObject({ kind: 'refused', of: 'script' });
    expect(refused(`stream|from()|log()`, { writes: [{ points: 'm' }] })).toMatchObject({
      kind: 'refused',
      of: 'data',
      message: `unable to parse 'm': missing fields`,
    });
    expect(
      refused(`batch|query('SELECT v FROM a.b.c').every(1s).period(1s)|log()`, { dbrps: [{ db: 'x', rp: 'y' }] }),
    ).toMatchObject({ of: 'script', message: 'batch query is not allowed to request data from "a"."b"' });
  });
});

describe('bounds', () => {
  const noted = ({ notes }: PreviewShown) => notes.map(({ kind }) => kind);

  test('a sample that is too large is played in part, and says so', () => {
    const outcome = show(`stream|from()|log()`, {
      writes: [{ points: lines(50, (i) => `m v=${i}`) }],
      limits: { inputRows: 20 },
    });
    expect(outcome).toMatchObject({
      played: 20,
      isComplete: false,
      notes: [{ kind: 'input', text: 'the sample is larger than a preview takes: the first 20 points are played' }],
    });
    const shorter = show(`stream|from()|log()`, {
      writes: [{ points: lines(50, (i) => `m v=${i}`) }],
      limits: { inputLength: 100 },
    });
    expect(shorter.played).toBe(3);
    expect(noted(shorter)).toEqual(['input']);
  });

  test('the time is up', () => {
    const outcome = show(`stream|from()|log()`, { writes: [{ points: lines(1000, (i) => `m v=${i}`) }] }, clock(10));
    expect(outcome.isComplete).toBe(false);
    expect(outcome.notes).toEqual([
      { kind: 'time', text: `stopped: it took longer than 2000 ms; ${outcome.played} of 1000 were played` },
    ]);
    expect(node(outcome, 'from1').emitted).toBeGreaterThan(50);
  });

  test('a clock that would never arrive ends with the work', () => {
    const points = `m v=1 ${startNs}\nm v=1 ${startNs + 1_000_000_000n * second}\n`;
    const sample: Partial<PreviewInput> = { writes: [{ points }], limits: { work: 5_000 } };
    expect(noted(show(`stream|from()|deadman(0.0, 1ms)`, sample))).toEqual(['work']);
    expect(noted(show(`stream|from()|barrier().period(1u)|log()`, { ...sample, restNs: 10n ** 18n }))).toEqual([
      'work',
    ]);
  });

  test('overlapping windows end with the work', () => {
    const outcome = show(`stream|from()|window().period(10000s).every(1s)|log()`, {
      writes: [{ points: lines(5000, (i) => `m v=${i}`) }],
    });
    expect(noted(outcome)).toEqual(['work']);
    expect(node(outcome, 'window2').points).toHaveLength(0);
  });

  test('groups without end', () => {
    const outcome = show(`stream|from().groupBy('id')|log()`, {
      writes: [{ points: lines(500, (i) => `m,id=${i} v=1`) }],
      limits: { groups: 100 },
    });
    expect(noted(outcome)).toEqual(['groups']);
  });

  test('alerts, requests and texts are cut', () => {
    const named = show(`stream|from()|alert().crit(lambda: TRUE).topic('t').message('{{ index .Fields "s" }}')|log()`, {
      writes: [{ points: lines(30, () => `m s="${'x'.repeat(50)}"`) }],
      limits: { alerts: 4, pointsPerNode: 3, textLength: 10 },
    });
    expect([named.alerts.length, named.cutAlerts, named.alerts[0]?.message]).toEqual([4, 26, `${'x'.repeat(10)}…`]);
    const { sent, cutSent, points, cutPoints } = node(named, 'log3');
    expect([sent.length, cutSent, points.length, cutPoints]).toEqual([3, 27, 3, 27]);
    expect(points[0]?.fields).toEqual({ s: `${'x'.repeat(10)}…` });
  });

  test('texts that grow without end fail the run, not the page', () => {
    const doublings = Array.from({ length: 40 }, () => `|eval(lambda: "s" + "s").as('s')`).join('');
    const outcome = show(`stream|from()${doublings}`, {
      writes: [{ points: `m s="${'x'.repeat(100)}" ${startNs}\n` }],
    });
    expect(noted(outcome)).toEqual(['failure']);
    expect(node(outcome, 'eval2').points).toHaveLength(1);
  });

  test('a script of too many nodes is refused', () => {
    const outcome = preview({ script: `stream|from()${'|log()'.repeat(300)}`, type: null, wallNs: startNs }, clock());
    expect(outcome).toMatchObject({
      kind: 'refused',
      message: 'a preview takes scripts of up to 200 nodes, this one has 302',
    });
  });
});
