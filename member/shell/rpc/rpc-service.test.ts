import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { clusterId, memberId } from '../../base/ids.ts';
import { seededRandom } from '../../base/random.ts';
import type { Result } from '../../base/result.ts';
import type { Credentials } from '../../cluster/credentials.ts';
import type { IncomingCall, RpcFailure } from '../../cluster/rpc-port.ts';
import { until } from '../testing/until.ts';
import type { MemberRequest, MemberResponse } from './rpc-methods.ts';
import { openRpc, type RpcService } from './rpc-service.ts';

const credentials: Credentials = {
  clusterId: clusterId('876ddfb4-1879-4f40-87e2-4080c04d3096'),
  key: 'f'.repeat(64),
  member: memberId('f74f3547-efaf-4e6e-8b05-fb12b19f8287'),
  epoch: 3,
};
const probe: MemberRequest = { service: 'cluster', message: { kind: 'probe' } };
const answered: MemberResponse = { service: 'cluster', message: { kind: 'probe' } };

const opened: RpcService[] = [];

async function open(port = 0): Promise<RpcService> {
  const result = await openRpc({ host: '127.0.0.1', port }, { random: seededRandom(1) });
  if (!result.ok) throw new Error(result.error);
  opened.push(result.value);
  return result.value;
}

function close(service: RpcService): Promise<void> {
  return new Promise((resolve) => service.calls.close(resolve));
}

function answering(service: RpcService, seen: IncomingCall<MemberRequest>[] = []): void {
  service.calls.serve((call, answer) => {
    seen.push(call);
    answer({ ok: true, value: answered });
  });
}

function call(
  from: RpcService,
  to: RpcService | string,
  timeoutMs = 20_000,
): Promise<Result<MemberResponse, RpcFailure>> {
  const address = typeof to === 'string' ? to : `127.0.0.1:${to.port}`;
  return new Promise((resolve) => from.calls.call({ address, request: probe, credentials, timeoutMs }, resolve));
}

function cut(service: RpcService, to: RpcService, fault: { cut: boolean; delayMs?: number } = { cut: true }): void {
  service.setLinkFaults([{ peerAddresses: [`127.0.0.1:${to.port}`], delayMs: 0, jitterMs: 0, loss: 0, ...fault }]);
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map(close));
});

describe('gRPC between members', () => {
  test('a call shows the credentials of the caller and brings the answer', async () => {
    const [a, b] = [await open(), await open()];
    const seen: IncomingCall<MemberRequest>[] = [];
    answering(b, seen);
    expect(await call(a, b)).toMatchObject({ ok: true, value: answered });
    expect(seen).toMatchObject([{ request: probe, credentials }]);
  });

  test('a caller without credentials has none', async () => {
    const [a, b] = [await open(), await open()];
    const seen: IncomingCall<MemberRequest>[] = [];
    answering(b, seen);
    await new Promise((resolve) =>
      a.calls.call({ address: `127.0.0.1:${b.port}`, request: probe, credentials: null, timeoutMs: 20_000 }, resolve),
    );
    expect(seen[0]?.credentials).toBeNull();
  });

  test.each([
    { kind: 'unauthenticated', clusterId: credentials.clusterId },
    { kind: 'removed', clusterId: credentials.clusterId, member: credentials.member, epoch: 3, by: credentials.member },
    { kind: 'departed', clusterId: credentials.clusterId, member: credentials.member, epoch: 3 },
    { kind: 'versions', service: 'store', ours: { min: 1, max: 2 }, theirs: { min: 3, max: 3 } },
    { kind: 'failed', reason: 'this member is stopping' },
  ] as const)('a refusal arrives with its reason: $kind', async (refusal) => {
    const [a, b] = [await open(), await open()];
    b.calls.serve((_call, answer) => answer({ ok: false, error: refusal }));
    expect(await call(a, b)).toMatchObject({ ok: false, error: { kind: 'refused', refusal } });
  });

  test('nobody there: unreachable, at once', async () => {
    const a = await open();
    const b = await open();
    const address = `127.0.0.1:${b.port}`;
    await close(b);
    const startMs = performance.now();
    const reason = `connect ECONNREFUSED ${address}`;
    expect(await call(a, address)).toEqual({ ok: false, error: { kind: 'unreachable', reason } });
    expect(performance.now() - startMs).toBeLessThan(1_000);
  });

  test('somebody there who never answers: timeout after the deadline', async () => {
    const a = await open();
    const b = await open();
    b.calls.serve(() => undefined);
    const mute = createServer();
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const address = mute.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const results = await Promise.all([call(a, b, 300), call(a, `127.0.0.1:${port}`, 300)]);
    mute.close();
    expect(results).toEqual([
      { ok: false, error: { kind: 'timeout' } },
      { ok: false, error: { kind: 'timeout' } },
    ]);
  });

  test('a member that restarts on its port is reachable again within a second', async () => {
    const a = await open();
    let b = await open();
    const { port } = b;
    answering(b);
    await call(a, b);
    await close(b);
    for (let i = 0; i < 20; i++) await call(a, `127.0.0.1:${port}`, 200);
    b = await open(port);
    answering(b);
    const reached = b;
    const startMs = performance.now();
    const result = await until(
      () => call(a, reached, 2_000),
      ({ ok }) => ok,
      10_000,
    );
    // The longest wait between two attempts is half a second; the rest is for a machine that is busy.
    expect(performance.now() - startMs).toBeLessThan(2_000);
    expect(result).toMatchObject({ ok: true, value: answered });
  });

  test('a port in use is an error that says so', async () => {
    const a = await open();
    const result = await openRpc({ host: '127.0.0.1', port: a.port }, { random: seededRandom(1) });
    expect(result.ok ? '' : result.error).toContain('EADDRINUSE');
  });

  test('D30: over a cut link requests stall until their deadline, and go out when it is healed', async () => {
    const [a, b] = [await open(), await open()];
    answering(b);
    await call(a, b);
    cut(a, b);
    expect(await call(a, b, 200)).toEqual({ ok: false, error: { kind: 'timeout' } });
    const stalled = call(a, b);
    a.setLinkFaults([]);
    expect((await stalled).ok).toBe(true);
  });

  test('D30: a cut of one direction stalls the answers of that direction', async () => {
    const [a, b] = [await open(), await open()];
    const seen: IncomingCall<MemberRequest>[] = [];
    answering(a, seen);
    answering(b, seen);
    cut(b, a);
    const stalled = call(a, b);
    await until(() => seen.length === 1);
    expect(await call(a, b, 200)).toEqual({ ok: false, error: { kind: 'timeout' } });
    b.setLinkFaults([]);
    expect((await stalled).ok).toBe(true);
  });

  test('D30: a slow link delays request and answer', async () => {
    const [a, b] = [await open(), await open()];
    answering(b);
    cut(a, b, { cut: false, delayMs: 100 });
    cut(b, a, { cut: false, delayMs: 100 });
    const startMs = performance.now();
    expect((await call(a, b)).ok).toBe(true);
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(195);
  });

  test('stopping ends what is under way, on both sides', async () => {
    const [a, b] = [await open(), await open()];
    b.calls.serve(() => undefined);
    const pending = call(a, b, 60_000);
    await Promise.all([close(a), close(b)]);
    expect(await pending).toEqual({ ok: false, error: { kind: 'unreachable', reason: 'this member is stopping' } });
    expect(await call(a, b)).toEqual({ ok: false, error: { kind: 'unreachable', reason: 'this member is stopping' } });
  });
});
