/**
 * The page's way to its host: `window.lab` where the preload put it, else the browser host's WebSocket. Both have the
 * same shape; what differs is that a socket can be lost, which the watcher hears.
 */
import type { LabBridge } from '../../electron/contract/bridge.ts';
import { socketBridge, type SocketLike } from '../../electron/contract/socket-bridge.ts';

export interface HostLink {
  readonly bridge: LabBridge;
  /** Told at once and then at every change whether the host answers. Returns its own undo. */
  watch(listener: (isConnected: boolean) => void): () => void;
}

export function openBridge(): HostLink {
  return window.lab === undefined ? openSocket() : { bridge: window.lab, watch: alwaysConnected };
}

function alwaysConnected(listener: (isConnected: boolean) => void): () => void {
  listener(true);
  return () => undefined;
}

function openSocket(): HostLink {
  const listeners = new Set<(isConnected: boolean) => void>();
  let isConnected = false;
  const wire = socketBridge({
    open: () => socketLike(new WebSocket(wireAddress(window.location))),
    later: (run, ms) => setTimeout(run, ms),
    onConnected: (connected) => {
      isConnected = connected;
      for (const listener of listeners) listener(connected);
    },
  });
  document.addEventListener('visibilitychange', () => wire.setVisible(document.visibilityState === 'visible'));
  return {
    bridge: wire.bridge,
    watch(listener) {
      listeners.add(listener);
      listener(isConnected);
      return () => listeners.delete(listener);
    },
  };
}

/** The cookie of the page's first load authenticates the socket; the address carries no secret. */
export function wireAddress(location: Pick<Location, 'protocol' | 'host'>): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/wire`;
}

/** The browser's socket in the shape the bridge uses; the bridge reads no event but a message's data. */
function socketLike(socket: WebSocket): SocketLike {
  const like: SocketLike = { send: (text) => socket.send(text), onopen: null, onclose: null, onmessage: null };
  // `never` says that the bridge ignores the event, so any value may stand for it.
  socket.addEventListener('open', (event) => like.onopen?.(event as never));
  socket.addEventListener('close', (event) => like.onclose?.(event as never));
  socket.addEventListener('message', (event: MessageEvent<unknown>) => like.onmessage?.({ data: event.data }));
  return like;
}
