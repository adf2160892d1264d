import { expect, test } from 'vitest';
import { parseFlags } from './flags.ts';
import { Failure } from './failure.ts';

const spec = { url: 'text', dbrp: 'texts', wait: 'bool' } as const;

test('flags take one dash or two, a blank or an equals sign', () => {
  const flags = parseFlags(['-url', 'a', '--dbrp=x.y', '-dbrp', 'z.w', '-wait', 'list', '-url', 'later'], spec, {
    interleaved: false,
  });
  expect([flags.text.get('url'), flags.texts.get('dbrp'), flags.bool.has('wait'), flags.words]).toEqual([
    'a',
    ['x.y', 'z.w'],
    true,
    ['list', '-url', 'later'],
  ]);
});

test('interleaved flags may stand behind the words', () => {
  const flags = parseFlags(['member', 'list', '-url', 'http://x', '-wait=false'], spec, { interleaved: true });
  expect([flags.words, flags.text.get('url'), flags.bool.has('wait')]).toEqual([['member', 'list'], 'http://x', false]);
});

test.each([
  [['-nosuch', 'x'], 'flag provided but not defined: -nosuch'],
  [['-url'], 'flag needs an argument: -url'],
  [['-wait=maybe'], 'invalid boolean value "maybe" for -wait: it must be true or false'],
])('%j is refused with exit code 2', (args, message) => {
  let failure: unknown;
  try {
    parseFlags(args, spec, { interleaved: false });
  } catch (error) {
    failure = error;
  }
  expect(failure).toEqual(new Failure(2, message));
});
