import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dbrpsOf, taskTypeOf } from './syntax/inspect.ts';
import { parseScript } from './syntax/parser.ts';
import { formatProgram } from './syntax/printer.ts';

/** Recordings of the original, kept beside the repository by those who have them. */
const recordings = join(import.meta.dirname, '../../../shared/conformance/cases');
const hasRecordings = existsSync(recordings);

interface Recorded {
  readonly formatted?: string;
  readonly defineError?: { readonly error: unknown };
  readonly templateError?: { readonly error: unknown };
  readonly dbrps?: unknown;
  readonly dot?: string;
}

interface Case {
  readonly name: string;
  readonly script: string;
  readonly recorded: Recorded;
  /** Another script took the first one's place before the recording's end. */
  readonly isReplaced: boolean;
}

function readCases(): Case[] {
  return readdirSync(recordings).flatMap((group) =>
    readdirSync(join(recordings, group))
      .filter((name) => existsSync(join(recordings, group, name, 'expected.json')))
      .map((name) => {
        const file = (inner: string): string => readFileSync(join(recordings, group, name, inner), 'utf8');
        const isReplaced = existsSync(join(recordings, group, name, 'template2.tick'));
        return {
          name: `${group}/${name}`,
          script: file('task.tick'),
          recorded: JSON.parse(file('expected.json')) as Recorded,
          isReplaced,
        };
      }),
  );
}

const parseErrorStart = 'invalid TICKscript: parser: ';

describe.runIf(hasRecordings)('recorded cases of the original', () => {
  const cases = hasRecordings ? readCases() : [];

  it('are there', () => {
    expect(cases.length).toBeGreaterThan(500);
  });

  it('are refused by the parser where the original refused, in its words', () => {
    const ours: string[] = [];
    const theirs: string[] = [];
    for (const { name, script, recorded } of cases) {
      const parsed = parseScript(script);
      if (!parsed.ok) ours.push(`${name}: invalid TICKscript: ${parsed.error.message}`);
      const error = recorded.defineError?.error ?? recorded.templateError?.error;
      if (typeof error === 'string' && error.startsWith(parseErrorStart)) theirs.push(`${name}: ${error}`);
    }
    expect(ours).toEqual(theirs);
    expect(ours.length).toBeGreaterThan(10);
  });

  it('format as the original formatted them', () => {
    let compared = 0;
    for (const { name, script, recorded, isReplaced } of cases) {
      const parsed = parseScript(script);
      if (!parsed.ok || recorded.formatted === undefined || isReplaced) continue;
      compared++;
      expect(`${name}\n${formatProgram(parsed.value)}`).toBe(`${name}\n${recorded.formatted}`);
    }
    expect(compared).toBeGreaterThan(400);
  });

  it('are of the type, and of the databases, they ran with', () => {
    const ran = cases.flatMap(({ name, script, recorded }) => {
      const parsed = parseScript(script);
      const type = /\n(stream|batch)0 /.exec(recorded.dot ?? '')?.[1];
      return parsed.ok && type !== undefined ? [{ name, type, recorded, program: parsed.value }] : [];
    });
    expect(ran.map(({ name, program }) => [name, taskTypeOf(program)])).toEqual(
      ran.map(({ name, type }) => [name, type]),
    );
    const named = ran.filter(({ recorded }) => recorded.dbrps !== undefined);
    expect(named.map(({ name, program }) => [name, dbrpsOf(program)])).toEqual(
      named.map(({ name, recorded }) => [name, recorded.dbrps]),
    );
    expect([ran.length > 400, named.length > 1]).toEqual([true, true]);
  });
});
