import { describe, expect, test } from 'vitest';
import { handlerDefinition, taskDefinition } from './definition.ts';
import { filesToLoad } from './loaded-file.ts';
import { itemKey, itemOfRow, rowOfItem } from './loaded-items.ts';

describe('files of the [load] folder', () => {
  test('scripts go before definitions, each in the order of their names; other files are left alone', () => {
    const names = ['b.tick', 'z.json', 'a.yaml', 'B.tick', 'notes.txt', 'a.tick', 'a.b.yml', 'tick', 'x.tick.bak'];
    expect(filesToLoad('tasks', names).map(({ name, id, format }) => [name, id, format])).toEqual([
      ['B.tick', 'B', 'tick'],
      ['a.tick', 'a', 'tick'],
      ['b.tick', 'b', 'tick'],
      ['a.b.yml', 'a.b', 'yaml'],
      ['a.yaml', 'a', 'yaml'],
      ['z.json', 'z', 'json'],
    ]);
  });

  test('templates are scripts, handlers are definitions', () => {
    const names = ['a.tick', 'b.yaml', 'c.json'];
    expect(filesToLoad('templates', names).map(({ name }) => name)).toEqual(['a.tick']);
    expect(filesToLoad('handlers', names).map(({ name }) => name)).toEqual(['b.yaml', 'c.json']);
  });
});

describe('definitions', () => {
  test('a task of a template; names in any case, others are ignored', () => {
    const vars = { m: { type: 'string', value: 'cpu' }, n: { TYPE: 'int', Value: 2n ** 60n } };
    expect(
      taskDefinition({ ID: 'ignored', 'Template-ID': 't', DBRPs: [{ DB: 'telegraf', rp: 1 }], vars, script: 'x' }),
    ).toEqual({
      ok: true,
      value: {
        'template-id': 't',
        dbrps: [{ db: 'telegraf', rp: '1' }],
        vars: { m: { type: 'string', value: 'cpu' }, n: { type: 'int', value: 2n ** 60n } },
      },
    });
    expect(taskDefinition(null)).toEqual({ ok: true, value: {} });
    expect(taskDefinition({ dbrps: null, vars: null })).toEqual({ ok: true, value: {} });
  });

  test.each([
    [[], 'expected template-id, dbrps and vars, got a list'],
    ['x', 'expected template-id, dbrps and vars, got a string'],
    [{ 'template-id': [] }, 'template-id must be a text'],
    [{ dbrps: {} }, 'dbrps must be a list of {db, rp}'],
    [{ dbrps: [1] }, 'each of dbrps must be {db, rp}'],
    [{ vars: { m: { type: 'int', value: 'x' } } }, 'invalid var m: expected int value for type int'],
    [{ vars: [] }, 'vars must be an object'],
  ])('%j is no task', (document, error) => {
    expect(taskDefinition(document)).toEqual({ ok: false, error });
  });

  test('a handler', () => {
    const options = { channel: '#alerts', 'Kept-As-It-Is': [1, true] };
    expect(handlerDefinition({ Topic: 'cpu', id: 7, kind: 'slack', options, match: true })).toEqual({
      ok: true,
      value: { topic: 'cpu', id: '7', body: { id: '7', kind: 'slack', options, match: 'true' } },
    });
    expect(handlerDefinition(null)).toEqual({
      ok: true,
      value: { topic: '', id: '', body: { id: '', kind: '', options: null, match: '' } },
    });
    expect(handlerDefinition({ topic: {} })).toEqual({ ok: false, error: 'topic must be a text' });
  });
});

test('what was loaded is kept by rows that say the same again', () => {
  const items = [
    { folder: 'tasks', topic: '', id: 'a' },
    { folder: 'templates', topic: '', id: 'a' },
    { folder: 'handlers', topic: 'a', id: 'a' },
  ] as const;
  expect(items.map((item) => itemOfRow(rowOfItem(item)))).toEqual(items);
  expect(new Set(items.map(itemKey)).size).toBe(3);
  expect(itemOfRow({ folder: 'else', topic: '', id: '' })).toBeUndefined();
});
