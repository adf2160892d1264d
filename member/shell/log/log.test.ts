import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLineSink, type LineSink } from './line-sink.ts';
import type { LogEvent } from './log-event.ts';
import { createLog } from './log.ts';
import { openLogSession } from './log-session.ts';

const at = Date.UTC(2026, 10, 25, 10, 0, 0, 5);

function memory(): { readonly sink: LineSink; readonly lines: string[] } {
  const lines: string[] = [];
  return { lines, sink: { write: (line) => void lines.push(line), close: () => Promise.resolve() } };
}

test('logfmt: time, level, message, context, fields; blanks and quotes are quoted', () => {
  const { sink, lines } = memory();
  const log = createLog({ sink, level: 'debug', now: () => at }).with(['service', 'http']);
  log.info(
    'listening on',
    ['addr', '[::]:9092'],
    ['n', 3],
    ['took', { durationNs: 1_500_000n }],
    ['tag', new Map([['h', 'a b']])],
    ['text', 'say "x"'],
  );
  expect(lines).toEqual([
    'ts=2026-11-25T10:00:00.005Z lvl=info msg="listening on" service=http addr=[::]:9092 n=3 took=1.5ms tag_h="a b" text="say \\"x\\""\n',
  ]);
});

test('the level of the log holds back lines, not sessions', () => {
  const { sink, lines } = memory();
  const log = createLog({ sink, level: 'error', now: () => at });
  const heard: LogEvent[] = [];
  expect(log.isHeard('debug')).toBe(false);
  const listening = log.listen((event) => heard.push(event));
  log.debug('detail');
  listening.dispose();
  log.debug('unheard');
  log.setLevel('debug');
  log.debug('again');
  expect([heard.map((event) => event.message), lines.length]).toEqual([['detail'], 1]);
});

const event = (changes: Partial<LogEvent>): LogEvent => ({
  atMs: at,
  level: 'info',
  message: 'point',
  fields: [
    ['task', 't'],
    ['n', 1],
  ],
  ...changes,
});
const session = (query: readonly (readonly [string, string])[], accept = '') => {
  const opened = openLogSession(query, accept);
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
};

test.each<[string, readonly (readonly [string, string])[], Partial<LogEvent>, boolean]>([
  ['everything without filters', [], { level: 'debug' }, true],
  ['a level and above', [['lvl', 'info+']], { level: 'error' }, true],
  ['nothing below a level', [['lvl', 'info+']], { level: 'debug' }, false],
  ['a level alone', [['lvl', 'info']], { level: 'error' }, false],
  ['a field', [['task', 't']], {}, true],
  ['another field', [['task', 'u']], {}, false],
  ['a number', [['n', '1']], {}, true],
  ['a message', [['msg', 'point']], {}, true],
  ['no duration', [['d', '1ms']], { fields: [['d', { durationNs: 1_000_000n }]] }, false],
])('a session hears %s', (_name, query, changes, expected) => {
  expect(session(query).line(event(changes)) !== undefined).toBe(expected);
});

test('a session in JSON has maps as objects and numbers as numbers', () => {
  const line = session([], 'application/json').line(
    event({
      fields: [
        ['task', 't'],
        ['field', new Map([['v', 1.5]])],
      ],
    }),
  );
  expect(line).toBe('{"ts":"2026-11-25T10:00:00.005Z","lvl":"info","msg":"point","task":"t","field":{"v":1.5}}\n');
});

test('a repeated key is refused', () => {
  expect(
    openLogSession(
      [
        ['task', 'a'],
        ['task', 'b'],
      ],
      '',
    ).ok,
  ).toBe(false);
});

test('a log file is made with its folder and holds every line when it is closed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  try {
    const path = join(folder, 'below', 'member.log');
    const sink = openLineSink(path);
    if (!sink.ok) throw new Error(sink.error);
    for (let i = 0; i < 1_000; i++) sink.value.write(`${i}\n`);
    await sink.value.close();
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(1_001);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
