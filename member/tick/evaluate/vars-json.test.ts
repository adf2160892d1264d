import { describe, expect, it } from 'vitest';
import { parseScript } from '../syntax/parser.ts';
import { evaluate } from './evaluate.ts';
import { declaredVarsToJson, readVars, varsFromJson } from './vars-json.ts';
import type { VarsJson } from './vars-json.ts';

const everyType = {
  what: { type: 'string', value: 'oven', description: 'measurement' },
  limit: { type: 'float', value: 200.5 },
  loaves: { type: 'int', value: 3 },
  strict: { type: 'bool', value: true },
  period: { type: 'duration', value: '1h30m' },
  other: { type: 'duration', value: 8_000_000_000 },
  ids: { type: 'regex', value: '^o0$' },
  cond: { type: 'lambda', value: '"door"==FALSE' },
  groups: {
    type: 'list',
    value: [
      { type: 'string', value: 'id' },
      { type: 'star', value: '*' },
    ],
  },
  everything: { type: 'star', value: '*' },
};

function read(vars: unknown): VarsJson {
  const result = readVars(vars);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

describe('variables of a request', () => {
  it('are kept as the API gives them back', () => {
    expect(read(everyType)).toEqual({
      what: { type: 'string', value: 'oven', description: 'measurement' },
      limit: { type: 'float', value: 200.5, description: '' },
      loaves: { type: 'int', value: 3, description: '' },
      strict: { type: 'bool', value: true, description: '' },
      period: { type: 'duration', value: 5_400_000_000_000, description: '' },
      other: { type: 'duration', value: 8_000_000_000, description: '' },
      ids: { type: 'regex', value: '^o0$', description: '' },
      cond: { type: 'lambda', value: '"door"==FALSE', description: '' },
      groups: {
        type: 'list',
        value: [
          { type: 'string', value: 'id', description: '' },
          { type: 'star', value: null, description: '' },
        ],
        description: '',
      },
      everything: { type: 'star', value: null, description: '' },
    });
    expect(read(undefined)).toEqual({});
  });

  it.each([
    [
      { x: { value: 1 } },
      'unknown type null, expected one of bool, int, float, string, regex, duration, lambda, star, list',
    ],
    [
      { x: { type: 'number', value: 1 } },
      'unknown type "number", expected one of bool, int, float, string, regex, duration, lambda, star, list',
    ],
    [{ x: { type: 'int', value: 1.5 } }, 'expected int value'],
    [{ x: { type: 'int', value: '1' } }, 'expected int value'],
    [{ x: { type: 'int', value: null } }, 'expected int value'],
    [{ x: { type: 'float', value: '1' } }, 'expected float value'],
    [{ x: { type: 'bool', value: 'true' } }, 'expected true or false'],
    [{ x: { type: 'lambda', value: 1 } }, 'expected lambda value as text'],
    [{ x: { type: 'duration', value: 'soon' } }, 'invalid duration string: invalid duration'],
    [{ x: { type: 'list', value: 'a' } }, 'expected list of vars'],
    [{ x: { type: 'list', value: [{ type: 'string' }] } }, 'expected a value in each item of a list'],
    [{ x: 3 }, 'expected an object with type and value'],
  ])('%j is refused', (vars, why) => {
    expect(readVars(vars)).toEqual({ ok: false, error: `invalid var x: ${why}` });
  });

  it('become values for a script', () => {
    const values = varsFromJson(read(everyType));
    expect(values.ok && [...values.value].map(([name, { value }]) => [name, value])).toMatchObject([
      ['what', { type: 'string', value: 'oven' }],
      ['limit', { type: 'float', value: 200.5 }],
      ['loaves', { type: 'int', value: 3n }],
      ['strict', { type: 'bool', value: true }],
      ['period', { type: 'duration', value: 5_400_000_000_000n }],
      ['other', { type: 'duration', value: 8_000_000_000n }],
      ['ids', { type: 'regex', value: '^o0$' }],
      ['cond', { type: 'lambda', value: { expression: { kind: 'binary', operator: '==' } } }],
      ['groups', { type: 'list', value: [{ type: 'string', value: 'id' }, { type: 'star' }] }],
      ['everything', { type: 'star' }],
    ]);
  });

  it('with a lambda or pattern that does not parse are refused in the words of 1.5.4', () => {
    expect(varsFromJson(read({ cond: { type: 'lambda', value: '"temp" >' } }))).toEqual({
      ok: false,
      error:
        'invalid var cond: invalid lambda expression: parser: unexpected EOF line 1 char 9 in ""temp" >". expected: ' +
        '"number","string","duration","identifier","TRUE","FALSE","==","(","-","!"',
    });
    expect(varsFromJson(read({ ids: { type: 'regex', value: 'a(' } }))).toEqual({
      ok: false,
      error: 'invalid var ids: invalid regex pattern: error parsing regexp: missing closing ): `a(`',
    });
  });
});

describe('variables a script declares', () => {
  it('are listed with their defaults', () => {
    const program = parseScript(`
      // how hot
      var limit = 240.0
      var n int
      var big = 9223372036854775807
      var period = 5s
      var ids = /^o[12]$/
      var cond = lambda: "load">=0
      var groups = ['id', *]
      var all = *
      var twice = limit * 2.0`);
    const done = program.ok
      ? evaluate(
          program.value,
          { values: new Map(), functions: new Map(), dynamicMethods: new Map() },
          { ignoreMissingVars: true },
        )
      : program;
    expect(done.ok && declaredVarsToJson(done.value.declared)).toEqual({
      limit: { type: 'float', value: 240, description: 'how hot' },
      n: { type: 'int', value: null, description: '' },
      big: { type: 'int', value: 9223372036854775807n, description: '' },
      period: { type: 'duration', value: 5_000_000_000, description: '' },
      ids: { type: 'regex', value: '^o[12]$', description: '' },
      cond: { type: 'lambda', value: '"load" >= 0', description: '' },
      groups: {
        type: 'list',
        value: [
          { type: 'string', value: 'id', description: '' },
          { type: 'star', value: { typeOf: 'star' }, description: '' },
        ],
        description: '',
      },
      all: { type: 'star', value: { typeOf: 'star' }, description: '' },
      twice: { type: 'float', value: 480, description: '' },
    });
  });
});
