import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { UdfFunction } from '../../config/config.ts';
import { until } from '../testing/until.ts';
import { bundleFunction, FunctionRun, programOf, udfService, type FunctionProgram } from './testing/function-run.ts';
import type { UdfService } from './udf-service.ts';

let program: FunctionProgram;
const services: UdfService[] = [];

beforeAll(async () => {
  program = await bundleFunction();
});

afterAll(() => program.dispose());

afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.close()));
});

async function started(functions: Readonly<Record<string, UdfFunction>>, nowMs?: () => number): Promise<UdfService> {
  const service = udfService(functions, nowMs);
  services.push(service);
  const result = await service.start();
  if (!result.ok) throw new Error(result.error);
  return service;
}

function averaging(args: readonly string[] = []): Promise<UdfService> {
  return started({ average: programOf(program, args) });
}

const script = (middle: string, size = 2): string =>
  `stream|from().measurement('cpu').groupBy('host')${middle}@average().field('value').size(${size}).as('mean')|httpPost('http://collector/out')`;

const row = (host: string, second: number, values: readonly unknown[], columns = ['time', 'mean', 'value']) => ({
  series: [{ name: 'cpu', tags: { host }, columns, values: [[`1970-01-01T00:00:0${second}Z`, ...values]] }],
});

describe('a process', () => {
  test('a stream in, a stream out: points come back in their order, with groups, tags, types and times', async () => {
    const service = await averaging();
    const run = new FunctionRun(script(''), service);
    run.write('cpu,host=a value=1 1', 'cpu,host=b value=10 2', 'cpu,host=a value=3,n=9007199254740993i,s="é",t=true 3');
    await run.drain();
    expect(run.run.error()).toBeNull();
    expect(run.posted('out')).toEqual([
      row('a', 1, [1, 1]),
      row('b', 2, [10, 10]),
      // The body is JSON: its reader rounds what a double cannot hold.
      row('a', 3, [2, 9007199254740992, 'é', true, 3], ['time', 'mean', 'n', 's', 't', 'value']),
    ]);
    expect(run.run.dot('labels')).toContain('from1 -> average2');
    const stats = run.run.stats().nodes.find(({ name }) => name === 'average2');
    expect(stats).toMatchObject({ kind: 'average', values: { collected: 3, emitted: 3, errors: 0 } });
  });

  test('its words for people go to the log', async () => {
    const run = new FunctionRun(script(''), await averaging());
    await run.until(() => run.world.logs.length > 0, 'a line of the log');
    expect(run.world.logs[0]).toEqual({
      level: 'info',
      message: 'UDF log',
      node: 'average2',
      fields: [['text', 'init of task average2']],
    });
    run.run.close();
  });

  test('a batch in, a stream out', async () => {
    const service = await averaging(['--wants', 'batch']);
    const run = new FunctionRun(script('|window().period(2s).every(2s).align()'), service);
    run.write('cpu,host=a value=1 1', 'cpu,host=a value=3 2', 'cpu,host=a value=5 3', 'cpu,host=a value=5 4');
    await run.drain();
    expect(run.posted('out')).toEqual([row('a', 2, [1], ['time', 'mean']), row('a', 4, [4], ['time', 'mean'])]);
  });

  test('a batch in, a batch out', async () => {
    const service = await averaging(['--wants', 'batch', '--provides', 'batch']);
    const run = new FunctionRun(script('|window().period(2s).every(2s).align()'), service);
    run.write('cpu,host=a value=1 0', 'cpu,host=a value=3 1', 'cpu,host=a value=5 2');
    await run.drain();
    expect(run.posted('out')).toEqual([
      {
        series: [
          {
            name: 'cpu',
            tags: { host: 'a' },
            columns: ['time', 'mean', 'value'],
            values: [
              ['1970-01-01T00:00:00Z', 1, 1],
              ['1970-01-01T00:00:01Z', 2, 3],
            ],
          },
        ],
      },
    ]);
  });

  test('a stream in, a batch out', async () => {
    const service = await averaging(['--provides', 'batch']);
    const run = new FunctionRun(
      `stream|from().measurement('cpu').groupBy('host')@average().field('value').size(2)|sum('value')|httpPost('http://collector/out')`,
      service,
    );
    run.write('cpu,host=a value=1 1', 'cpu,host=b value=5 2', 'cpu,host=a value=3 3');
    await run.drain();
    expect(run.posted('out')).toEqual([row('a', 3, [4], ['time', 'sum'])]);
  });

  test('edges that do not fit refuse the start of the task', async () => {
    const service = await averaging(['--wants', 'batch']);
    expect(() => new FunctionRun(script(''), service)).toThrow(
      'cannot add child mismatched edges: from1:stream -> average2:batch',
    );
  });

  test('what waits behind a function goes on when all of it has come', async () => {
    const run = new FunctionRun(
      `var points = stream|from().measurement('cpu')@average().field('value').size(1)
       points|window().periodCount(3).everyCount(3).fillPeriod()|count('value')|httpPost('http://collector/full')
       points|union(stream|from().measurement('mem'))|httpPost('http://collector/united')`,
      await averaging(),
    );
    run.write('cpu value=1 1', 'cpu value=2 2', 'mem value=1 1', 'cpu value=3 3');
    await run.drain();
    expect(run.posted('full')).toHaveLength(1);
    expect(run.posted('united')).toHaveLength(4);
  });

  test('twenty thousand points pass in order, while only few of them are on their way', async () => {
    const run = new FunctionRun(script(''), await averaging());
    const lines = Array.from({ length: 1000 }, (_, i) => `cpu,host=h${i % 7} value=${i} ${i}`);
    for (let i = 0; i < 20; i++) run.write(...lines);
    expect(run.run.backlog()).toBeGreaterThan(0);
    await run.drain();
    expect(run.run.error()).toBeNull();
    expect(run.posted('out')).toHaveLength(20_000);
  });
});

