/** Regular expressions in Go's syntax (RE2), linear in the text. Compiled patterns are cached. */
import { RE2JS, RE2JSException } from 're2js';

export interface Pattern {
  readonly source: string;
  /** Whether the pattern matches somewhere in the text. */
  test(text: string): boolean;
  /** As Go's `ReplaceAllString`: `$1`, `${name}` in the replacement stand for groups. */
  replaceAll(text: string, replacement: string): string;
}

const cache = new Map<string, Pattern>();
const cacheLimit = 1000;

/** What Go would say against the pattern; undefined when it is fine. */
export function checkPattern(source: string): string | undefined {
  const compiled = compile(source);
  return typeof compiled === 'string' ? compiled : undefined;
}

/** A pattern known to compile (`checkPattern`). */
export function patternOf(source: string): Pattern {
  const compiled = compile(source);
  if (typeof compiled === 'string') throw new Error(`pattern was not checked: ${compiled}`);
  return compiled;
}

function compile(source: string): Pattern | string {
  const known = cache.get(source);
  if (known !== undefined) return known;
  let program: RE2JS;
  try {
    program = RE2JS.compile(source);
  } catch (error) {
    if (error instanceof RE2JSException) return error.message.includes('`') ? error.message : `${error.message}: \`\``;
    throw error;
  }
  const pattern: Pattern = {
    source,
    test: (text) => program.test(text),
    replaceAll: (text, replacement) => program.matcher(text).replaceAll(replacement),
  };
  if (cache.size >= cacheLimit) cache.clear();
  cache.set(source, pattern);
  return pattern;
}
