import { seededRandom } from '../../base/random.ts';
import { rpcPortContract } from '../../daemon/compose/rpc-port.contract.ts';
import { until } from '../testing/until.ts';
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
    passUntil: async (isSo) => void (await until(isSo, Boolean, 10_000)),
    close: async () => void (await Promise.all([close(caller), close(callee)])),
  };
});
