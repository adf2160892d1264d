/**
 * The cluster: who belongs to it, how members are added and removed (cluster.md 5 and 6), and what all of them share:
 * the member list and the standalone handlers.
 *
 * It guarantees that an acknowledged change is durable and reaches every member, that a removed membership never comes
 * back, and that no two sets of members hold one cluster ID for good. It must not know sockets, gRPC, disks or clocks,
 * nor what a handler does with an event.
 *
 * The core is a value: `step` takes one input with its time and answers the outputs, in order.
 */
import type { Millis } from '../base/deadline.ts';
import { earliest, never } from '../base/deadline.ts';
import { isUuid, memberId, type MemberId } from '../base/ids.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { GossipEvent } from '../gossip/output.ts';
import type { OfferedMember } from '../gossip/options.ts';
import { Adder } from './adding.ts';
import { unreachable } from '../base/assert.ts';
import type { CallPurpose } from './call-purpose.ts';
import { ClusterContext } from './cluster-context.ts';
import type { ClusterInput, ClusterOptions, ClusterOutput } from './cluster-io.ts';
import { Contacts } from './contacts.ts';
import { isSameSecret, type Credentials, type Refusal } from './credentials.ts';
import type { HandlerDefinition } from './handler-definition.ts';
import { HandlerChanger } from './handler-changing.ts';
import { HandlerReplication } from './handler-replication.ts';
import { MembershipKeeper } from './membership-keeper.ts';
import type { MemberRecord } from './member-record.ts';
import { isOpenToStrangers, type ClusterRequest, type ClusterResponse, type ClusterState } from './messages.ts';
import { decodeMetadata } from './metadata.ts';
import { Newcomer } from './newcomer.ts';
import { Remover } from './removing.ts';
import type { RpcFailure } from './rpc-port.ts';
import { agreeOnSettings, findSettingsMismatches, type AgreedSettings } from './settings-agreement.ts';
import type { StatusSeen } from './status-board.ts';
import { readStoredState, type Identity, type StoredState } from './stored-state.ts';
import { describeVersionMismatch, findVersionMismatch } from './versions.ts';

export interface SeenMember {
  readonly record: MemberRecord;
  readonly seen: StatusSeen;
}

/** An error is a line for the log: what of the stored or configured state stops the start. */
export function createCluster(options: ClusterOptions): Result<Cluster, string> {
  const stored = readStoredState(options.rows);
  if (!stored.ok) return stored;
  const cluster = new Cluster(options, stored.value);
  const meta = cluster.metadata();
  return meta.ok ? ok(cluster) : err(meta.error);
}

export class Cluster {
  readonly #context: ClusterContext;
  readonly #keeper: MembershipKeeper;
  readonly #adder: Adder;
  readonly #newcomer: Newcomer;
  readonly #remover: Remover;
  readonly #replication: HandlerReplication;
  readonly #changer: HandlerChanger;
  readonly #contacts: Contacts;
  readonly #storedStatuses: StoredState['statuses'];
  #isStarted = false;

