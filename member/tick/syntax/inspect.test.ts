import { describe, expect, it } from 'vitest';
import { dbrpsOf, functionsOf, referencesOf, taskTypeOf } from './inspect.ts';
import { parseLambda, parseScript } from './parser.ts';
import type { Node, Program } from './node.ts';

function programOf(script: string): Program {
  const parsed = parseScript(script);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

function expressionOf(script: string): Node {
  const parsed = parseLambda(script);
  if (!parsed.ok || parsed.value.expression === undefined) throw new Error(script);
  return parsed.value.expression;
}

describe('a program', () => {
  it.each([
    ['stream|from()', 'stream'],
    ['var s = stream|from() s|log()', 'stream'],
    ["batch|query('q')|log()", 'batch'],
    ['var b = batch', 'batch'],
    ['var x = 5', 'invalid'],
    ['// nothing', 'invalid'],
    ["stream|from() batch|query('q')", 'invalid'],
    ['x|log()', 'invalid'],
  ])('%s is of type %s', (script, type) => {
    expect(taskTypeOf(programOf(script))).toBe(type);
  });

  it('lists its dbrp statements', () => {
    expect(dbrpsOf(programOf('dbrp "a"."autogen"\nvar x = 1\ndbrp "pl\\"ä"."two weeks"'))).toEqual([
      { db: 'a', rp: 'autogen' },
      { db: 'pl"ä', rp: 'two weeks' },
    ]);
  });

  it('an expression lists what it reads and calls', () => {
    const expression = expressionOf('count() + f("a", -"b" * "a") > 3 AND !g("c")');
    expect([referencesOf(expression), functionsOf(expression)]).toEqual([
      ['a', 'b', 'c'],
      ['count', 'f', 'g'],
    ]);
  });
});
