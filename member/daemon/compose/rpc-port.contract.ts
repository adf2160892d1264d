/** What every adapter of the RPC port does, real or simulated. */
import { describe, expect, test } from 'vitest';
import { clusterId, memberId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Credentials } from '../../cluster/credentials.ts';
import type { IncomingCall, RpcFailure } from '../../cluster/rpc-port.ts';
import type { MemberRequest, MemberResponse, MemberRpc } from './ports.ts';

/** Two members, and a way to let time pass until something is so. */
export interface RpcPair {
  readonly caller: MemberRpc;
  readonly callee: MemberRpc;
  readonly calleeAddress: string;
  /** Nobody listens there. */
  readonly deadAddress: string;
  passUntil(isSo: () => boolean): Promise<void>;
  close(): Promise<void>;
}

type End = Result<MemberResponse, RpcFailure>;

const credentials: Credentials = {
  clusterId: clusterId('876ddfb4-1879-4f40-87e2-4080c04d3096'),
  key: 'f'.repeat(64),
  member: memberId('f74f3547-efaf-4e6e-8b05-fb12b19f8287'),
  epoch: 3,
};
const request: MemberRequest = { service: 'cluster', message: { kind: 'probe' } };
const response: MemberResponse = { service: 'cluster', message: { kind: 'probe' } };

export function rpcPortContract(name: string, open: () => Promise<RpcPair>): void {
  const withPair = async (run: (pair: RpcPair) => Promise<void>): Promise<void> => {
    const pair = await open();
    try {
      await run(pair);
    } finally {
      await pair.close();
    }
  };
  const call = async (pair: RpcPair, address: string, timeoutMs = 2_000): Promise<End> => {
    const ends: End[] = [];
    pair.caller.call({ address, request, credentials, timeoutMs }, (end) => ends.push(end));
    // Never before the call has returned.
    expect(ends).toEqual([]);
    await pair.passUntil(() => ends.length > 0);
    expect(ends.length).toBe(1);
    return ends[0] ?? err({ kind: 'timeout' });
  };

  describe(`RPC port: ${name}`, () => {
    test('request and credentials arrive, the answer comes back', () =>
      withPair(async (pair) => {
        const seen: IncomingCall<MemberRequest>[] = [];
        pair.callee.serve((incoming, answer) => {
          seen.push(incoming);
          answer(ok(response));
        });
        expect(await call(pair, pair.calleeAddress)).toEqual({ ok: true, value: response });
        expect(seen).toMatchObject([{ request, credentials }]);
      }));

    test('an answer may come later', () =>
      withPair(async (pair) => {
        const waiting: (() => void)[] = [];
        pair.callee.serve((_incoming, answer) => waiting.push(() => answer(ok(response))));
        const ends: End[] = [];
        pair.caller.call({ address: pair.calleeAddress, request, credentials, timeoutMs: 2_000 }, (end) =>
          ends.push(end),
        );
        await pair.passUntil(() => waiting.length > 0);
        expect(ends).toEqual([]);
        waiting[0]?.();
        await pair.passUntil(() => ends.length > 0);
        expect(ends).toEqual([{ ok: true, value: response }]);
      }));

    test('a refusal arrives with its reason', () =>
      withPair(async (pair) => {
        const refusal = {
          kind: 'departed',
          clusterId: credentials.clusterId,
          member: credentials.member,
          epoch: 2,
        } as const;
        pair.callee.serve((_incoming, answer) => answer(err(refusal)));
        expect(await call(pair, pair.calleeAddress)).toMatchObject({ ok: false, error: { kind: 'refused', refusal } });
      }));

    test('nobody there is unreachable, no answer is a timeout', () =>
      withPair(async (pair) => {
        pair.callee.serve(() => undefined);
        expect(await call(pair, pair.deadAddress)).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
        expect(await call(pair, pair.calleeAddress, 100)).toEqual({ ok: false, error: { kind: 'timeout' } });
      }));

    test('after closing, calls in and out fail', () =>
      withPair(async (pair) => {
        pair.callee.serve((_incoming, answer) => answer(ok(response)));
        let isClosed = false;
        pair.callee.close(() => (isClosed = true));
        await pair.passUntil(() => isClosed);
        expect(await call(pair, pair.calleeAddress)).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
        isClosed = false;
        pair.caller.close(() => (isClosed = true));
        await pair.passUntil(() => isClosed);
        expect(await call(pair, pair.deadAddress)).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
      }));
  });
}
