import { describe, expect, test } from 'vitest';
import { lanSettings } from '../gossip/settings.ts';
import { parseGossipPeerFlags } from './gossip-peer-flags.ts';

const hexKey = '000102030405060708090a0b0c0d0e0f';
const parse = (...args: readonly string[]) => parseGossipPeerFlags(['-name', 'm1', ...args]);

describe('flags of gossip-peer', () => {
  test('a name alone: loopback, a free port, LAN values', () => {
    expect(parse()).toEqual({
      ok: true,
      value: {
        name: 'm1',
        bind: '127.0.0.1',
        port: 0,
        advertise: null,
        join: [],
        joinRetryMs: 0,
        keys: [],
        meta: new Uint8Array(0),
        userState: new Uint8Array(0),
        label: '',
        log: 'none',
        isTracing: false,
        watchMs: 0,
        settings: lanSettings,
      },
    });
  });

  test('one dash or two, with "=" or a further argument; booleans stand alone', () => {
    expect(parse('--port=9090', '-join', 'a:1, b:2', '-probe-interval=2s', '-trace', '-compress=false')).toMatchObject({
      ok: true,
      value: {
        port: 9090,
        join: ['a:1', 'b:2'],
        isTracing: true,
        settings: { probeIntervalMs: 2_000, isCompressing: false },
      },
    });
  });

  test('keys in hex and base64, an address to advertise', () => {
    const base64 = Buffer.from(hexKey, 'hex').toString('base64');
    expect(parse('-key', `${hexKey},${base64}`, '-advertise', '[::1]:9090')).toMatchObject({
      ok: true,
      value: {
        keys: [hexKey, hexKey].map((key) => new Uint8Array(Buffer.from(key, 'hex'))),
        advertise: { host: '::1', port: 9090 },
      },
    });
  });

  test.each([
    [['-nonsense'], 'flag provided but not defined: -nonsense'],
    [['-port'], 'flag needs an argument: -port'],
    [['-port', 'x'], 'invalid value "x" for flag -port: not a count'],
    [['-port', '70000'], 'port: not between 0 and 65535'],
    [['-watch', '5'], 'invalid value "5" for flag -watch: not a duration'],
    [['-compress=maybe'], 'invalid value "maybe" for flag -compress: not a boolean'],
    [['-key', 'abc'], 'key: not 16, 24 or 32 bytes in hex or base64'],
    [['-log', 'loud'], 'log: unknown mode "loud"; allowed are none, json and stderr'],
    [['-advertise', 'x'], 'advertise: "x" is not host:port'],
    [['-name', ''], 'name: needed'],
    [['-meta', 'x'.repeat(513)], 'meta: longer than 512 bytes'],
    [['stray'], 'unexpected argument: stray'],
  ])('%j is refused', (args, error) => {
    expect(parse(...args)).toEqual({ ok: false, error });
  });
});
