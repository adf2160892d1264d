/** Glob patterns of list requests: `*` and `?` (not `/`), `[a-z]`, `[^a]`, `\x`; an empty one matches everything. */
import { err, ok, type Result } from '../base/result.ts';

export type Matcher = (text: string) => boolean;

/** The error is the same for every malformed pattern, as in Go. */
export function compileGlob(pattern: string): Result<Matcher, string> {
  if (pattern === '' || pattern === '*') return ok(pattern === '' ? () => true : (text: string) => !text.includes('/'));
  const source = translate(Array.from(pattern));
  if (source === undefined) return err('syntax error in pattern');
  const expression = new RegExp(`^(?:${source})$`, 'su');
  return ok((text) => expression.test(text));
}

function translate(characters: readonly string[]): string | undefined {
  let source = '';
  for (let i = 0; i < characters.length; i++) {
    const c = characters[i] ?? '';
    switch (c) {
      case '*':
        source += '[^/]*';
        break;
      case '?':
        source += '[^/]';
        break;
      case '\\': {
        const next = characters[++i];
        if (next === undefined) return undefined;
        source += literal(next);
        break;
      }
      case '[': {
        const group = characterClass(characters, i + 1);
        if (group === undefined) return undefined;
        source += group.source;
        i = group.end;
        break;
      }
      default:
        source += literal(c);
    }
  }
  return source;
}

/** `start` is behind the `[`; `end` is the index of the `]`. */
function characterClass(
  characters: readonly string[],
  start: number,
): { readonly source: string; readonly end: number } | undefined {
  let i = start;
  const isNegated = characters[i] === '^';
  if (isNegated) i++;
  let ranges = '';
  for (let first = true; first || characters[i] !== ']'; first = false) {
    const low = classCharacter(characters, i);
    if (low === undefined) return undefined;
    i = low.next;
    let high = low;
    if (characters[i] === '-') {
      const upper = classCharacter(characters, i + 1);
      if (upper === undefined) return undefined;
      high = upper;
      i = upper.next;
    }
    // A range that runs backwards matches nothing, as in Go.
    if ((low.value.codePointAt(0) ?? 0) <= (high.value.codePointAt(0) ?? 0))
      ranges += `${literal(low.value)}-${literal(high.value)}`;
    if (i >= characters.length) return undefined;
  }
  return { source: isNegated ? `[^${ranges}]` : ranges === '' ? '(?!)' : `[${ranges}]`, end: i };
}

function classCharacter(
  characters: readonly string[],
  at: number,
): { readonly value: string; readonly next: number } | undefined {
  const c = characters[at];
  if (c === undefined || c === '-' || c === ']') return undefined;
  if (c !== '\\') return { value: c, next: at + 1 };
  const escaped = characters[at + 1];
  return escaped === undefined ? undefined : { value: escaped, next: at + 2 };
}

function literal(c: string): string {
  return `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`;
}
