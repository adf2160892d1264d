import { expect, test } from 'vitest';
import { RunningScript } from '../testing/run-script.ts';

function outcome(nodes: string, line: string) {
  const script = new RunningScript(`stream|from().measurement('m')${nodes}|httpOut('kept')`);
  script.write(line);
  const series = script.run.httpOutput('kept')?.series ?? [];
  return {
    kept: series.map((row) => ({ columns: row?.columns, values: row?.values.map((value) => value.slice(1)) })),
    errors: script.run.stats().nodes.find(({ name }) => name === 'eval2')?.values.errors,
  };
}

test('a field that a lambda looked for in vain is not kept, the point is', () => {
  const nodes = `|eval(lambda: isPresent("u")).as('r').keep('r', 'u')`;
  expect(outcome(nodes, 'm v=1 1')).toEqual({ kept: [{ columns: ['time', 'r'], values: [[false]] }], errors: 0 });
  expect(outcome(nodes, 'm u=2 1')).toEqual({
    kept: [{ columns: ['time', 'r', 'u'], values: [[true, 2]] }],
    errors: 0,
  });
});

test('a field that no lambda looked for and that is not there loses the point', () => {
  const nodes = `|eval(lambda: isPresent("u")).as('r').keep('r', 'w')`;
  expect(outcome(nodes, 'm v=1 1')).toEqual({ kept: [], errors: 1 });
});
