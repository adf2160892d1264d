/** From the bytes of a write to counted results, without HTTP: `npx vitest bench --run --project member member/pipeline`. */
import { bench, describe } from 'vitest';
import { lambdas, manySeries, passThrough, quietAlerts, windows } from './testing/workloads.ts';
import { RunningScript } from './testing/run-script.ts';

const workloads = [passThrough(200_000), lambdas(200_000), windows(200_000), quietAlerts(200_000), manySeries(20_000)];

describe.each(workloads)('$name, $points points an iteration', ({ script, bodies, points }) => {
  bench(
    'bytes to results',
    () => {
      const running = new RunningScript(script);
      let read = 0;
      for (const body of bodies) {
        const parsed = running.parse(body);
        read += parsed.rowCount;
        running.run.write(parsed);
      }
      if (read !== points) throw new Error(`read ${read} of ${points} points`);
    },
    { iterations: 5, warmupIterations: 2, time: 0 },
  );
});
