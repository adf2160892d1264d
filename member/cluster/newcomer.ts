/**
 * The newcomer's side of an invitation: it commits cluster ID, key, list and epoch in one transaction and only then
 * answers, so that it is a full member or stays as it was, never in between (D8).
 */
import { clusterId as toClusterId } from '../base/ids.ts';
import type { Adder } from './adding.ts';
import type { ClusterContext } from './cluster-context.ts';
import { isSameSecret } from './credentials.ts';
import { isSameDefinition } from './handler-table.ts';
import type { MembershipKeeper } from './membership-keeper.ts';
import type { HelloReply, HelloRequest, InviteReply, InviteRefusal, InviteRequest, SettleRequest } from './messages.ts';
import {
  deletion,
  departedWrite,
  handlerJson,
  handlerRowKey,
  handlerWrite,
  memberWrite,
  removedWrite,
} from './stored-state.ts';
import { describeVersionMismatch, findVersionMismatch } from './versions.ts';

/** An epoch further ahead than this is nobody's honest count. */
const epochStep = 1_000;

export class Newcomer {
  readonly #context: ClusterContext;
  readonly #keeper: MembershipKeeper;
  readonly #adder: Adder;
  readonly #settleSoon: () => void;

  constructor(context: ClusterContext, keeper: MembershipKeeper, adder: Adder, settleSoon: () => void) {
    this.#context = context;
    this.#keeper = keeper;
    this.#adder = adder;
    this.#settleSoon = settleSoon;
  }

  hello(request: HelloRequest): HelloReply {
    const { identity, departed, options } = this.#context;
    return {
      kind: 'hello',
      member: identity.memberId,
      clusterId: identity.clusterId,
      state: identity.state,
      epoch: this.#context.selfRecord().epoch,
      lastEpoch: identity.lastEpoch,
      departedEpoch: departed.get(request.clusterId) ?? 0,
      versions: options.versions,
      clusteringRefusal: options.clusteringRefusal,
    };
  }

