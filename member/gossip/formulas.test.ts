/** The formula, version and join address vectors of the real library. */
import { describe, expect, test } from 'vitest';
import { adjustAwareness, scaleByAwareness, type Awareness } from './awareness.ts';
import { parseIp, formatIp } from './ip-address.ts';
import { parseJoinAddress } from './join-address.ts';
import { fullSyncIntervalMs, transmitLimit } from './scaling.ts';
import { remainingSuspicionMs, suspicionTimeoutMs } from './suspicion.ts';
import vectorFile from './testdata/vectors.json' with { type: 'json' };
import type { Vectors } from './testing/conformance.ts';
import { findIncompatibility, parseVersions } from './versions.ts';
import { encryptedLength, encryptionOverhead } from './wire/encryption.ts';

const { formulas, protocolCheck, joinAddress } = vectorFile as unknown as Vectors;

describe('formulas', () => {
  test('awareness', () => {
    for (const { max, steps } of formulas.awareness) {
      let awareness: Awareness = { score: 0, maxMultiplier: max };
      for (const step of steps) {
        awareness = adjustAwareness(awareness, step.delta);
        expect([awareness.score, scaleByAwareness(awareness, 1_000)]).toEqual([step.score, step.probeIntervalMs]);
      }
    }
  });

  test('suspicion time-out', () => {
    for (const { mult, n, intervalMs, minMs } of formulas.suspicionTimeout) {
      expect([mult, n, suspicionTimeoutMs(mult, n, intervalMs)]).toEqual([mult, n, minMs]);
    }
  });

  test('remaining suspicion', () => {
    for (const { confirmations, k, elapsedMs, minMs, maxMs, remainingMs } of formulas.remainingSuspicion) {
      const remaining = remainingSuspicionMs(confirmations, k, elapsedMs, minMs, maxMs);
      expect([confirmations, k, elapsedMs, remaining]).toEqual([confirmations, k, elapsedMs, remainingMs]);
    }
  });

  test('transmit limit', () => {
    for (const { mult, n, limit } of formulas.retransmitLimit)
      expect([mult, n, transmitLimit(mult, n)]).toEqual([mult, n, limit]);
  });

  test('full sync interval', () => {
    for (const { n, intervalMs, everyMs } of formulas.pushPullScale)
      expect([n, fullSyncIntervalMs(intervalMs, n)]).toEqual([n, everyMs]);
  });

  test('encrypted lengths', () => {
    expect({ v0: encryptionOverhead(0), v1: encryptionOverhead(1) }).toEqual(formulas.encryptOverhead);
    for (const { plain, v0, v1 } of formulas.encryptedLength) {
      expect([plain, encryptedLength(0, plain), encryptedLength(1, plain)]).toEqual([plain, v0, v1]);
    }
  });
});

describe('versions', () => {
  test.each(protocolCheck.map((vector) => [vector.id, vector] as const))('%s', (_, { local, remote, error }) => {
    const found = findIncompatibility(
      remote.map(({ name, state, vsn }) => ({
        name,
        isAlive: state === 0,
        versions: parseVersions(Uint8Array.from(vsn)),
        hasRange: vsn.length >= 5,
      })),
      [{ name: local.name, isAlive: true, versions: parseVersions(Uint8Array.from(local.vsn)), hasRange: true }],
    );
    expect(found).toBe(error ?? null);
  });
});

describe('join addresses', () => {
  test.each(joinAddress.map((vector) => [vector.in, vector] as const))('%s', (text, { defaultPort, error, out }) => {
    const parsed = parseJoinAddress(text, defaultPort);
    expect(parsed.ok ? [{ ip: parsed.value.host, node: parsed.value.member, port: parsed.value.port }] : null).toEqual(
      error === true ? null : out,
    );
  });

  test.each([
    ['host.example:9090', 'host.example', 9090],
    ['host.example', 'host.example', 7946],
    ['[2001:db8::1]', '2001:db8::1', 7946],
  ])('%s', (text, host, port) => {
    expect(parseJoinAddress(text, 7946)).toEqual({ ok: true, value: { host, port, member: '' } });
  });

  test.each(['', 'host:', 'host:port', 'host:0', 'host:65536', '[::1', 'm2/'])('"%s" is refused', (text) => {
    expect(parseJoinAddress(text, 7946).ok).toBe(false);
  });
});

describe('IP addresses', () => {
  test.each([
    ['127.0.0.1', '7f000001'],
    ['::1', '00000000000000000000000000000001'],
    ['::', '00000000000000000000000000000000'],
    ['2001:db8::17', '20010db8000000000000000000000017'],
    ['2001:db8:0:1:1:1:1:1', '20010db8000000010001000100010001'],
    ['1:0:0:2::3', '00010000000000020000000000000003'],
  ])('%s', (text, hex) => {
    const address = parseIp(text);
    expect(address && Buffer.from(address).toString('hex')).toBe(hex);
    expect(address && formatIp(address)).toBe(text);
  });

  test('IPv4 in IPv6 form is IPv4: the two must never be taken for different addresses', () => {
    expect(parseIp('::ffff:127.0.0.1')).toEqual(Uint8Array.of(127, 0, 0, 1));
    expect(formatIp(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 1))).toBe('10.0.0.1');
  });

  test.each([
    '',
    'localhost',
    '1.2.3',
    '1.2.3.256',
    '01.2.3.4',
    '1:2',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
  ])('"%s" is none', (text) => {
    expect(parseIp(text)).toBeNull();
  });
});
