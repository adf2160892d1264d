/** What the parts of the cluster core share: the state, the current time, and the outputs of the step under way. */
import { present } from '../base/assert.ts';
import type { Millis } from '../base/deadline.ts';
import { memberId, randomUuid, clusterId, type ClusterId, type MemberId } from '../base/ids.ts';
import type { ClusterObservation } from '../base/observation.ts';
import type { Random } from '../base/random.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { JsonValue, StoreWrite } from '../base/store.ts';
import type { CallPurpose } from './call-purpose.ts';
import type { ClusterError, ClusterOptions, ClusterOutput, ClusterReply } from './cluster-io.ts';
import type { Credentials, Refusal } from './credentials.ts';
import { HandlerTable } from './handler-table.ts';
import { createHybridClock, type HybridClock } from './hybrid-clock.ts';
import { Membership } from './membership.ts';
import type { MemberProfile, MemberRecord } from './member-record.ts';
import type { ClusterRequest, ClusterResponse } from './messages.ts';
import { encodeMetadata } from './metadata.ts';
import { StatusBoard } from './status-board.ts';
import {
  identityWrite,
  invitationWrite,
  memberWrite,
  type Identity,
  type Invitation,
  type StoredState,
} from './stored-state.ts';

export class ClusterContext {
  readonly options: ClusterOptions;
  readonly membership = new Membership();
  readonly clock: HybridClock = createHybridClock();
  readonly handlers: HandlerTable;
  readonly statuses = new StatusBoard();
  readonly departed: Map<string, number>;
  readonly invitations = new Map<MemberId, Invitation>();
  identity: Identity;
  /** The membership that this process has left last: names what is set aside. */
  departure: { readonly clusterId: ClusterId; readonly epoch: number } | undefined;
  nowMs: Millis = 0;
  wallMs = 0;

  readonly #calls = new Map<number, CallPurpose>();
  #nextCall = 1;
  #early: ClusterOutput[] = [];
  #writes: StoreWrite[] = [];
  #late: ClusterOutput[] = [];
  #isMembersChanged = false;
  #isHandlersChanged = false;

  constructor(options: ClusterOptions, stored: StoredState) {
    this.options = options;
    this.departed = new Map(stored.departed);
    this.handlers = new HandlerTable(this.clock, stored.handlers);
    for (const invitation of stored.invitations) this.invitations.set(invitation.member, invitation);
    this.membership.merge({ members: stored.members, removed: stored.removed });
    this.identity = stored.identity ?? this.#firstIdentity();
    this.#refreshSelf(stored.identity === undefined);
  }

  get self(): MemberId {
    return this.identity.memberId;
  }

  get isInitialized(): boolean {
    return this.identity.state === 'initialized';
  }

  selfRecord(): MemberRecord {
    return present(this.membership.get(this.self), 'own membership record');
  }

  /** Other members. */
  peers(): readonly MemberRecord[] {
    return this.membership.members().filter(({ id }) => id !== this.self);
  }

  credentials(): Credentials {
    const { clusterId, key } = this.identity;
    return { clusterId, key, member: this.self, epoch: this.selfRecord().epoch };
  }

  /** Fails only before the start, where it stops the member. */
  metadata(): Result<Uint8Array, string> {
    const record = this.selfRecord();
    return encodeMetadata({
      clusterId: this.identity.clusterId,
      epoch: record.epoch,
      revision: record.revision,
      profile: record,
    });
  }

  /** The profile that this member's options give it. */
  profile(mayOwn: boolean): MemberProfile {
    const { addresses, roles, versions, redundancy, delayPerMemberMs } = this.options;
    return { ...addresses, roles, versions, redundancy, delayPerMemberMs, mayOwn };
  }

  freshKey(): string {
    return Array.from({ length: 8 }, () => this.random.nextUint32().toString(16).padStart(8, '0')).join('');
  }

  get random(): Random {
    return this.options.random;
  }

  /** Rows of this step: one transaction, before everything that the step sends or answers. */
  write(...writes: readonly StoreWrite[]): void {
    this.#writes.push(...writes);
  }

  emit(output: ClusterOutput): void {
    this.#late.push(output);
  }

  observe(observation: ClusterObservation): void {
    this.emit({ kind: 'observe', observation });
  }

