import { seededRandom } from '../base/random.ts';
import { rpcPortContract } from '../daemon/compose/rpc-port.contract.ts';
import { Scheduler } from './scheduler.ts';
import { SimNetwork } from './sim-network.ts';
import { SimProcess } from './sim-process.ts';
import { SimRpc } from './sim-rpc.ts';

rpcPortContract('simulated', () => {
  const scheduler = new Scheduler();
  const rpc = new SimRpc(new SimNetwork(scheduler, seededRandom(1)), () => undefined);
  const [caller, callee] = ['10.0.0.1', '10.0.0.2'].map((host) => {
    const process = new SimProcess(scheduler, { rate: 1, wallOffsetMs: 0 });
    process.boot();
    rpc.addHost(host, process);
    return rpc.port(host);
  });
  if (caller === undefined || callee === undefined) throw new Error('two members');
  return Promise.resolve({
    caller,
    callee,
    calleeAddress: '10.0.0.2:9091',
    deadAddress: '10.0.0.9:9091',
    async passUntil(isSo) {
      const endMs = scheduler.nowMs + 10_000;
      while (!isSo() && scheduler.step(endMs)) await Promise.resolve();
    },
    close: () => Promise.resolve(),
  });
});
