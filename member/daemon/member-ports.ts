/** The real adapters behind the ports of a member. */
import type { ClockPort, HandlerPort, MemberPorts, StorePort } from './compose.ts';
import type { GossipSockets } from '../shell/gossip/gossip-sockets.ts';
import type { DurableStore } from '../shell/store/lmdb-store.ts';
import type { MemberConfig } from '../config/config.ts';
import type { RpcService } from '../shell/rpc/rpc-service.ts';
import { createSetAside } from './set-aside.ts';
import { systemClock } from './system-clock.ts';
import { createSystemRandom } from './system-random.ts';

export interface PortSources {
  readonly config: MemberConfig;
  readonly gossip: GossipSockets;
  readonly rpc: RpcService;
  readonly store: DurableStore;
}

export function memberPorts(sources: PortSources, handlers: HandlerPort): MemberPorts {
  return {
    clock: createClock(sources.gossip),
    random: createSystemRandom(),
    gossip: sources.gossip,
    rpc: sources.rpc.calls,
    store: storePort(sources.store),
    setAside: createSetAside(sources.config.data_dir),
    handlers,
  };
}

function createClock(gossip: GossipSockets): ClockPort {
  return {
    nowMs: systemClock.nowMs,
    wallMs: systemClock.wallMs,
    startTimer(delayMs, run) {
      const timer = setTimeout(run, delayMs);
      return { cancel: () => clearTimeout(timer) };
    },
    afterPendingIo: (run) => gossip.afterPendingPackets(run),
  };
}

function storePort(store: DurableStore): StorePort {
  return {
    rows: (table) => store.rows(table),
    commit(batch, done) {
      void store.commit(batch).then(done);
    },
  };
}
