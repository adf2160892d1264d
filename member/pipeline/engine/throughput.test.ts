import { expect, test } from 'vitest';
import { Throughput } from './throughput.ts';

test('the points of the last whole second', () => {
  const throughput = new Throughput(500);
  throughput.count(10, 600);
  throughput.count(5, 1400);
  const first = throughput.perSecond(1499);
  throughput.count(7, 1500);
  expect([first, throughput.perSecond(1600), throughput.perSecond(2500), throughput.perSecond(3500)]).toEqual([
    0, 15, 7, 0,
  ]);
});
