/**
 * The host's side of a wire: texts of one page come in, answers and notices go out. The same for Electron's IPC, the
 * browser host's sockets and the control socket.
 */
import { z } from 'zod';
import { decode, encode } from '../contract/codec.ts';
import type { HostMessage } from '../contract/wire-bridge.ts';
import type { Host } from './host.ts';

const clientMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('request'), id: z.number(), name: z.string(), input: z.unknown() }),
  z.object({ kind: z.literal('subscribe'), id: z.number(), stream: z.string(), parameter: z.unknown() }),
  z.object({ kind: z.literal('unsubscribe'), id: z.number() }),
  z.object({ kind: z.literal('visible'), visible: z.boolean() }),
]);

export interface WireConnection {
  /** False when the text is none of ours: the carrier then hangs up. */
  receive(text: string): boolean;
  close(): void;
}

/** What serves pages: a host of this process, or a lab's host in another one. */
export interface WireServer {
  /** `hangUp` is called when the host behind goes away on its own. */
  connect(send: (text: string) => void, hangUp: () => void): WireConnection;
}

const subscriptionLimit = 200;

export function wireServer(host: Pick<Host, 'answer' | 'follow'>): WireServer {
  return { connect: (send) => connect(host, send) };
}

function connect(host: Pick<Host, 'answer' | 'follow'>, send: (text: string) => void): WireConnection {
  const subscriptions = new Map<number, () => void>();
  let isVisible = true;
  let isOpen = true;
  const tell = (message: HostMessage): void => {
    if (isOpen) send(encode(message));
  };
  const subscribe = (id: number, stream: string, parameter: unknown): boolean => {
    if (subscriptions.has(id) || subscriptions.size >= subscriptionLimit) return false;
    const undo = host.follow(
      stream,
      parameter,
      (notice) => tell({ kind: 'notice', id, notice }),
      () => isVisible,
    );
    if (undo !== undefined) subscriptions.set(id, undo);
    return undo !== undefined;
  };
  return {
    receive(text) {
      const message = read(text);
      if (message === null) return false;
      switch (message.kind) {
        case 'request':
          void host
            .answer(message.name, message.input)
            .then((answer) => tell({ kind: 'answer', id: message.id, answer }));
          return true;
        case 'subscribe':
          return subscribe(message.id, message.stream, message.parameter);
        case 'unsubscribe':
          subscriptions.get(message.id)?.();
          subscriptions.delete(message.id);
          return true;
        case 'visible':
          isVisible = message.visible;
          return true;
      }
    },
    close() {
      isOpen = false;
      for (const undo of subscriptions.values()) undo();
      subscriptions.clear();
    },
  };
}

function read(text: string): z.infer<typeof clientMessage> | null {
  try {
    const parsed = clientMessage.safeParse(decode(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
