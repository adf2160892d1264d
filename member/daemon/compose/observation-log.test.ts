import { expect, test } from 'vitest';
import type { StampedObservation } from '../../base/observation.ts';
import { ObservationLog } from './observation-log.ts';

function logOf(count: number): { readonly log: ObservationLog; readonly heard: StampedObservation[] } {
  let wallMs = 1_700_000_000_000;
  const log = new ObservationLog({ run: 'r', observer: 'm', wallMs: () => wallMs });
  const heard: StampedObservation[] = [];
  log.subscribe((observation) => heard.push(observation));
  for (let n = 1; n <= count; n++) {
    wallMs++;
    log.add({ kind: 'task-started', task: `t${n}` });
  }
  return { log, heard };
}

test('a late reader gets what a subscriber got, with the time of each', () => {
  const { log, heard } = logOf(3);
  expect(log.after(0)).toEqual(heard);
  expect(log.after(2)).toEqual([
    { seq: 3, run: 'r', at: 1_700_000_000_003, observer: 'm', kind: 'task-started', task: 't3' },
  ]);
  expect(log.after(3)).toEqual([]);
});

test('the last ten thousand are kept', () => {
  const { log, heard } = logOf(10_002);
  expect(log.after(0)).toEqual(heard.slice(2));
});
