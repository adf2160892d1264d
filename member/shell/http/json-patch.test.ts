import { expect, test } from 'vitest';
import type { WireValue } from '../../tasks/wire-value.ts';
import { applyJsonPatch } from './json-patch.ts';

const handler = { id: 'h', kind: 'post', options: { url: 'u', topics: ['a', 'b'] }, match: '' };

test.each<[string, WireValue[], WireValue]>([
  ['replace a member', [{ op: 'replace', path: '/kind', value: 'tcp' }], { ...handler, kind: 'tcp' }],
  [
    'add a nested member',
    [{ op: 'add', path: '/options/x', value: 1 }],
    { ...handler, options: { ...handler.options, x: 1 } },
  ],
  [
    'insert into a list',
    [{ op: 'add', path: '/options/topics/1', value: 'n' }],
    { ...handler, options: { ...handler.options, topics: ['a', 'n', 'b'] } },
  ],
  [
    'append to a list',
    [{ op: 'add', path: '/options/topics/-', value: 'n' }],
    { ...handler, options: { ...handler.options, topics: ['a', 'b', 'n'] } },
  ],
  [
    'remove a list item',
    [{ op: 'remove', path: '/options/topics/0' }],
    { ...handler, options: { ...handler.options, topics: ['b'] } },
  ],
  [
    'move',
    [{ op: 'move', from: '/options/url', path: '/match' }],
    { ...handler, options: { topics: ['a', 'b'] }, match: 'u' },
  ],
  ['copy', [{ op: 'copy', from: '/id', path: '/match' }], { ...handler, match: 'h' }],
  ['a test that holds', [{ op: 'test', path: '/options', value: { topics: ['a', 'b'], url: 'u' } }], handler],
])('%s', (_name, patch, expected) => {
  expect(applyJsonPatch(handler, patch)).toEqual({ ok: true, value: expected });
});

test.each<[string, WireValue]>([
  ['replacing below a missing member', { op: 'replace', path: '/nope/x', value: '' }],
  ['replacing a missing member', { op: 'replace', path: '/nope', value: '' }],
  ['removing a missing member', { op: 'remove', path: '/missing' }],
  ['a test that fails', { op: 'test', path: '/id', value: 'g' }],
  ['an unknown operation', { op: 'merge', path: '/id', value: 'g' }],
  ['a path that is no pointer', { op: 'add', path: 'id', value: 'g' }],
  ['a list index that is none', { op: 'replace', path: '/options/topics/2', value: 'g' }],
  ['an operation that is no object', 5],
])('%s is refused', (_name, operation) => {
  expect(applyJsonPatch(handler, [operation]).ok).toBe(false);
});