  invited(token: number, request: InviteRequest): void {
    const refusal = this.#refusal(request);
    if (refusal !== null) return this.#context.answer(token, { kind: 'invite', outcome: refusal });
    const handlersSetAside = this.#join(request);
    const reply: InviteReply = {
      kind: 'invite',
      outcome: { kind: 'joined', record: this.#context.selfRecord(), handlersSetAside },
    };
    this.#context.answer(token, reply);
  }

  /** After this an invitation of that epoch is either a membership or can never become one. */
  settle(token: number, request: SettleRequest): void {
    const context = this.#context;
    const record = context.selfRecord();
    if (request.member !== context.self)
      return context.refuse(token, { kind: 'failed', reason: `this is member ${context.self}` });
    const isTaken =
      context.isInitialized && request.clusterId === context.identity.clusterId && record.epoch >= request.epoch;
    const isPlausible = request.epoch <= context.identity.lastEpoch + epochStep;
    if (!isTaken && isPlausible && request.epoch > context.identity.lastEpoch)
      context.setIdentity({ ...context.identity, lastEpoch: request.epoch });
    context.answer(token, { kind: 'settle-invitation', record: isTaken ? record : null });
  }

  #refusal(request: InviteRequest): InviteRefusal | null {
    const { options, identity, isInitialized } = this.#context;
    if (options.clusteringRefusal !== null) return { kind: 'refused', reason: options.clusteringRefusal };
    const versions = findVersionMismatch(options.versions, request.versions);
    if (!versions.ok) return { kind: 'refused', reason: describeVersionMismatch(versions.error) };
    if (options.joinSecret !== '' && !isSameSecret(options.joinSecret, request.joinSecret))
      return { kind: 'join-secret' };
    if (request.adder === identity.memberId) return { kind: 'refused', reason: 'it is the adder itself' };
    if (isInitialized) {
      if (request.clusterId !== identity.clusterId) return { kind: 'other-cluster', clusterId: identity.clusterId };
      return { kind: 'already-member', record: this.#context.selfRecord() };
    }
    if (request.epoch <= identity.lastEpoch) return { kind: 'stale' };
    if (request.epoch > identity.lastEpoch + epochStep)
      return { kind: 'refused', reason: `epoch ${request.epoch} is out of range` };
    if (!request.membership.members.some(({ id }) => id === request.adder))
      return { kind: 'refused', reason: 'the adder is not in its own list of members' };
    return this.#rival(request);
  }

  /** Invitations of our own that do not go together with joining somebody else's cluster. */
  #rival(request: InviteRequest): InviteRefusal | null {
    for (const { member } of this.#context.invitations.values()) {
      if (member !== request.adder) return { kind: 'busy', reason: `it is adding member ${member}` };
      if (this.#context.identity.clusterId > request.clusterId) continue;
      if (this.#adder.isInviting(member)) return { kind: 'invites-adder', clusterId: this.#context.identity.clusterId };
      this.#settleSoon();
      return { kind: 'busy', reason: 'its own invitation of the adder is not settled yet' };
    }
    return null;
  }

  #join(request: InviteRequest): readonly string[] {
    const context = this.#context;
    for (const member of context.invitations.keys()) this.#keeper.dropInvitation(member);
    const self = {
      ...context.profile(false),
      id: context.self,
      epoch: request.epoch,
      revision: 1,
      addedBy: request.adder,
    };
    // Somebody whom this member has invited before may still believe in the cluster that ends here.
    const left = context.credentials();
    context.departed.set(left.clusterId, left.epoch);
    context.write(departedWrite(left.clusterId, left.epoch));
    context.setIdentity({
      memberId: context.self,
      clusterId: toClusterId(request.clusterId),
      key: request.key,
      state: 'initialized',
      lastEpoch: request.epoch,
    });
    context.membership.reset(self);
    const { added, removed } = context.membership.merge(request.membership);
    for (const record of [self, ...added]) context.write(memberWrite(record));
    for (const removal of removed) context.write(removedWrite(removal));
    for (const { id } of added) context.statuses.met(id, context.wallMs);
    const handlersSetAside = this.#mergeHandlers(request);
    context.handlersChanged();
    context.observe({ kind: 'cluster-state', state: 'initialized', clusterId: request.clusterId, cause: 'joined' });
    context.observe({ kind: 'member-added', member: context.self, by: request.adder });
    context.updateMetadata();
    this.#keeper.afterChange();
    return handlersSetAside;
  }

  /** D9: the cluster's handlers win; ours with other IDs join the cluster, those that differ are set aside. */
  #mergeHandlers(request: InviteRequest): readonly string[] {
    const context = this.#context;
    const own = context.handlers.entries();
    for (const { key } of own) context.write(deletion('cluster-handlers', handlerRowKey(key)));
    context.handlers.clear();
    for (const entry of request.handlers) {
      context.clock.observe(entry.stamp);
      context.handlers.put(entry);
      context.write(handlerWrite(entry));
    }
    const setAside = own.filter(({ key, definition }) => {
      if (definition === null) return false;
      const held = context.handlers.definition(key);
      if (held !== undefined) return !isSameDefinition(held, definition);
      const entry = { key, stamp: context.clock.next(context.wallMs, context.self), definition, acks: [] };
      context.handlers.put(entry);
      context.write(handlerWrite(entry));
      return false;
    });
    if (setAside.length === 0) return [];
    context.setAside(`${request.clusterId}.${request.epoch}.conflicts`, {
      cluster: request.clusterId,
      member: context.self,
      epoch: request.epoch,
      by: request.adder,
      atWallMs: context.wallMs,
      handlers: setAside.map(handlerJson),
    });
    for (const { definition } of setAside) {
      if (definition === null) continue;
      context.observe({
        kind: 'handler-set-aside',
        topic: definition.topic,
        handler: definition.id,
        reason: 'the cluster has another handler of this ID',
      });
    }
    return setAside.map(({ key }) => key);
  }
}
