import { expect, test } from 'vitest';
import { postedRows } from '../testing/random-series.ts';
import { RunningScript } from '../testing/run-script.ts';

test('the time between points is at most what 64 bits of nanoseconds hold, as in 1.5.4', () => {
  const script = new RunningScript(
    `stream|from().measurement('m')|derivative('v').unit(1s).as('rate')|httpPost('http://collector/o')`,
  );
  script.write(
    'm v=0 9000000000000000000',
    'm v=9223372036854775808 -9000000000000000000',
    'm v=0 9000000000000000000',
  );
  const rates = postedRows(script.posted('o'))
    .flat()
    .map(({ values }) => Number(values['rate']).toPrecision(12));
  expect(rates).toEqual(['-1000000000.00', '-1000000000.00']);
});
