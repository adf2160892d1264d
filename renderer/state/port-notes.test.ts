import { expect, test } from 'vitest';
import { holderNotes } from './port-notes.ts';

test('one port is named with what is used instead', () => {
  expect(holderNotes([{ port: 9092, holder: 'kafka (pid 2114)', instead: 19_092 }])).toEqual([
    { holder: 'kafka (pid 2114)', claim: 'Port 9092 is taken', instead: '19092 instead and keeps it' },
  ]);
});

test('the many ports of another lab are one note beside the port of somebody else', () => {
  const lab = 'the lab in /labs/a';
  const notes = [19_080, 19_090, 19_091, 19_092].map((port) => ({ port, holder: lab, instead: 19_099 }));
  expect(
    holderNotes([{ port: 9092, holder: 'kafka', instead: 19_101 }, ...notes]).map(({ claim, holder }) => [
      claim,
      holder,
    ]),
  ).toEqual([
    ['Port 9092 is taken', 'kafka'],
    ['Ports 19080 and 19090 to 19092 are taken', lab],
  ]);
});
