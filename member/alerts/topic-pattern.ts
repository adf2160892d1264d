import { err, ok, type Result } from '../base/result.ts';

/** Go's text for a pattern that cannot be read; part of API messages. */
export const badPattern = 'syntax error in pattern';

/**
 * Shell pattern as Go's `path.Match`: `*` and `?` stop at a slash, `[a-z]`, `[^a]`, `\` escapes. An empty pattern
 * matches everything, as the topics API has it.
 */
export function matchPattern(pattern: string, text: string): Result<boolean, string> {
  if (pattern === '') return ok(true);
  const compiled = compilePattern(pattern);
  return compiled.ok ? ok(compiled.value.test(text)) : compiled;
}

/** The pattern as an anchored expression; an error when Go would call it malformed. */
export function compilePattern(pattern: string): Result<RegExp, string> {
  const chars = Array.from(pattern);
  let source = '';
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i];
    if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '\\') {
      i++;
      const next = chars[i];
      if (next === undefined) return err(badPattern);
      source += literal(next);
    } else if (char === '[') {
      const read = readClass(chars, i + 1);
      if (read === null) return err(badPattern);
      source += read.source;
      i = read.end;
    } else if (char !== undefined) source += literal(char);
  }
  return ok(new RegExp(`^${source}$`, 'su'));
}

/** A class from behind its bracket to the closing one, or null when it is malformed. */
function readClass(chars: readonly string[], start: number): { readonly source: string; readonly end: number } | null {
  let i = start;
  const isNegated = chars[i] === '^';
  if (isNegated) i++;
  const ranges: string[] = [];
  for (;;) {
    if (chars[i] === ']' && ranges.length > 0) break;
    const low = classChar(chars, i);
    if (low === null) return null;
    i = low.next;
    let high = low;
    if (chars[i] === '-') {
      const read = classChar(chars, i + 1);
      if (read === null) return null;
      high = read;
      i = read.next;
    }
    // An empty range matches nothing in Go and is no error; an expression would refuse it.
    if ((low.char.codePointAt(0) ?? 0) <= (high.char.codePointAt(0) ?? 0))
      ranges.push(`${literal(low.char)}-${literal(high.char)}`);
    else ranges.push('');
  }
  const body = ranges.join('');
  const matched = body === '' ? (isNegated ? '.' : '(?!)') : `[${isNegated ? '^' : ''}${body}]`;
  return { source: matched, end: i };
}

function classChar(chars: readonly string[], at: number): { readonly char: string; readonly next: number } | null {
  const char = chars[at];
  if (char === undefined || char === '-' || char === ']') return null;
  if (char !== '\\') return at + 1 < chars.length ? { char, next: at + 1 } : null;
  const escaped = chars[at + 1];
  return escaped === undefined || at + 2 >= chars.length ? null : { char: escaped, next: at + 2 };
}

function literal(char: string): string {
  return /[\\^$.*+?()[\]{}|/-]/.test(char) ? `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}` : char;
}
