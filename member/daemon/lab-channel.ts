/**
 * The member's end of the private channel to the lab that started it. Without one (a member started by hand) nothing
 * here does anything. When the channel closes the lab is gone, and the member goes at once.
 */
import type { FromMember, LinkFault, ToMember } from '../api/private-channel.ts';

export interface LabOrders {
  stop(): void;
  reload(): void;
  freeze(): void;
  linkFaults(faults: readonly LinkFault[]): void;
}

export interface LabChannel {
  readonly isOpen: boolean;
  tell(message: FromMember): void;
  /** From now on what the lab says is done. */
  obey(orders: LabOrders): void;
  /** Lets the process end. */
  close(): void;
}

export function openLabChannel(): LabChannel {
  if (process.send === undefined) {
    return { isOpen: false, tell: () => undefined, obey: () => undefined, close: () => undefined };
  }
  // A lab that died takes its members with it: a leftover would hold its ports.
  process.on('disconnect', () => process.exit(1));
  return {
    isOpen: true,
    tell(message) {
      if (process.connected) process.send?.(message, undefined, {}, () => undefined);
    },
    obey(orders) {
      process.on('message', (message: unknown) => {
        if (isOrder(message)) perform(message, orders);
      });
    },
    close() {
      process.removeAllListeners('disconnect');
      process.removeAllListeners('message');
      if (process.connected) process.disconnect();
    },
  };
}

function perform(message: ToMember, orders: LabOrders): void {
  switch (message.kind) {
    case 'stop':
      orders.stop();
      break;
    case 'reload':
      orders.reload();
      break;
    case 'freeze':
      orders.freeze();
      break;
    case 'link-faults':
      orders.linkFaults(message.faults);
      break;
    case 'thaw':
      // A frozen main thread hears nothing; the thread that holds it does.
      break;
  }
}

const orderKinds: ReadonlySet<unknown> = new Set<ToMember['kind']>(['stop', 'reload', 'freeze', 'thaw', 'link-faults']);

/** The lab is our own program of the same version; only the kind is looked at. */
function isOrder(message: unknown): message is ToMember {
  return typeof message === 'object' && message !== null && orderKinds.has(Reflect.get(message, 'kind'));
}
