/**
 * The private channel between the lab's supervisor and a member it started: Node's IPC channel, JSON messages.
 * It exists only for members of a lab; a member whose channel closes exits at once.
 */

/** One direction of one link of this member, applied in its own socket adapters, to UDP and TCP alike (D30). */
export interface LinkFault {
  /** Host and port of the peer's gossip and RPC services: what is sent there is affected. */
  readonly peerAddresses: readonly string[];
  /** Packets vanish, streams stall, new dials time out; nothing is refused. */
  readonly cut: boolean;
  readonly delayMs: number;
  readonly jitterMs: number;
  /** 0 to 1; packets only. */
  readonly loss: number;
}

export type ToMember =
  | { readonly kind: 'stop' }
  | { readonly kind: 'reload' }
  /** Where SIGSTOP does not exist: block the main thread until `thaw`. */
  | { readonly kind: 'freeze' }
  | { readonly kind: 'thaw' }
  /** Replaces all faults in force. */
  | { readonly kind: 'link-faults'; readonly faults: readonly LinkFault[] };

export type FromMember =
  | {
      readonly kind: 'listening';
      readonly memberId: string;
      readonly clusterId: string;
      readonly api: string;
      readonly rpc: string;
      readonly gossip: string;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * A member that blocks its own main thread hears no message: the lab thaws it with a file of this name in the system's
 * folder for temporary files, which a helper thread of the member looks for and removes.
 */
export function thawFileName(pid: number): string {
  return `kapacitor-lab-thaw-${pid}`;
}
