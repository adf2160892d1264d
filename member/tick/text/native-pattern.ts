/**
 * The part of RE2's language that JavaScript's own engine provably reads alike and answers in bounded time: it is
 * twenty times faster than an automaton written in JavaScript. Whatever is not recognized here is left to RE2.
 *
 * Recognized: characters, escaped punctuation, `.`, `^`, `$`, `\d`, `\w` and their opposites, ASCII classes, groups,
 * alternatives, and at most one repetition besides `?`, which must not be of a group. Backtracking then costs at
 * most the square of a text's length, so longer texts go to RE2 too.
 */
const longestText = 256;

/** A test equal to RE2's; undefined when the pattern is beyond this file. */
export function nativeTest(
  source: string,
  fallback: (text: string) => boolean,
): ((text: string) => boolean) | undefined {
  const translated = new Translation(source).pattern();
  if (translated === undefined) return undefined;
  const native = new RegExp(translated, 'u');
  return (text) => (text.length <= longestText ? native.test(text) : fallback(text));
}

const punctuation = /^[!"#%&',\-./:;<=>@_`~\\^$*+?()[\]{}|]$/;
/** What a `u` expression wants escaped. */
const special = /^[\\^$.*+?()[\]{}|/]$/;
const classCharacter = /^[A-Za-z0-9 _.,:;!@#%&=+*?()/<>{}|$"'`~]$/;

function escaped(character: string): string {
  return special.test(character) ? `\\${character}` : character;
}

class Translation {
  private readonly characters: readonly string[];
  private at = 0;
  private repetitions = 0;

  constructor(source: string) {
    this.characters = Array.from(source);
  }

  pattern(): string | undefined {
    const translated = this.alternatives();
    return this.at === this.characters.length && this.repetitions <= 1 ? translated : undefined;
  }

  private alternatives(): string | undefined {
    const branches: string[] = [];
    do {
      const branch = this.sequence();
      if (branch === undefined) return undefined;
      branches.push(branch);
    } while (this.take('|'));
    return branches.join('|');
  }

  private sequence(): string | undefined {
    let translated = '';
    for (;;) {
      const next = this.characters[this.at];
      if (next === undefined || next === '|' || next === ')') return translated;
      const item = this.item(next);
      if (item === undefined) return undefined;
      translated += item;
    }
  }

  private item(next: string): string | undefined {
    this.at += 1;
    switch (next) {
      case '^':
      case '$':
        // A repeated anchor is an oddity the two engines need not agree on.
        return this.quantifier() === '' ? next : undefined;
      case '(':
        return this.group();
      case '.':
        return this.repeated('[^\\n]');
      case '[':
        return this.repeated(this.characterClass());
      case '\\':
        return this.repeated(this.escape());
      case '*':
      case '+':
      case '?':
      case '{':
      case '}':
      case ']':
        return undefined;
      default:
        return this.repeated(escaped(next));
    }
  }

  private group(): string | undefined {
    if (this.take('?') && !this.take(':')) return undefined;
    const inner = this.alternatives();
    if (inner === undefined || !this.take(')')) return undefined;
    const quantifier = this.quantifier();
    return quantifier === '' || quantifier === '?' ? `(?:${inner})${quantifier}` : undefined;
  }

  private escape(): string | undefined {
    const next = this.characters[this.at++] ?? '';
    if (/^[dDwW]$/.test(next)) return `\\${next}`;
    return punctuation.test(next) ? escaped(next) : undefined;
  }

  private characterClass(): string | undefined {
    let translated = this.take('^') ? '[^' : '[';
    for (let isFirst = true; ; isFirst = false) {
      const next = this.characters[this.at++];
      if (next === ']') return isFirst ? undefined : `${translated}]`;
      if (next === '\\') {
        const inner = this.characters[this.at++] ?? '';
        if (!/^[dwDW]$/.test(inner) && !punctuation.test(inner)) return undefined;
        translated += inner === '-' || special.test(inner) || /^[dwDW]$/.test(inner) ? `\\${inner}` : inner;
        // A range that begins or ends with an escape is left to RE2.
        if (this.characters[this.at] === '-') return undefined;
        continue;
      }
      if (next === undefined || !classCharacter.test(next)) return undefined;
      translated += escaped(next);
      if (!this.take('-')) continue;
      const end = this.characters[this.at++] ?? '';
      if (!classCharacter.test(end) || end < next) return undefined;
      translated += `-${escaped(end)}`;
      if (this.characters[this.at] === '-') return undefined;
    }
  }

  private repeated(atom: string | undefined): string | undefined {
    const quantifier = this.quantifier();
    if (quantifier !== '' && quantifier !== '?') this.repetitions += 1;
    return atom === undefined || quantifier === undefined ? undefined : atom + quantifier;
  }

  /** `''` when there is none; whether it is greedy makes no difference to a test. */
  private quantifier(): string | undefined {
    const next = this.characters[this.at];
    if (next === '*' || next === '+' || next === '?') {
      this.at += 1;
      // A second sign is lazy, or an error RE2 has already refused.
      this.take('?');
      return next;
    }
    return next === '{' ? undefined : '';
  }

  private take(character: string): boolean {
    if (this.characters[this.at] !== character) return false;
    this.at += 1;
    return true;
  }
}
