import { caseSeed, Draw } from './draw.ts';
import { randomSteps } from './fuzz-data.ts';
import type { Step } from './fuzz-data.ts';
import { randomFunctions } from './fuzz-function.ts';
import type { FuzzFunction, Quirk } from './fuzz-function.ts';
import { randomScript } from './fuzz-script.ts';
import type { FuzzScript } from './fuzz-script.ts';

/** A script and what befalls it, and the functions it may use; plain JSON. */
export interface FuzzCase {
  readonly script: FuzzScript;
  readonly functions: readonly FuzzFunction[];
  readonly steps: readonly Step[];
}

export function randomCase(seed: number, index: number): FuzzCase {
  const draw = new Draw(caseSeed(seed, index));
  const functions = randomFunctions(draw);
  const script = randomScript(draw, functions);
  return { script, functions, steps: randomSteps(draw, script.statements[0]?.from === 'stream') };
}

/** The case with something left out, large parts first. */
export function* smallerCases(from: FuzzCase): Iterable<FuzzCase> {
  const { script, functions, steps } = from;
  for (const shorter of shorterLists(steps)) yield { ...from, steps: shorter };
  for (const statements of shorterLists(script.statements)) yield { ...from, script: { ...script, statements } };
  for (const head of shorterLists(script.head)) yield { ...from, script: { ...script, head } };
  for (const [index, statement] of script.statements.entries()) {
    for (const links of smallerLinks(statement.links)) {
      yield { ...from, script: { ...script, statements: script.statements.with(index, { ...statement, links }) } };
    }
  }
  for (const smaller of smallerFunctions(functions)) yield { ...from, functions: smaller };
  for (const [index, step] of steps.entries()) {
    if (step.kind !== 'write') continue;
    for (const lines of shorterLists(step.lines)) yield { ...from, steps: steps.with(index, { ...step, lines }) };
  }
}

function* smallerFunctions(functions: readonly FuzzFunction[]): Iterable<readonly FuzzFunction[]> {
  yield* shorterLists(functions);
  for (const [index, from] of functions.entries()) {
    for (const options of shorterLists(from.options)) yield functions.with(index, { ...from, options });
    for (const quirks of shorterLists(from.quirks)) yield functions.with(index, { ...from, quirks });
    for (const [place, quirk] of from.quirks.entries())
      for (const smaller of smallerQuirks(quirk))
        yield functions.with(index, { ...from, quirks: from.quirks.with(place, smaller) });
  }
}

function* smallerQuirks(quirk: Quirk): Iterable<Quirk> {
  if (quirk.kind === 'makes') {
    for (const points of shorterLists(quirk.points)) yield { ...quirk, points };
    for (const [index, changes] of quirk.points.entries())
      for (const fewer of shorterLists(changes)) yield { ...quirk, points: quirk.points.with(index, fewer) };
  } else if (quirk.kind === 'does') {
    const { deed } = quirk;
    if (deed.kind === 'frame' || deed.kind === 'bytes')
      for (const bytes of shorterLists(deed.bytes)) yield { ...quirk, deed: { ...deed, bytes } };
    if (deed.kind === 'spoils')
      for (const places of shorterLists(deed.places)) yield { ...quirk, deed: { ...deed, places } };
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
