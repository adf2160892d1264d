import { expect, test } from 'vitest';
import type { DeadmanSettings } from '../definition.ts';
import { FakeWorld } from '../testing/fake-world.ts';
import { RunningScript } from '../testing/run-script.ts';

const deadman: DeadmanSettings = {
  isGlobal: true,
  threshold: 2,
  intervalNs: 10_000_000_000n,
  id: 'NODE_NAME of {{ .TaskName }}, NODE_NAME',
  message: '{{ .ID }} {{ .Level }} {{ index .Fields "emitted" }}/INTERVAL',
};

test.each([
  ['stream|from()', ['stream0 -> from1;', 'stats2 -> derivative3;', 'derivative3 -> alert4;'], 'stream0'],
  // Nothing to count there: the batch node's own output counts nothing, in 1.5.4 either.
  ["batch|query('SELECT v FROM db.rp.m').every(1s)", ['stats2 -> derivative3;', 'derivative3 -> alert4;'], 'batch0'],
  ['var x = stream', ['stream0 -> noop2;', 'stats1 -> derivative3;', 'derivative3 -> alert4;'], 'stream0'],
])('a global deadman watches the source of %s, and the log says what it finds', (text, edges, node) => {
  const script = new RunningScript(text, new FakeWorld(), { deadman });
  expect(script.definition.dot('task').split('\n').slice(1, -1)).toEqual(edges);
  script.passTo(40_000);
  const events = script.world.logs.filter(({ message }) => message === 'alert triggered');
  const id = `${node} of task, NODE_NAME`;
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
