import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore, type DurableStore } from './lmdb-store.ts';

let folder = '';
const opened: DurableStore[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'));
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(folder, { recursive: true, force: true });
});

function reopen(path = join(folder, 'kapacitor.db')): DurableStore {
  const result = openStore(path);
  if (!result.ok) throw new Error(result.error);
  opened.push(result.value);
  return result.value;
}

test('rows written in one batch are there after closing and opening again, in key order', async () => {
  const store = reopen();
  await store.commit({
    durability: 'sync',
    writes: [
      { table: 'tasks', key: 'b', value: { id: 'b' } },
      { table: 'tasks', key: 'ä', value: 'umlaut' },
      { table: 'tasks', key: 'a', value: [1, 'two', null] },
      { table: 'tasks0', key: 'other table', value: 1 },
    ],
  });
  await opened.pop()?.close();
  const again = reopen();
  expect(again.rows('tasks')).toEqual([
    ['a', [1, 'two', null]],
    ['b', { id: 'b' }],
    ['ä', 'umlaut'],
  ]);
  expect(again.rows('templates')).toEqual([]);
});

test('a null value deletes the row', async () => {
  const store = reopen();
  await store.commit({ durability: 'sync', writes: [{ table: 't', key: 'k', value: 1 }] });
  await store.commit({ durability: 'sync', writes: [{ table: 't', key: 'k', value: null }] });
  expect(store.rows('t')).toEqual([]);
});

test('group writes share a transaction, the latest value of a row wins, and a sync batch does not overtake them', async () => {
  const store = reopen();
  const first = store.commit({ durability: 'group', writes: [{ table: 't', key: 'k', value: 1 }] });
  const second = store.commit({ durability: 'group', writes: [{ table: 't', key: 'k', value: 2 }] });
  await store.commit({ durability: 'sync', writes: [{ table: 't', key: 'other', value: 3 }] });
  expect(store.rows('t')).toEqual([
    ['k', 2],
    ['other', 3],
  ]);
  expect([await first, await second]).toEqual([{ ok: true }, { ok: true }]);
});

test('a backup holds everything committed before it and opens as a store of its own', async () => {
  const store = reopen();
  await store.commit({ durability: 'group', writes: [{ table: 't', key: 'k', value: 'kept' }] }).then(() => undefined);
  const copy = join(folder, 'copy.db');
  const result = await store.backup(copy);
  expect(result.ok && result.value.bytes > 0).toBe(true);
  expect(reopen(copy).rows('t')).toEqual([['k', 'kept']]);
});

test('a BoltDB file of an original is left alone and the store stands beside it', async () => {
  const path = join(folder, 'kapacitor.db');
  const bolt = Buffer.alloc(4096);
  bolt.writeUInt32LE(0xed0cdaed, 16);
  writeFileSync(path, bolt);
  const store = reopen(path);
  expect([store.path, store.boltPath]).toEqual([`${path}.lmdb`, path]);
});

test('a path that cannot be opened is an error that names it', () => {
  const result = openStore(join(folder, 'missing\0', 'x.db'));
  expect(result.ok ? '' : result.error).toContain('cannot open the store');
});
