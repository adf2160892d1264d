import { expect, test } from 'vitest';
import { RunningScript } from '../testing/run-script.ts';

const script = `stream
    |from()
        .measurement('m')
    |kapacitorLoopback()
        .database('derived')
        .retentionPolicy('rp')
`;

test('points that the intake refuses are errors of the node, one each, and one line in the log', () => {
  const running = new RunningScript(script);
  running.world.loopbackProblem = '9 points are on their way already';
  running.write('m v=1 1', 'm v=2 2', 'm v=3 3');
  const { errors, written } = {
    errors: running.stat('kapacitor_loopback2', 'errors'),
    written: running.stat('kapacitor_loopback2', 'points_written'),
  };
  expect([errors, written, running.world.loopbacks]).toEqual([3, 0, []]);
  expect(running.world.logs.map(({ message, fields }) => [message, ...fields])).toEqual([
    ['failed to write point over loopback', ['err', '9 points are on their way already'], ['points', 3]],
  ]);
});

test('a block of which every point goes back is handed on without a copy', () => {
  const running = new RunningScript(script);
  const body = running.parse(new TextEncoder().encode('m,host=a v=1 1\nm,host=b v=2 2'));
  running.run.write(body);
  expect(running.world.loopbacks[0]?.blocks[0]?.seconds).toBe(body.blocks[0]?.seconds);
});