  reply(request: number, result: Result<ClusterReply, ClusterError>): void {
    this.emit({ kind: 'reply', request, result });
  }

  fail(request: number, code: ClusterError['code'], message: string): void {
    this.reply(request, err({ code, message }));
  }

  answer(token: number, response: ClusterResponse): void {
    this.emit({ kind: 'answer-call', token, answer: ok(response) });
  }

  refuse(token: number, refusal: Refusal): void {
    this.emit({ kind: 'answer-call', token, answer: err(refusal) });
  }

  call(
    purpose: CallPurpose,
    address: string,
    request: ClusterRequest,
    timeoutMs: Millis,
    credentials: Credentials | null = this.credentials(),
  ): void {
    const call = this.#nextCall++;
    this.#calls.set(call, purpose);
    this.emit({ kind: 'call', call, address, request, credentials, timeoutMs });
  }

  /** Undefined for a call whose end nobody waits for any more. */
  takeCall(call: number): CallPurpose | undefined {
    const purpose = this.#calls.get(call);
    this.#calls.delete(call);
    return purpose;
  }

  /** No end of a call that is still under way matters now. */
  forgetCalls(): void {
    this.#calls.clear();
  }

  /** Before anything durable of this step: what leaves the running member with the membership (D11). */
  setAside(name: string, content: JsonValue): void {
    this.#early.push({ kind: 'set-aside', name, content });
  }

  /** On becoming uninitialized the alerts core empties its tables first: a crash in between leaves a member that still has to leave. */
  membersLeftEarly(): void {
    this.#early.push({ kind: 'members-changed' }, { kind: 'handlers-changed' });
  }

  membersChanged(): void {
    this.#isMembersChanged = true;
  }

  handlersChanged(): void {
    this.#isHandlersChanged = true;
  }

  updateMetadata(): void {
    const meta = this.metadata();
    if (meta.ok) this.emit({ kind: 'update-metadata', meta: meta.value });
  }

  setIdentity(identity: Identity): void {
    this.identity = identity;
    this.write(identityWrite(identity));
  }

  /** A change of this member's own profile. */
  reviseSelf(profile: Partial<MemberProfile>): void {
    const record = this.selfRecord();
    const revised = { ...record, ...profile, revision: record.revision + 1 };
    this.membership.put(revised);
    this.write(memberWrite(revised));
    this.membersChanged();
  }

  saveInvitation(invitation: Invitation): void {
    this.invitations.set(invitation.member, invitation);
    this.write(invitationWrite(invitation));
  }

  takeOutputs(): readonly ClusterOutput[] {
    const outputs = this.#early;
    if (this.#writes.length > 0) outputs.push({ kind: 'persist', batch: { durability: 'sync', writes: this.#writes } });
    // Handlers first: with the members the alerts core takes up events that waited for them.
    if (this.#isHandlersChanged) outputs.push({ kind: 'handlers-changed' });
    if (this.#isMembersChanged) outputs.push({ kind: 'members-changed' });
    outputs.push(...this.#late);
    this.#early = [];
    this.#writes = [];
    this.#late = [];
    this.#isMembersChanged = false;
    this.#isHandlersChanged = false;
    return outputs;
  }

  #firstIdentity(): Identity {
    const { importedIds } = this.options;
    const member = importedIds?.memberId ?? randomUuid(this.random);
    const cluster = importedIds?.clusterId ?? randomUuid(this.random);
    return {
      memberId: memberId(member),
      clusterId: clusterId(cluster),
      key: this.freshKey(),
      state: 'uninitialized',
      lastEpoch: 1,
    };
  }

  /** The stored record of this member, brought up to the options it was started with. */
  #refreshSelf(isFirstStart: boolean): void {
    const stored = this.membership.get(this.self);
    if (isFirstStart || stored === undefined) {
      const record = {
        ...this.profile(true),
        id: this.self,
        epoch: this.identity.lastEpoch,
        revision: 1,
        addedBy: this.self,
      };
      this.membership.put(record);
      this.write(identityWrite(this.identity), memberWrite(record));
      return;
    }
    const current = { ...stored, ...this.profile(stored.mayOwn) };
    if (JSON.stringify(current) !== JSON.stringify(stored)) this.reviseSelf(this.profile(stored.mayOwn));
  }
}