describe('options are refused in the words of 1.5.4', () => {
  const cases: readonly (readonly [string, string])[] = [
    [`.field('v', 'w')`, 'unexpected number of args to field, got 2 expected 1'],
    ['.field(1)', 'unexpected arg to field, got INT expected STRING'],
    [`.size('1')`, 'unexpected arg to size, got STRING expected INT'],
    ['.between(1.0, 1.0)', 'unexpected arg to between, got DOUBLE expected DURATION'],
    ['.flag(1s)', 'unexpected arg to flag, got DURATION expected BOOL'],
    ['.none(1)', 'no method or property "none" on *pipeline.UDFNode'],
  ];

  test.each(cases)('%s', async (option, message) => {
    const service = await averaging();
    expect(() => new FunctionRun(`stream|from()@average()${option}|log()`, service)).toThrow(message);
  });

  test('a function that is not configured', async () => {
    const service = await averaging();
    expect(() => new FunctionRun('stream|from()@other()|log()', service)).toThrow(
      'line 1 char 15: no method or property "other" on *pipeline.FromNode',
    );
  });

  test('what the function itself refuses fails the task', async () => {
    const run = new FunctionRun(`stream|from()@average().size(1)|log()`, await averaging());
    expect(await run.failure()).toBe('average2: failed to initialize processes must supply field');
  });
});

