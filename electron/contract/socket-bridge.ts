/**
 * `LabBridge` over the browser host's WebSocket (`/wire` of the page's own origin), opened again for as long as the
 * page lives. The page passes its own `WebSocket` and timer, so that this file needs no browser library:
 *
 *   window.lab ?? socketBridge({ open: () => new WebSocket(`ws://${location.host}/wire`), later: (run, ms) => setTimeout(run, ms) })
 */
import { type WireBridge, wireBridge } from './wire-bridge.ts';

/** What is used of the browser's WebSocket. */
export interface SocketLike {
  send(text: string): void;
  onopen: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
}

export interface SocketBridgeOptions {
  readonly open: () => SocketLike;
  readonly later: (run: () => void, ms: number) => unknown;
  /** Told whenever the host begins or ceases to answer. */
  readonly onConnected?: (isConnected: boolean) => void;
}

const retryMs = 1_000;

export function socketBridge(options: SocketBridgeOptions): WireBridge {
  let socket: SocketLike | undefined;
  const wire = wireBridge((text) => socket?.send(text));
  const connect = (): void => {
    const opened = options.open();
    socket = opened;
    opened.onopen = () => {
      wire.opened();
      options.onConnected?.(true);
    };
    opened.onmessage = ({ data }) => {
      if (typeof data === 'string') wire.receive(data);
    };
    opened.onclose = () => {
      socket = undefined;
      wire.closed();
      options.onConnected?.(false);
      options.later(connect, retryMs);
    };
  };
  connect();
  return wire;
}
