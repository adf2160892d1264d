/** Regular expressions in Go's syntax (RE2), linear in the text. Compiled patterns are cached. */
import { RE2JS, RE2JSException } from 're2js';
import { nativeTest } from './native-pattern.ts';

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
    test: nativeTest(source, (text) => program.test(text)) ?? ((text) => program.test(text)),
    replaceAll: (text, replacement) => replaceMatches(program, text, replacement),
  };
  if (cache.size >= cacheLimit) cache.clear();
  cache.set(source, pattern);
  return pattern;
}

function replaceMatches(program: RE2JS, text: string, replacement: string): string {
  const matcher = program.matcher(text);
  const template = parseTemplate(replacement, program.namedGroups());
  let out = '';
  let copiedTo = 0;
  while (matcher.find()) {
    const start = matcher.start();
    const end = matcher.end();
    // An empty match right behind another counts for nothing, nor does one within a surrogate pair.
    if ((end <= copiedTo && start !== 0) || (start === end && isWithinPair(text, start))) continue;
    out += text.slice(copiedTo, start);
    for (const part of template)
      out +=
        typeof part === 'string' ? part : part < 0 || part > program.groupCount() ? '' : (matcher.group(part) ?? '');
    copiedTo = end;
  }
  return out + text.slice(copiedTo);
}

function isWithinPair(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  const after = text.charCodeAt(at);
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}

/** Text and group numbers; -1 for a name no group has. A dollar sign without a name is a dollar sign. */
function parseTemplate(replacement: string, groups: Readonly<Record<string, number>>): (string | number)[] {
  const parts: (string | number)[] = [];
  let from = 0;
  for (const match of replacement.matchAll(/\$(?:\$|(?:\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+)))/gu)) {
    parts.push(replacement.slice(from, match.index));
    from = match.index + match[0].length;
    const name = match[1] ?? match[2];
    if (name === undefined) parts.push('$');
    else parts.push(/^\d+$/.test(name) ? Number(name) : (groups[name] ?? -1));
  }
  parts.push(replacement.slice(from));
  return parts;
}
