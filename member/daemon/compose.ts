/**
 * Composition: from ports to a running member. The daemon calls `startMember` with real adapters, the simulator with
 * simulated ones, so that what is simulated is the product. See `compose/ports.ts` for what goes in and
 * `compose/member.ts` for what comes out.
 */
export type { Member, MemberOptions, OperationError } from './compose/member.ts';
export type {
  ClockPort,
  GossipNetworkInput,
  GossipNetworkOutput,
  GossipNetworkPort,
  HandlerPort,
  MemberPorts,
  MemberRequest,
  MemberResponse,
  MemberRpc,
  SetAsidePort,
  StorePort,
} from './compose/ports.ts';
export { startMember } from './compose/start-member.ts';