describe('a function that goes wrong fails its task alone', () => {
  const faults: readonly (readonly [string, string | RegExp])[] = [
    ['die', 'average2: process exited unexpectedly: exit status 3'],
    ['leave', 'average2: UDF ended before its input did'],
    ['error', 'average2: does not like 666'],
    ['empty', 'average2: read error: unexpected response message <nil>'],
    ['orphan', 'average2: read error: a batch of a function that provides a stream'],
    ['garbage', /^average2: read error: proto: /],
    [
      'hang',
      /^average2: keepalive timedout, last keepalive received was: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? \+0000 UTC$/,
    ],
    ['quit', /^average2: keepalive timedout/],
  ];

  test.each(faults)('%s', async (fault, message) => {
    // Time stands still, however long the function takes to start and answer, but for the silence that is awaited.
    let begunMs: number | null = null;
    const nowMs = (): number => (begunMs === null ? 0 : performance.now() - begunMs);
    const service = await started({ average: programOf(program, ['--fault', fault], 3_000) }, nowMs);
    const run = new FunctionRun(script(''), service, null, nowMs);
    run.write('cpu,host=a value=1 1');
    await run.until(() => run.posted('out').length === 1, 'the first point');
    run.write('cpu,host=a value=666 2');
    if (fault === 'hang' || fault === 'quit') begunMs = performance.now();
    expect(await run.failure()).toMatch(message);
    expect(run.posted('out')).toHaveLength(1);
    run.run.close();
    await until(() => service.openCount === 0);
  });

  test('the end of a batch that has not begun, of one that provides batches', async () => {
    const service = await averaging(['--wants', 'batch', '--provides', 'batch', '--fault', 'orphan']);
    const run = new FunctionRun(script('|window().periodCount(1).everyCount(1)'), service);
    run.write('cpu,host=a value=666 1');
    expect(await run.failure()).toBe('average3: read error: the end of a batch that has not begun');
  });

  test('values that the protocol cannot carry: a null is left out, a point with a duration is a counted error', async () => {
    const run = new FunctionRun(
      `var a = stream|from().measurement('cpu')
       var b = stream|from().measurement('mem')
       a|join(b).as('a', 'b').fill('null')@average().field('a.value').size(1)|httpPost('http://collector/joined')
       a|eval(lambda: 1s).as('d').keep()@average().field('value').size(1)|httpPost('http://collector/lasting')`,
      await averaging(),
    );
    run.write('cpu value=1 1', 'mem value=1 5', 'cpu value=2 9', 'mem value=2 9');
    await run.drain();
    const point = { columns: ['time', 'a.value', 'average'], values: [['1970-01-01T00:00:01Z', 1, 1]] };
    expect(run.posted('joined')[0]).toMatchObject({ series: [point] });
    expect(run.posted('lasting')).toEqual([]);
    const lasting = run.run.stats().nodes.filter(({ kind, values }) => kind === 'average' && values['errors'] === 2);
    expect(lasting).toHaveLength(1);
  });

  test('one that reads no more holds writers back, with a few points on their way', async () => {
    const service = await averaging(['--fault', 'slow']);
    const run = new FunctionRun(script(''), service);
    run.write('cpu,host=a value=666 1');
    const lines = Array.from({ length: 10_000 }, (_, i) => `cpu,host=a value=${i} ${i}`);
    for (let i = 0; i < 10; i++) run.write(...lines);
    await run.until(() => run.world.logs.length > 0, 'its start');
    expect(run.run.backlog()).toBeGreaterThan(90_000);
    expect(run.run.error()).toBeNull();
    for (let i = 0; i < 60; i++) run.write(...lines);
    expect(run.run.error()).toBe('average2: UDF takes points too slowly: more than 500000 wait for it');
    expect(run.run.backlog()).toBe(0);
  });

  test('one that cannot be started stops the member, with the words of the system', async () => {
    const missing = { ...programOf(program, []), program: '/no/such/program' };
    const service = udfService({ missing });
    expect(await service.start()).toEqual({
      ok: false,
      error: 'failed to load process info for "missing": fork/exec /no/such/program: no such file or directory',
    });
    // What Node throws at once is an answer too, not the end of the member.
    const inFile = udfService({ inFile: { ...missing, program: `${process.execPath}/function` } });
    expect(await inFile.start()).toEqual({
      ok: false,
      error: expect.stringMatching(/^failed to load process info for "inFile": .*ENOTDIR/),
    });
    const other = udfService({ other: { ...missing, program: 'no-such-program' } });
    expect(await other.start()).toEqual({
      ok: false,
      error: 'failed to load process info for "other": exec: "no-such-program": executable file not found in $PATH',
    });
  });

  test('one that does not say what it is stops the member within its timeout', async () => {
    const service = udfService({ deaf: programOf(program, ['--fault', 'deaf'], 500) });
    services.push(service);
    const result = await service.start();
    expect(result.ok ? '' : result.error).toMatch(/^failed to load process info for "deaf": keepalive timedout/);
    await until(() => service.openCount === 0);
  });
});

describe('a state is kept', () => {
  test('it is told when asked for, and given to the next run', async () => {
    const service = await averaging();
    const first = new FunctionRun(script('', 3), service);
    first.write('cpu,host=a value=1 1', 'cpu,host=a value=2 2');
    await first.until(() => first.posted('out').length === 2, 'two points');
    const kept = await first.snapshot();
    first.run.close();
    const second = new FunctionRun(script('', 3), service, kept);
    second.write('cpu,host=a value=6 3');
    await second.drain();
    expect(second.posted('out')).toEqual([row('a', 3, [3, 6])]);
  });

  test('one that it does not understand fails the task', async () => {
    const service = await averaging();
    const kept = { stream0: null, from1: null, average2: 'AAAA', http_post3: null };
    const run = new FunctionRun(script(''), service, kept);
    expect(await run.failure()).toBe('average2: error restoring snapshot: not a state of mine');
  });
});

describe('a socket', () => {
  test('every node has a connection of its own; the state is kept; the end of the server fails the task', async () => {
    const path = join(program.dir, 'average.sock');
    const socket: UdfFunction = { socket: path, program: '', args: [], env: {}, timeoutNs: 10_000_000_000n };
    const service = udfService({ average: socket });
    services.push(service);
    // The member may be there first.
    const starting = service.start();
    const server = spawn(process.execPath, [program.path, '--socket', path], { stdio: ['ignore', 'pipe', 'ignore'] });
    expect(await starting).toEqual({ ok: true, value: undefined });

    const first = new FunctionRun(script(''), service);
    const second = new FunctionRun(script(''), service);
    first.write('cpu,host=a value=1 1');
    second.write('cpu,host=a value=3 1');
    await second.drain();
    expect(second.posted('out')).toEqual([row('a', 1, [3, 3])]);
    await first.until(() => first.posted('out').length === 1, 'a point');
    const kept = await first.snapshot();

    const third = new FunctionRun(script(''), service, kept);
    third.write('cpu,host=a value=3 2');
    await third.until(() => third.posted('out').length === 1, 'a point');
    expect(third.posted('out')).toEqual([row('a', 2, [2, 3])]);
    server.kill('SIGKILL');
    expect(await third.failure()).toBe('average2: UDF ended before its input did');
    first.run.close();
  });
});
