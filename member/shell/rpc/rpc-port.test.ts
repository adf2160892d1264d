import { seededRandom } from '../../base/random.ts';
import { rpcPortContract } from '../../daemon/compose/rpc-port.contract.ts';
import { openRpc, type RpcService } from './rpc-service.ts';

async function open(): Promise<RpcService> {
  const result = await openRpc({ host: '127.0.0.1', port: 0 }, { random: seededRandom(1) });
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

function close(service: RpcService): Promise<void> {
  return new Promise((resolve) => service.calls.close(resolve));
}

rpcPortContract('gRPC on loopback', async () => {
  const [caller, callee, dead] = [await open(), await open(), await open()];
  await close(dead);
  return {
    caller: caller.calls,
    callee: callee.calls,
    calleeAddress: `127.0.0.1:${callee.port}`,
    deadAddress: `127.0.0.1:${dead.port}`,
    async passUntil(isSo) {
      const endMs = performance.now() + 10_000;
      while (!isSo() && performance.now() < endMs) await new Promise((resolve) => setImmediate(resolve));
    },
    close: async () => void (await Promise.all([close(caller), close(callee)])),
  };
});
