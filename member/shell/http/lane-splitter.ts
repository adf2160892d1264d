/** Puts the write lane in front of an HTTP server: connections begin in the lane and go on to the server when they must. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { WriteLane, type WriteLaneOptions } from './write-lane.ts';

export interface LaneSplitter {
  /** Ends the connections that are in the lane, busy ones when their write is answered. */
  close(): void;
}

export function splitConnections(server: Server, options: Pick<WriteLaneOptions, 'take' | 'answer'>): LaneSplitter {
  const toServer = server.listeners('connection');
  const lanes = new Map<Socket, WriteLane>();
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    socket.setNoDelay(true);
    socket.once('close', () => lanes.delete(socket));
    const lane = new WriteLane(socket, {
      ...options,
      handOver(handed, bytes) {
        lanes.delete(handed);
        for (const listener of toServer) Reflect.apply(listener, server, [handed]);
        if (bytes.length > 0) handed.unshift(bytes);
        handed.resume();
      },
    });
    lanes.set(socket, lane);
  });
  return {
    close() {
      for (const lane of lanes.values()) lane.close();
    },
  };
}
