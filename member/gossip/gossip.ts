/**
 * Membership by gossip: who is in the cluster and who is alive, in the wire format and with the behaviour of
 * hashicorp/memberlist (SWIM with the Lifeguard refinements), so that members and real memberlist nodes share one
 * cluster. `resources/docs/gossip.md` walks through the files.
 *
 * It guarantees that every member learns of every change in bounded time (gossip, and full sync where gossip
 * missed somebody), that a member that answers its probes is never declared dead, and that nothing that comes
 * from the network makes it throw or grow without bound. It must not know sockets, clocks, or what the metadata
 * of its members means.
 *
 * The machine is a value: `step` takes one input with its time and answers the outputs, in order. Same options,
 * same inputs, same outputs. To rejoin after a leave, or as another member, make a new one.
 */
import type { Millis } from '../base/deadline.ts';
import type { GossipInput } from './input.ts';
import type { GossipMember, GossipOutput } from './output.ts';

export interface Gossip {
  /** The first input is `start`. */
  step(input: GossipInput): readonly GossipOutput[];
  /** When to send the next `wake`, at the latest. */
  nextDeadline(): Millis;
  /** Every record held: ourselves, and dead and left ones that are not yet forgotten. Ordered by name. */
  members(): readonly GossipMember[];
  readonly name: string;
  /** 0 (well) to 7: how far this member doubts itself. */
  healthScore(): number;
}
