import { expect, test } from 'vitest';
import { LineProtocolParser } from '../../influx/line-protocol/parse.ts';
import type { QueriedBatch } from '../../influx/queried-batch.ts';
import { pointsByTime } from './points-by-time.ts';
import {
  afterShutdown,
  newestFirst,
  recordingOfRow,
  replayOfRow,
  rowOfRecording,
  rowOfReplay,
  type Recording,
  type Replay,
} from './recording.ts';
import { readRecordBatch, readRecordQuery, readRecordStream, readReplay } from './recording-request.ts';
import { BatchTimes, PointTimes } from './replay-times.ts';
import { StreamRecording } from './stream-recording.ts';

const second = 1_000_000_000n;
const recording: Recording = {
  id: 'r',
  type: 'stream',
  size: 62,
  status: 'finished',
  error: '',
  progress: 1,
  dateNs: 5n * second,
};
const replay: Replay = {
  id: 'p',
  status: 'finished',
  error: '',
  progress: 1,
  dateNs: 5n * second,
  task: 't',
  recording: 'r',
  hasRecordingTime: true,
  clock: 'real',
  topics: ['p:t:alert2'],
  stats: { throughput: 0.5, nodes: [{ name: 'from1', kind: 'from', values: { collected: 3 } }] },
};
const context = { nowNs: 100n * second, newId: () => 'made' };

function bodyOf(lines: string, database = 'd') {
  const parser = new LineProtocolParser();
  const request = { database, retentionPolicy: 'r', precision: 's', nowNs: 0n } as const;
  const body = parser.parse(new TextEncoder().encode(lines), request);
  if (!body.ok) throw new Error(body.error);
  return body.value;
}

test('recordings and replays read back from their rows', () => {
  expect(recordingOfRow(rowOfRecording(recording))).toEqual(recording);
  expect(replayOfRow(rowOfReplay(replay))).toEqual(replay);
  expect([recordingOfRow({ id: 'r' }), replayOfRow(null)]).toEqual([undefined, undefined]);
});

test('what ran at a shutdown has failed', () => {
  expect(afterShutdown({ ...recording, status: 'running' })).toMatchObject({
    status: 'failed',
    error: 'unexpected Kapacitor shutdown',
  });
  expect(afterShutdown(recording)).toBe(recording);
});

test('lists are newest first by whole seconds, then by id, the last first', () => {
  const at = (id: string, dateNs: bigint): Recording => ({ ...recording, id, dateNs });
  const listed = newestFirst([at('a', second + 9n), at('b', second), at('c', 3n * second), at('z', 0n)]);
  expect(listed.map(({ id }) => id)).toEqual(['c', 'b', 'a', 'z']);
});

test('a stream recording keeps what its task takes, in order, up to the first later point', () => {
  const stream = new StreamRecording({ dbrps: [{ db: 'd', rp: 'r' }], measurements: ['m'], stopNs: 10n * second });
  expect(stream.take(bodyOf('m v=9 1', 'other'))).toBe('');
  const text = stream.take(bodyOf('m,h=a v=1,w="x y",i=3i,b=true 1\nother v=1 3\nm,h=b v=2 2\nm v=3 10'));
  expect(text).toBe(
    [
      'd\nr\nm,h=a b=true,i=3i,v=1,w="x y" 1000000000',
      'd\nr\nm,h=b v=2 2000000000',
      'd\nr\nm v=3 10000000000',
      '',
    ].join('\n'),
  );
  expect(stream.isComplete).toBe(false);
  expect(stream.take(bodyOf('other v=1 99'))).toBe('');
  expect(stream.isComplete).toBe(false);
  expect(stream.take(bodyOf('m v=4 11\nm v=5 4'))).toBe('');
  expect(stream.isComplete).toBe(true);
});

