import { caseSeed, Draw } from './draw.ts';
import { randomSteps } from './fuzz-data.ts';
import type { Step } from './fuzz-data.ts';
import { randomScript } from './fuzz-script.ts';
import type { FuzzScript } from './fuzz-script.ts';

/** A script and what befalls it; plain JSON. */
export interface FuzzCase {
  readonly script: FuzzScript;
  readonly steps: readonly Step[];
}

export function randomCase(seed: number, index: number): FuzzCase {
  const draw = new Draw(caseSeed(seed, index));
  const script = randomScript(draw);
  return { script, steps: randomSteps(draw, script.statements[0]?.from === 'stream') };
}

/** The case with something left out, large parts first. */
export function* smallerCases({ script, steps }: FuzzCase): Iterable<FuzzCase> {
  for (const shorter of shorterLists(steps)) yield { script, steps: shorter };
  for (const statements of shorterLists(script.statements)) yield { script: { ...script, statements }, steps };
  for (const head of shorterLists(script.head)) yield { script: { ...script, head }, steps };
  for (const [index, statement] of script.statements.entries()) {
    for (const links of smallerLinks(statement.links)) {
      yield { script: { ...script, statements: script.statements.with(index, { ...statement, links }) }, steps };
    }
  }
  for (const [index, step] of steps.entries()) {
    if (step.kind !== 'write') continue;
    for (const lines of shorterLists(step.lines)) yield { script, steps: steps.with(index, { ...step, lines }) };
  }
}

function* smallerLinks(links: FuzzScript['statements'][number]['links']): Iterable<typeof links> {
  yield* shorterLists(links);
  for (const [index, link] of links.entries()) {
    for (const properties of shorterLists(link.properties)) yield links.with(index, { ...link, properties });
  }
}

/** The list without its halves, quarters … single items. */
function* shorterLists<T>(list: readonly T[]): Iterable<readonly T[]> {
  for (let size = Math.ceil(list.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < list.length; start += size)
      yield [...list.slice(0, start), ...list.slice(start + size)];
  }
}
