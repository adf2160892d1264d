/**
 * Go-style flags: `-name value`, `-name=value`, one dash or two; a boolean stands alone or takes `=false`. Parsing
 * stops at the first word that is no flag unless `interleaved` asks for flags anywhere.
 */
import { badArguments } from './failure.ts';

export type FlagKind = 'text' | 'texts' | 'bool';
export type FlagSpec = Readonly<Record<string, FlagKind>>;

export interface ParsedFlags {
  /** Last value of each text flag. */
  readonly text: ReadonlyMap<string, string>;
  /** All values of repeatable flags, in order. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  readonly bool: ReadonlySet<string>;
  /** What is left. */
  readonly words: readonly string[];
}

/** @throws Failure with exit code 2 for an unknown flag or a missing value. */
export function parseFlags(
  args: readonly string[],
  spec: FlagSpec,
  options: { readonly interleaved: boolean },
): ParsedFlags {
  const text = new Map<string, string>();
  const texts = new Map<string, string[]>();
  const bool = new Set<string>();
  const words: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? '';
    if (word === '--') {
      words.push(...args.slice(i + 1));
      break;
    }
    const match = /^--?([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(word);
    if (match === null) {
      if (!options.interleaved) {
        words.push(...args.slice(i));
        break;
      }
      words.push(word);
      continue;
    }
    const [, name = '', attached] = match;
    const kind = Object.hasOwn(spec, name) ? spec[name] : undefined;
    if (kind === undefined) throw badArguments(`flag provided but not defined: -${name}`);
    if (kind === 'bool') {
      if (parseBool(attached ?? 'true', `-${name}`)) bool.add(name);
      else bool.delete(name);
      continue;
    }
    const value = attached ?? args[++i];
    if (value === undefined) throw badArguments(`flag needs an argument: -${name}`);
    if (kind === 'text') text.set(name, value);
    else texts.set(name, [...(texts.get(name) ?? []), value]);
  }
  return { text, texts, bool, words };
}

/** Go's boolean words. @throws Failure with exit code 2 for anything else. */
export function parseBool(text: string, what: string): boolean {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  throw badArguments(`invalid boolean value ${JSON.stringify(text)} for ${what}: it must be true or false`);
}
