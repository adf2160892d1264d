import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPeerAnswer, readPeerRequest } from './message-reader.ts';
import { publication } from './testing/publications.ts';
import { A, B } from './testing/bench.ts';
import { fromWirePublication, fromWireValue, toWirePublication, toWireValue } from './wire.ts';

const copy = {
  key: 'k',
  ordinal: '0',
  via: [],
  cause: 'first-owner',
  owners: [A, B],
  ownersVersion: 1,
  publication: toWirePublication(
    publication({ topic: 'cpu', fields: { i: 9_007_199_254_740_993n, f: 1.5, nan: Number.NaN, zero: -0 } }),
  ),
};

describe('messages of peers', () => {
  test('a request that fits is taken as it is', () => {
    const request = JSON.parse(JSON.stringify({ kind: 'publications', sentWallMs: 1, copies: [copy] }));
    expect(readPeerRequest(request)).toEqual({ ok: true, value: request });
    expect(readPeerRequest({ kind: 'ask', keys: ['a'] }).ok).toBe(true);
    expect(readPeerAnswer({ kind: 'accepted' }).ok).toBe(true);
  });

  test('one that does not fit is refused with the place and what belongs there', () => {
    const error = (value: unknown): string => {
      const read = readPeerRequest(value);
      return read.ok ? '' : read.error;
    };
    expect(error({ kind: 'nope' })).toBe(
      'request.kind: expected one of publications, completions, ask, deletion, sync',
    );
    expect(error({ kind: 'publications', sentWallMs: 1, copies: [{ ...copy, owners: ['x'] }] })).toBe(
      'request.copies[0].owners[0]: expected a member ID',
    );
    const series = [{ name: '', tags: {}, columns: [], values: [[{ i: '1x' }]] }];
    expect(
      error({
        kind: 'publications',
        sentWallMs: 1,
        copies: [{ ...copy, publication: { ...copy.publication, series } }],
      }),
    ).toBe('request.copies[0].publication.series[0].values[0][0]: expected a data value');
  });

  test('no value whatever makes the reader fail', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(typeof readPeerRequest(value).ok).toBe('boolean');
        expect(typeof readPeerAnswer(value).ok).toBe('boolean');
      }),
    );
  });

  test('publications come back from JSON as they were, 64-bit integers and odd floats included', () => {
    const value = fc.oneof(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.double(),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
    );
    fc.assert(
      fc.property(value, (given) => {
        expect(fromWireValue(JSON.parse(JSON.stringify(toWireValue(given))))).toEqual(given);
      }),
    );
    const given = publication({ topic: 'cpu', fields: { i: -5n } });
    expect(fromWirePublication(JSON.parse(JSON.stringify(toWirePublication(given))))).toEqual(given);
  });
});