  constructor(options: ClusterOptions, stored: StoredState) {
    this.#context = new ClusterContext(options, stored);
    this.#keeper = new MembershipKeeper(this.#context, () => this.#left());
    this.#adder = new Adder(this.#context, this.#keeper);
    this.#remover = new Remover(this.#context, this.#keeper);
    this.#replication = new HandlerReplication(this.#context, this.#keeper);
    this.#changer = new HandlerChanger(this.#context, this.#replication);
    this.#contacts = new Contacts(this.#context, {
      keeper: this.#keeper,
      handlers: this.#replication,
      remover: this.#remover,
      isInviting: (member) => this.#adder.isInviting(member),
    });
    this.#newcomer = new Newcomer(this.#context, this.#keeper, this.#adder, () => this.#contacts.settleSoon());
    this.#storedStatuses = stored.statuses;
  }

  step(input: ClusterInput): readonly ClusterOutput[] {
    const context = this.#context;
    context.nowMs = input.nowMs;
    context.wallMs = input.wallMs;
    this.#take(input);
    // What gossip says before the start is kept for it: nobody is to act on half of what the store holds.
    if (!this.#isStarted) return [];
    this.#adder.progress();
    this.#contacts.progress();
    this.#remover.progress();
    this.#changer.progress();
    return context.takeOutputs();
  }

  /** When to step with `wake`, at the latest. */
  nextDeadline(): Millis {
    return earliest(
      this.#adder.nextDeadline(),
      this.#contacts.nextDeadline(),
      this.#remover.nextDeadline(),
      this.#changer.nextDeadline(),
      never,
    );
  }

  get identity(): Identity {
    return this.#context.identity;
  }

  get state(): ClusterState {
    return this.#context.identity.state;
  }

  /** The membership that this process has left last. */
  get departure(): ClusterContext['departure'] {
    return this.#context.departure;
  }

  credentials(): Credentials {
    return this.#context.credentials();
  }

  metadata(): Result<Uint8Array, string> {
    return this.#context.metadata();
  }

  /** Everybody who is not removed, this member included, by ID. */
  members(): readonly SeenMember[] {
    const { membership, statuses, self } = this.#context;
    return membership.members().map((record) => {
      const seen = statuses.of(record.id);
      // In its own eyes this member is alive, also before its gossip has begun and while it begins again.
      return { record, seen: record.id === self ? { ...seen, status: 'alive' } : seen };
    });
  }

  /** Where a member answers calls; undefined when it is none. */
  rpcAddress(member: MemberId): string | undefined {
    return this.#context.membership.get(member)?.rpc;
  }

  ownersVersion(): number {
    return this.#context.membership.ownersVersion();
  }

  settings(): AgreedSettings {
    return agreeOnSettings(this.#context.membership.members());
  }

  handlers(): readonly HandlerDefinition[] {
    return this.#context.handlers.definitions();
  }

  /** What is wrong but bearable (D6, D28). */
  warnings(): readonly string[] {
    const warnings = findSettingsMismatches(this.#context.membership.members()).map(({ setting, values }) => {
      const told = Object.entries(values).map(([member, value]) => `${member} has ${value}`);
      return `members differ in ${setting}, the largest holds: ${told.join(', ')}`;
    });
    if (this.#isOpenToAnyAdder()) warnings.push(openToAnyAdder);
    return warnings;
  }

  /** Whether a caller may be listened to (D28, D10). `request` null: of another core, which members alone may send. */
  admit(credentials: Credentials | null, request: ClusterRequest | null): Refusal | null {
    if (request !== null && isOpenToStrangers(request)) return null;
    const { identity, departed, membership, self } = this.#context;
    if (credentials === null) return { kind: 'unauthenticated', clusterId: identity.clusterId };
    // Removals are remembered for ever, also those of a cluster that this member has left meanwhile.
    const removal = membership.removal(credentials.member);
    if (removal !== undefined && removal.clusterId === credentials.clusterId && credentials.epoch <= removal.epoch) {
      return {
        kind: 'removed',
        clusterId: removal.clusterId,
        member: removal.id,
        epoch: removal.epoch,
        by: removal.by,
      };
    }
    if (credentials.clusterId === identity.clusterId && isSameSecret(credentials.key, identity.key)) return null;
    const epoch = departed.get(credentials.clusterId);
    if (epoch === undefined) return { kind: 'unauthenticated', clusterId: identity.clusterId };
    return { kind: 'departed', clusterId: credentials.clusterId, member: self, epoch };
  }

  /** D29: why a gossip record is not taken, or null. */
  vetoGossip(offered: OfferedMember): string | null {
    const { identity, membership, options } = this.#context;
    const metadata = decodeMetadata(offered.meta);
    if (!isUuid(offered.name) || metadata === undefined) return 'it has no metadata of a member';
    if (metadata.clusterId !== identity.clusterId) return `it belongs to cluster ${metadata.clusterId}`;
    if (metadata.epoch <= membership.removedEpoch(memberId(offered.name))) return 'it was removed';
    const versions = findVersionMismatch(options.versions, metadata.profile.versions);
    return versions.ok ? null : describeVersionMismatch(versions.error);
  }

  #take(input: ClusterInput): void {
    switch (input.kind) {
      case 'start':
        return this.#start();
      case 'wake':
        return;
      case 'command':
        return this.#command(input);
      case 'call':
        return this.#called(input.token, input.credentials, input.request);
      case 'called': {
        const purpose = this.#context.takeCall(input.call);
        return purpose === undefined ? undefined : this.#ended(purpose, input.result);
      }
      case 'refused':
        return this.#keeper.refused(input.member, input.refusal);
      case 'gossip-event':
        return this.#heard(input.event);
      case 'gossip-joined':
        return this.#contacts.dialled(input.member, input.isReached);
      case 'topics-synced':
        return this.#mayOwn();
      default:
        return unreachable(input);
    }
  }

  #start(): void {
    const context = this.#context;
    this.#isStarted = true;
    for (const { id } of context.peers()) context.statuses.restore(id, this.#storedStatuses.get(id), context.wallMs);
    context.statuses.met(context.self, context.wallMs);
    context.observe({
      kind: 'cluster-state',
      state: context.identity.state,
      clusterId: context.identity.clusterId,
      cause: 'start',
    });
    if (this.#isOpenToAnyAdder()) context.observe({ kind: 'health-warning', reason: openToAnyAdder });
    context.membersChanged();
    context.handlersChanged();
    this.#keeper.checkSettings();
  }

  #command({ request, command }: Extract<ClusterInput, { kind: 'command' }>): void {
    switch (command.kind) {
      case 'add-member':
        return this.#adder.start(request, command.rpc);
      case 'remove-member':
        return this.#remover.start(request, command.id);
      case 'change-handler':
        return this.#changer.start(request, command.change, command.owners);
      default:
        return unreachable(command);
    }
  }

  #called(token: number, credentials: Credentials | null, request: ClusterRequest): void {
    const context = this.#context;
    const refusal = this.admit(credentials, request);
    if (refusal !== null) return context.refuse(token, refusal);
    switch (request.kind) {
      case 'hello':
        return context.answer(token, this.#newcomer.hello(request));
      case 'invite':
        return this.#newcomer.invited(token, request);
      case 'settle-invitation':
        return this.#newcomer.settle(token, request);
      case 'sync-members':
        this.#keeper.take(request.membership);
        if (credentials !== null) this.#contacts.heardFrom(credentials.member);
        return this.#answerSync(token, credentials);
      case 'sync-handlers':
        return this.#replication.answerSync(token, request);
      case 'push-handlers':
        return this.#replication.answerPush(token, request);
      case 'tell-removed':
        return this.#remover.tell(token, request);
      case 'probe':
        return context.answer(token, { kind: 'probe' });
      default:
        return unreachable(request);
    }
  }

  /** What came may have ended this member's own membership, or the caller's. */
  #answerSync(token: number, credentials: Credentials | null): void {
    const refusal = this.admit(credentials, null);
    if (refusal !== null) return this.#context.refuse(token, refusal);
    this.#context.answer(token, {
      kind: 'sync-members',
      membership: this.#context.membership.state(),
      handlersDigest: this.#context.handlers.digest(),
    });
  }

  #ended(purpose: CallPurpose, result: Result<ClusterResponse, RpcFailure>): void {
    switch (purpose.kind) {
      case 'adding':
        return this.#adder.ended(purpose.adding, result);
      case 'settling':
        return this.#contacts.settled(purpose.member, result);
      case 'sync-members':
        return this.#contacts.synced(purpose.member, purpose.generation, result);
      case 'sync-handlers':
        if (!this.#replication.compared(purpose.member, result)) this.#contacts.compareSoon(purpose.member);
        return;
      case 'push-handlers':
        if (!this.#replication.pushed(purpose.member, purpose.entries, purpose.rest, result))
          this.#contacts.compareSoon(purpose.member);
        if (purpose.changing !== null) this.#changer.pushEnded(purpose.changing, purpose.member);
        return;
      case 'telling':
        return this.#remover.toldEnded(purpose.member, result);
      case 'farewell':
        return this.#remover.farewellEnded(purpose.removing, purpose.member);
      case 'probing':
        return this.#changer.probeEnded(purpose.changing, purpose.member, result.ok);
      default:
        return unreachable(purpose);
    }
  }

  #heard(event: GossipEvent): void {
    const context = this.#context;
    if (event.kind === 'forgotten') return this.#forgotten(event.name);
    if (event.kind !== 'status' || !isUuid(event.member.name)) return;
    const id = memberId(event.member.name);
    // Gossip may know a member before its membership has come; that is kept until then.
    if (!context.statuses.heard(id, event.member, context.wallMs) || context.membership.get(id) === undefined) return;
    const { status } = event.member;
    if (status === 'alive') this.#contacts.hurry(id);
    const stored = status === 'suspect' ? 'alive' : status;
    if (id !== context.self)
      context.emit({
        kind: 'persist',
        batch: { durability: 'group', writes: [{ table: 'cluster-statuses', key: id, value: stored }] },
      });
    context.membersChanged();
  }

  #forgotten(name: string): void {
    const { statuses, membership } = this.#context;
    if (!isUuid(name)) return;
    const id = memberId(name);
    if (membership.get(id) === undefined) statuses.drop(id);
    else statuses.forgotten(id);
  }

  #mayOwn(): void {
    if (this.#context.selfRecord().mayOwn) return;
    this.#context.reviseSelf({ mayOwn: true });
    this.#context.updateMetadata();
  }

  #isOpenToAnyAdder(): boolean {
    const { options, isInitialized } = this.#context;
    return options.isReachableFromOutside && options.joinSecret === '' && !isInitialized;
  }

  /** The keeper has taken this member out of its cluster. */
  #left(): void {
    this.#adder.abort();
    this.#remover.abort();
    this.#changer.abort();
    this.#contacts.clear();
    this.#replication.clear();
    this.#context.statuses.met(this.#context.self, this.#context.wallMs);
  }
}

const openToAnyAdder =
  'the RPC service is reachable from outside and [rpc] join-secret is empty, so every member may add this one to its cluster';
