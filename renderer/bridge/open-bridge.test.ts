import { afterEach, expect, test, vi } from 'vitest';
import type { LabBridge } from '../../electron/contract/bridge.ts';
import { openBridge, wireAddress } from './open-bridge.ts';

afterEach(() => vi.unstubAllGlobals());

test('the bridge of the preload is taken where there is one, and is always connected', () => {
  const lab: LabBridge = { request: () => Promise.reject(new Error('not asked')), subscribe: () => () => undefined };
  vi.stubGlobal('lab', lab);
  const link = openBridge();
  const heard: boolean[] = [];
  link.watch((isConnected) => heard.push(isConnected));
  expect([link.bridge === lab, heard]).toEqual([true, [true]]);
});

test('the address of the wire follows the page', () => {
  expect(wireAddress({ protocol: 'http:', host: '127.0.0.1:4711' })).toBe('ws://127.0.0.1:4711/wire');
  expect(wireAddress({ protocol: 'https:', host: 'lab.example' })).toBe('wss://lab.example/wire');
});

test('a socket that closes is told to whoever watches', () => {
  const sockets: EventTarget[] = [];
  class FakeSocket extends EventTarget {
    constructor() {
      super();
      sockets.push(this);
    }
    send(): void {}
  }
  vi.stubGlobal('WebSocket', FakeSocket);
  const link = openBridge();
  const heard: boolean[] = [];
  const stop = link.watch((isConnected) => heard.push(isConnected));
  sockets[0]?.dispatchEvent(new Event('open'));
  sockets[0]?.dispatchEvent(new Event('close'));
  stop();
  expect(heard).toEqual([false, true, false]);
});
