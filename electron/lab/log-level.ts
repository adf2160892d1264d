import type { LogLine } from '../contract/notices.ts';

/** Level of a logfmt line; what is none (a stack, a panic) counts as an error if it looks like one. */
export function logLevel(text: string): LogLine['level'] {
  const word = /\blvl=(\w+)/.exec(text)?.[1];
  if (word === 'debug' || word === 'info' || word === 'error') return word;
  if (word === 'warn' || word === 'warning') return 'warn';
  return /^(run: |\s+at |panic|fatal|AssertionError|\w*Error:)/.test(text) ? 'error' : 'info';
}