test('points that a task takes twice are recorded twice', () => {
  const stream = new StreamRecording({ dbrps: [{ db: 'd', rp: 'r' }], measurements: ['m', ''], stopNs: second });
  expect(stream.take(bodyOf('m v=1 1\nn v=1 1'))).toBe(
    'd\nr\nm v=1 1000000000\n'.repeat(2) + 'd\nr\nn v=1 1000000000\n',
  );
});

const series = (name: string, timesNs: readonly bigint[]): QueriedBatch => ({
  name,
  tags: {},
  byName: false,
  timeNs: timesNs.at(-1) ?? null,
  timesNs,
  fields: [{ name: 'v', values: timesNs.map(Number) }],
});

test('the points of several series become one stream by time', () => {
  expect([...pointsByTime([series('a', [1n, 3n, 3n]), series('b', [2n, 3n]), series('c', [])])]).toEqual([
    'a v=1 1',
    'b v=2 2',
    'a v=3 3',
    'a v=3 3',
    'b v=3 3',
  ]);
});

test('the first point of a replay is now, and differences are kept', () => {
  const times = new PointTimes({ zeroNs: 1000n * second, hasRecordingTime: false });
  const first = times.place(bodyOf('m v=1 1\nm v=2 4'));
  const later = times.place(bodyOf('m v=3 11'));
  expect([...(first.item.blocks[0]?.seconds ?? [])]).toEqual([1000, 1003]);
  expect([first.dueNs, later.dueNs]).toEqual([1003n * second, 1010n * second]);
});

test('with the times of the recording only the pace follows the clock', () => {
  const times = new PointTimes({ zeroNs: 1000n * second, hasRecordingTime: true });
  const body = bodyOf('m v=1 1');
  expect(times.place(body)).toEqual({ item: body, dueNs: 1000n * second });
});

test('a batch ends with its last point at the earliest; an empty one takes the time of the one before', () => {
  const times = new BatchTimes({ zeroNs: 100n, hasRecordingTime: false });
  expect(times.place({ ...series('a', [1n, 4n]), timeNs: 6n })).toMatchObject({
    item: { timesNs: [100n, 103n], timeNs: 103n },
    dueNs: 103n,
  });
  expect(times.place(series('a', []))).toMatchObject({ item: { timeNs: 103n }, dueNs: undefined });
  const recorded = new BatchTimes({ zeroNs: 100n, hasRecordingTime: true });
  expect(recorded.place({ ...series('a', [1n, 4n]), timeNs: 6n })).toMatchObject({
    item: { timesNs: [1n, 4n], timeNs: 6n },
    dueNs: 103n,
  });
});

test.each([
  [readRecordBatch({ task: 't' }, context), 'must provide start time'],
  [readRecordQuery({ type: 'stream' }, context), 'must provide query'],
  [readRecordQuery({ type: 'zz', query: 'x' }, context), 'unknown TaskType zz'],
  [readRecordQuery({ query: 'x' }, context), 'must provide type, "stream" or "batch"'],
  [
    readRecordStream({ id: 'a b' }, context),
    "recording ID must contain only letters, numbers, '-', '.' and '_'. \"a b\"",
  ],
  [readRecordStream({ stop: 'soon' }, context), 'invalid JSON: stop must be a time such as "2006-01-02T15:04:05Z"'],
  [readReplay({ clock: 'slow' }, context), 'unknown Clock slow'],
])('request %# is refused', (read, message) => {
  expect(read).toEqual({ ok: false, error: { status: 400, message } });
});

test('what a request leaves out has its default', () => {
  expect(readReplay({ task: 't', recording: 'r' }, context)).toEqual({
    ok: true,
    value: { id: 'made', task: 't', recording: 'r', hasRecordingTime: false, clock: 'fast' },
  });
  expect(readRecordBatch({ id: 'b', task: 't', start: '1970-01-01T00:00:01Z' }, context)).toEqual({
    ok: true,
    value: { id: 'b', task: 't', startNs: second, stopNs: 100n * second },
  });
});
