import { describe, expect, test } from 'vitest';
import { FaultBook, linkCommand } from './fault-book.ts';

const cut = { cut: true, delayMs: 0, jitterMs: 0, loss: 0 };
const slow = { cut: false, delayMs: 200, jitterMs: 20, loss: 0 };

describe('fault book', () => {
  test('M9: both directions cut at once are one fault, and one undo heals both', () => {
    const book = new FaultBook();
    book.setLink('a', 'b', cut, 100);
    book.setLink('b', 'a', cut, 150);
    expect(book.active()).toEqual([{ id: 'cut:a:b', kind: 'cut', members: ['a', 'b'], since: 100 }]);
    const undo = book.takeLast();
    expect(undo).toEqual({
      kind: 'links',
      links: [
        { from: 'a', to: 'b', previous: null },
        { from: 'b', to: 'a', previous: null },
      ],
    });
    if (undo?.kind === 'links') book.restoreLinks(undo.links, 300);
    expect([book.active(), book.linkFaults(), book.takeLast()]).toEqual([[], [], null]);
  });

  test('undo brings back what the link had before', () => {
    const book = new FaultBook();
    book.setLink('a', 'b', slow, 100);
    book.setLink('a', 'b', cut, 5_000);
    const undo = book.takeLast();
    if (undo?.kind === 'links') book.restoreLinks(undo.links, 6_000);
    expect(book.linkFaults()).toEqual([{ from: 'a', to: 'b', ...slow }]);
  });

  test('undo skips faults that are no longer in force', () => {
    const book = new FaultBook();
    book.processFault('a', 'freeze', 1);
    book.processFault('b', 'crash', 2);
    book.processHealed('b');
    expect(book.takeLast()).toEqual({ kind: 'process', name: 'a', fault: 'freeze' });
    expect(book.takeLast()).toBeNull();
  });

  test('a removed member takes its faults with it; a fault of zero is none', () => {
    const book = new FaultBook();
    book.setLink('a', 'b', cut, 1);
    book.processFault('b', 'stop', 2);
    book.memberGone('b');
    book.setLink('a', 'c', { cut: false, delayMs: 0, jitterMs: 0, loss: 0 }, 3);
    expect([book.active(), book.linkFaults()]).toEqual([[], []]);
  });

  test('S1: each act has its command line', () => {
    expect(
      [null, cut, slow, { ...cut, cut: false, loss: 0.2 }].map((fault) =>
        linkCommand('kapacitor-1', 'kapacitor-3', fault),
      ),
    ).toEqual([
      'kapacitor-lab fault heal kapacitor-1 kapacitor-3 --one-way',
      'kapacitor-lab fault cut kapacitor-1 kapacitor-3 --one-way',
      'kapacitor-lab fault delay kapacitor-1 kapacitor-3 200 --jitter 20 --one-way',
      'kapacitor-lab fault loss kapacitor-1 kapacitor-3 20 --one-way',
    ]);
  });
});
