/** The set-ups of `resources/samples` in the preview: what it shows is what Kapacitor 1.5.4 did with them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatRfc3339 } from '../../base/rfc3339.ts';
import { parseRfc3339 } from '../../base/rfc3339.ts';
import { present } from '../../base/assert.ts';
import type { PreviewInput } from './input.ts';
import type { PreviewShown } from './outcome.ts';
import { preview } from './preview.ts';

const folder = join(import.meta.dirname, '../../../resources/samples');
const read = (name: string, file: string): string => readFileSync(join(folder, name, file), 'utf8');

function show(name: string, more: Partial<PreviewInput>): PreviewShown {
  const input = { script: read(name, 'script.tick'), type: null, wallNs: 0n, ending: 'open', ...more } as const;
  const outcome = preview(input, () => 0);
  if (outcome.kind === 'refused') throw new Error(outcome.message);
  expect(outcome).toMatchObject({ isComplete: true, taskError: null });
  expect(outcome.nodes.filter(({ errors }) => errors > 0)).toEqual([]);
  return outcome;
}

interface ExpectedAlert {
  readonly data?: unknown;
  readonly [member: string]: unknown;
}

describe('sample set-ups', () => {
  test.each(['threshold', 'deadman', 'relative-change', 'error-rate'])('%s', (name) => {
    const expected: readonly ExpectedAlert[] = JSON.parse(read(name, 'expected-alerts.json'));
    const shown = show(name, { writes: [{ points: read(name, 'data.lp') }] }).alerts.map(
      ({ id, message, details, timeNs, durationNs, level, previousLevel, recoverable }) => ({
        id,
        message,
        details,
        level,
        previousLevel,
        recoverable,
        time: formatRfc3339(timeNs),
        duration: Number(durationNs),
      }),
    );
    expect(shown).toHaveLength(expected.length);
    expect(shown).toMatchObject(expected.map(({ data: _data, ...alert }) => alert));
  });

  test('downsampling', () => {
    interface Run {
      readonly stop: string;
      readonly answer: unknown;
    }
    const runs: Readonly<Record<string, readonly Run[]>> = JSON.parse(read('downsampling', 'answers.json'));
    const answers = Object.fromEntries(
      Object.entries(runs).map(([node, list]) => [
        node,
        list.map(({ stop, answer }) => ({ stopNs: present(parseRfc3339(stop), stop), json: JSON.stringify(answer) })),
      ]),
    );
    const outcome = show('downsampling', { answers, ending: 'closed' });
    const sent = present(outcome.nodes.at(-1), 'the last node').sent;
    const lines = sent.flatMap((effect) => (effect.kind === 'influx-write' ? effect.lines.trimEnd().split('\n') : []));
    expect(sent[0]).toEqual({
      kind: 'influx-query',
      cluster: '',
      statement: 'CREATE DATABASE "coarse" WITH NAME "autogen"',
    });
    expect(lines.toSorted()).toEqual(read('downsampling', 'expected-points.lp').trimEnd().split('\n').toSorted());
  });
});
