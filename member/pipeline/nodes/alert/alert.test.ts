import { expect, test } from 'vitest';
import { RunningScript } from '../../testing/run-script.ts';

/** Levels that reach the topic while `v` goes up and down each second. */
function levelsOf(properties: string): readonly string[] {
  const script = new RunningScript(
    `stream|from().measurement('m')|alert().crit(lambda: "v" > 4.0).history(3)${properties}.topic('t')`,
  );
  for (let second = 0; second < 6; second++) script.write(`m v=${second % 2 === 0 ? '9' : '1'} ${second}000000000`);
  return script.world.publications.map(({ level }) => level);
}

const all = ['CRITICAL', 'OK', 'CRITICAL', 'OK', 'CRITICAL', 'OK'];

test('flapLow and flapHigh alone have no effect, as in 1.5.4', () => {
  expect(levelsOf('.flapLow(0.1).flapHigh(0.2)')).toEqual(all);
  expect(levelsOf('.flapLow(1.5)')).toEqual(all);
});

test('flapLow and flapHigh change the thresholds of flapping', () => {
  expect(levelsOf('.flapping(0.1, 0.2)')).not.toEqual(all);
  expect(levelsOf('.flapping(0.1, 0.2).flapHigh(1.0).flapLow(0.9)')).toEqual(all);
});
