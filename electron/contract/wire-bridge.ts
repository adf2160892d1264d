/**
 * The page's side of a wire: makes the two functions of `LabBridge` out of a link that carries texts both ways. The
 * same messages cross Electron's IPC, the browser host's WebSocket and a lab's control socket.
 *
 * When the link closes, requests under way end with code `unreachable`; subscriptions stay and are sent again when
 * it opens, so a subscriber of `state` sees a new snapshot.
 */
import type { Answer, LabBridge } from './bridge.ts';
import type { HostError } from './requests.ts';
import { decode, encode } from './codec.ts';

export type ClientMessage =
  | { readonly kind: 'request'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly kind: 'subscribe'; readonly id: number; readonly stream: string; readonly parameter: unknown }
  | { readonly kind: 'unsubscribe'; readonly id: number }
  /** A page that nobody sees gets state at most once a second. */
  | { readonly kind: 'visible'; readonly visible: boolean };

export type HostMessage =
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer<unknown> }
  | { readonly kind: 'notice'; readonly id: number; readonly notice: unknown };

export interface WireBridge {
  readonly bridge: LabBridge;
  /** A text came from the host. */
  receive(text: string): void;
  /** The link is open: texts may be sent. */
  opened(): void;
  closed(): void;
  setVisible(visible: boolean): void;
}

interface Subscription {
  readonly stream: string;
  readonly parameter: unknown;
  readonly listener: (notice: never) => void;
}

const unreachable: HostError = { code: 'unreachable', message: 'The host of this lab does not answer.', details: null };

export function wireBridge(send: (text: string) => void): WireBridge {
  const asked = new Map<number, (answer: Answer<never>) => void>();
  const subscriptions = new Map<number, Subscription>();
  let nextId = 1;
  let isOpen = false;
  let isVisible = true;

  const tell = (message: ClientMessage): void => {
    if (isOpen) send(encode(message));
  };
  return {
    bridge: {
      request: (name, input) =>
        new Promise((resolve) => {
          if (!isOpen) {
            resolve({ ok: false, error: unreachable });
            return;
          }
          const id = nextId++;
          asked.set(id, resolve);
          tell({ kind: 'request', id, name, input });
        }),
      subscribe: (stream, parameter, listener) => {
        const id = nextId++;
        subscriptions.set(id, { stream, parameter, listener });
        tell({ kind: 'subscribe', id, stream, parameter });
        return () => {
          if (subscriptions.delete(id)) tell({ kind: 'unsubscribe', id });
        };
      },
    },
    receive(text) {
      // The host is the other half of this file's types; it alone writes these texts.
      const message = decode(text) as {
        readonly kind: string;
        readonly id: number;
        readonly answer: Answer<never>;
        readonly notice: never;
      };
      if (message.kind === 'answer') {
        asked.get(message.id)?.(message.answer);
        asked.delete(message.id);
      } else if (message.kind === 'notice') {
        subscriptions.get(message.id)?.listener(message.notice);
      }
    },
    opened() {
      isOpen = true;
      if (!isVisible) tell({ kind: 'visible', visible: false });
      for (const [id, { stream, parameter }] of subscriptions) tell({ kind: 'subscribe', id, stream, parameter });
    },
    closed() {
      isOpen = false;
      for (const resolve of asked.values()) resolve({ ok: false, error: unreachable });
      asked.clear();
    },
    setVisible(visible) {
      isVisible = visible;
      tell({ kind: 'visible', visible });
    },
  };
}
