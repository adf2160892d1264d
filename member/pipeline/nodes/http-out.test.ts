import { expect, test } from 'vitest';
import { LineProtocolParser } from '../../influx/line-protocol/parse.ts';
import { definePipeline } from '../define.ts';
import { FakeWorld } from '../testing/fake-world.ts';

test('the result is null before the first group, and an empty list once all groups are deleted', () => {
  const world = new FakeWorld();
  const defined = definePipeline("stream|from()|barrier().idle(1s).delete(TRUE)|httpOut('o')");
  if (!defined.ok) throw new Error(defined.error.message);
  const started = defined.value.start(world.environment(), { dbrps: [{ db: 'd', rp: 'r' }] });
  if (!started.ok) throw new Error(started.error);
  const run = started.value;
  expect(run.httpOutput('o')).toEqual({ series: null });
  const target = { database: 'd', retentionPolicy: 'r', precision: 's', nowNs: 0n } as const;
  const body = new LineProtocolParser().parse(new TextEncoder().encode('m v=1 1'), target);
  if (!body.ok) throw new Error(body.error);
  run.write(body.value);
  expect(run.httpOutput('o')?.series).toHaveLength(1);
  world.nowMs = 1_000;
  run.wake(world.nowMs);
  expect(run.httpOutput('o')).toEqual({ series: [] });
});
