import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clusterId } from '../base/ids.ts';
import { decodeMetadata, encodeMetadata, metadataLimitBytes, type Metadata } from './metadata.ts';

const range = { min: 1, max: 1 };
const typical: Metadata = {
  clusterId: clusterId('876ddfb4-1879-4f40-87e2-4080c04d3096'),
  epoch: 3,
  revision: 2,
  profile: {
    gossip: 'kapacitor-1:9090',
    rpc: 'kapacitor-1:9091',
    api: 'kapacitor-1:9092',
    roles: ['worker'],
    versions: { rpc: range, metadata: range, store: { min: 0, max: 255 } },
    redundancy: 2,
    delayPerMemberMs: 10_000,
    mayOwn: true,
  },
};

const host = fc.stringMatching(/^[a-z0-9.-]{1,40}$/);
const address = fc.tuple(host, fc.integer({ min: 1, max: 65_535 })).map(([name, port]) => `${name}:${port}`);
const versionRange = fc.record({ min: fc.nat(255), max: fc.nat(255) });
const metadata: fc.Arbitrary<Metadata> = fc.record({
  clusterId: fc.uuid({ version: 4 }).map(clusterId),
  epoch: fc.nat(2 ** 31),
  revision: fc.nat(2 ** 31),
  profile: fc.record({
    gossip: address,
    rpc: address,
    api: address,
    roles: fc.array(fc.string({ maxLength: 20, unit: 'grapheme' }), { maxLength: 3 }),
    versions: fc.record({ rpc: versionRange, metadata: versionRange, store: versionRange }),
    redundancy: fc.nat(1_000),
    delayPerMemberMs: fc.nat(2 ** 40),
    mayOwn: fc.boolean(),
  }),
});

describe('D29: metadata in gossip', () => {
  test('what was written is read', () => {
    const isKept = fc.property(metadata, (given) => {
      const encoded = encodeMetadata(given);
      expect(encoded.ok ? decodeMetadata(encoded.value) : given).toEqual(given);
    });
    expect(() => fc.assert(isKept)).not.toThrow();
  });

  test('typical metadata takes few of the 512 bytes', () => {
    const encoded = encodeMetadata(typical);
    expect(encoded.ok ? encoded.value.length : 0).toBeLessThan(80);
  });

  test('metadata of exactly 512 bytes fits, one more is refused with the names that are too long', () => {
    const sizeOf = (length: number): number => {
      const encoded = encodeMetadata({ ...typical, profile: { ...typical.profile, roles: ['x'.repeat(length)] } });
      return encoded.ok ? encoded.value.length : 0;
    };
    let length = 1;
    while (sizeOf(length) > 0) length++;
    expect(sizeOf(length - 1)).toBe(metadataLimitBytes);
    const long = `${'long-name.'.repeat(20)}example:9091`;
    const refused = encodeMetadata({
      ...typical,
      profile: { ...typical.profile, rpc: long, api: long.replace('9091', '9092x') + long },
    });
    expect(refused.ok ? '' : refused.error).toContain(
      '512 are allowed: shorten the advertised addresses (kapacitor-1:9090, long-name.',
    );
  });

  test('bytes of others are not metadata, whatever they are', () => {
    const encoded = encodeMetadata(typical);
    const bytes = encoded.ok ? encoded.value : new Uint8Array();
    expect([new Uint8Array(), Uint8Array.of(1, 2, 3), bytes.subarray(0, bytes.length - 1)].map(decodeMetadata)).toEqual(
      [undefined, undefined, undefined],
    );
    const neverThrows = fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(), (noise, at) => {
      const damaged = Uint8Array.from(bytes);
      damaged[at % damaged.length] = noise[0] ?? 0;
      decodeMetadata(noise);
      decodeMetadata(damaged);
    });
    expect(() => fc.assert(neverThrows)).not.toThrow();
  });
});
