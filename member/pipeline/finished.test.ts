import { expect, test } from 'vitest';
import { never } from '../base/deadline.ts';
import { RunningScript } from './testing/run-script.ts';

// A run whose data has ended may go on for long, where a function does not end: nothing that it waits for makes more.
test.each([
  ['stats', "stream|stats(1s)|httpOut('o')", 'stats1'],
  ['barrier, idle', "stream|from()|barrier().idle(1s)|httpOut('o')", 'barrier2'],
  [
    'barrier, with a period',
    "stream|from()|window().period(10s).every(10s)|barrier().period(1s)|httpOut('o')",
    'barrier3',
  ],
  ['query', "batch|query('SELECT v FROM db.rp.m').period(1s).every(1s)|httpOut('o')", 'query1'],
  ['query, aligned', "batch|query('SELECT v FROM db.rp.m').period(1s).every(1s).align()|httpOut('o')", 'query1'],
])('when no more data comes a node with a clock makes no more: %s', (_name, text, node) => {
  const script = new RunningScript(text);
  if (text.startsWith('stream')) script.write('m v=1 1', 'm v=2 20000000000');
  script.passTo(script.world.nowMs + 3_500);
  const { selects } = script.world;
  const [asked, emitted] = [selects.length, script.stat(node, 'emitted')];
  script.run.finish();
  expect(script.run.nextDeadline()).toBe(never);
  // An answer that is late.
  for (const { receiver } of selects) {
    receiver.line('{"results":[{"series":[{"name":"m","columns":["time","v"],"values":[[1,2]]}]}]}');
    receiver.done(null);
  }
  script.wakeAt(script.world.nowMs + 3_500);
  expect([selects.length, script.stat(node, 'emitted')]).toEqual([asked, emitted]);
});
