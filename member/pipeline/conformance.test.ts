/**
 * The recorded cases of real Kapacitor 1.5.4 (`../shared/conformance`), played in-process: what a case posts, keeps
 * for `httpOut`, counts and refuses is compared, as far as one pipeline alone decides it. The conformance runner
 * plays all of them against a whole member.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { difference } from './testing/difference.ts';
import { needsMore, playCase } from './testing/play-case.ts';
import type { CaseSpec, Recording } from './testing/play-case.ts';

const root = join(import.meta.dirname, '../../../shared/conformance/cases');
const groups = [
  'from',
  'where',
  'eval',
  'window',
  'httpout',
  'httppost',
  'influxql',
  'alert',
  'language',
  'transform',
  'state',
  'union',
  'join',
  'stream',
  'stats',
  'barrier',
];

interface Case {
  readonly name: string;
  readonly folder: string;
  readonly spec: CaseSpec;
}

function casesOf(group: string): readonly Case[] {
  const names = readdirSync(join(root, group)).filter((name) => existsSync(join(root, group, name, 'case.json')));
  return names.map((name) => {
    const folder = join(root, group, name);
    return { name: `${group}/${name}`, folder, spec: JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) };
  });
}

/** Without what the member, not the pipeline, answers, and without what names the recording server. */
function wantedOf(folder: string): { readonly wanted: Recording; readonly isUnordered: boolean } {
  const text = readFileSync(join(folder, 'expected.json'), 'utf8')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '@UUID@')
    .replaceAll(/(Hostname(?:&#34;|\\?")\s*:\s*(?:&#34;|\\?"))[^&"\\]*/g, '$1@HOSTNAME@');
  const { unordered, formatted: _formatted, dbrps: _dbrps, vars: _vars, ...wanted } = JSON.parse(text);
  if (wanted.taskError !== undefined) delete wanted.dot;
  return { wanted, isUnordered: unordered ?? false };
}

/** What the member, not the pipeline, refuses. */
const refusedByMember = new Set(
  ['error-dbrp-none', 'error-dbrp-twice', 'error-empty-script'].map((name) => `language/${name}`),
);

const all = existsSync(root) ? groups.flatMap(casesOf) : [];
const playable = all.filter(({ name, spec }) => needsMore(spec) === undefined && !refusedByMember.has(name));

describe.skipIf(!existsSync(root))('recorded cases (needs ../shared/conformance)', () => {
  test.each(playable)('$name', ({ folder, spec }) => {
    const { wanted, isUnordered } = wantedOf(folder);
    const read = (name: string): string | undefined =>
      existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : undefined;
    expect(difference(wanted, playCase({ spec, read }), '$', isUnordered) ?? 'no difference').toBe('no difference');
  });
});
