import { expect, test } from 'vitest';
import type { DeadmanSettings } from '../definition.ts';
import { definePipeline } from '../define.ts';
import { FakeWorld } from '../testing/fake-world.ts';

const deadman: DeadmanSettings = {
  isGlobal: true,
  threshold: 2,
  intervalNs: 10_000_000_000n,
  id: 'NODE_NAME of {{ .TaskName }}, NODE_NAME',
  message: '{{ .ID }} {{ .Level }} {{ index .Fields "emitted" }}/INTERVAL',
};

function running(script: string) {
  const world = new FakeWorld();
  const defined = definePipeline(script, { deadman });
  if (!defined.ok) throw new Error(defined.error.message);
  const started = defined.value.start(world.environment(), { dbrps: [{ db: 'd', rp: 'r' }] });
  if (!started.ok) throw new Error(started.error);
  const run = started.value;
  const passTo = (ms: number): void => {
    while (run.nextDeadline() <= ms) {
      world.nowMs = run.nextDeadline();
      run.wake(world.nowMs);
    }
    world.nowMs = ms;
  };
  return { world, definition: defined.value, passTo };
}

test.each([
  ['stream|from()', ['stream0 -> from1;', 'stats2 -> derivative3;', 'derivative3 -> alert4;'], 'stream0'],
  // Nothing to count there: the batch node's own output counts nothing, in 1.5.4 either.
  ["batch|query('SELECT v FROM d.r.m').every(1s)", ['stats2 -> derivative3;', 'derivative3 -> alert4;'], 'batch0'],
  ['var x = stream', ['stream0 -> noop2;', 'stats1 -> derivative3;', 'derivative3 -> alert4;'], 'stream0'],
])('a global deadman watches the source of %s, and the log says what it finds', (script, edges, node) => {
  const { world, definition, passTo } = running(script);
  expect(definition.dot('task').split('\n').slice(1, -1)).toEqual(edges);
  passTo(40_000);
  const events = world.logs.filter(({ message }) => message === 'alert triggered');
  const id = `${node} of @CASE@, NODE_NAME`;
  expect(events.length).toBeGreaterThanOrEqual(2);
  expect(events[0]).toEqual({
    level: 'debug',
    message: 'alert triggered',
    node: 'alert4',
    fields: [
      ['level', 'CRITICAL'],
      ['id', id],
      ['event_message', `${id} CRITICAL 0/10s`],
    ],
  });
});
