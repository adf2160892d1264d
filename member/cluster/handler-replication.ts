/** How handlers reach all members: pushed when they change, compared where two members' digests differ. */
import type { MemberId } from '../base/ids.ts';
import type { Result } from '../base/result.ts';
import type { ClusterContext } from './cluster-context.ts';
import type { HandlerChanging } from './handler-changing.ts';
import { membershipKey, type HandlerEntry } from './handler-entry.ts';
import { takeChunk } from './handler-table.ts';
import { handlerNames, type MembershipKeeper } from './membership-keeper.ts';
import type { ClusterResponse, PushHandlersRequest, SyncHandlersReply, SyncHandlersRequest } from './messages.ts';
import type { RpcFailure } from './rpc-port.ts';
import { deletion, handlerRowKey, handlerWrite } from './stored-state.ts';

const pushTimeoutMs = 5_000;

export class HandlerReplication {
  readonly #context: ClusterContext;
  readonly #keeper: MembershipKeeper;
  /** Comparing again once more than this often in a row must wait for the next regular sync. */
  readonly #rounds = new Map<MemberId, number>();

  constructor(context: ClusterContext, keeper: MembershipKeeper) {
    this.#context = context;
    this.#keeper = keeper;
  }

  /** A change made here: durable, in force, and on its way to the others. */
  changeHere(entries: readonly HandlerEntry[], changing: HandlerChanging): void {
    for (const entry of entries) this.#put(entry);
    this.#context.handlersChanged();
    for (const peer of this.#context.peers()) {
      const isAwaited = this.#context.statuses.of(peer.id).status === 'alive';
      this.#push(peer.id, peer.rpc, entries, isAwaited ? changing : null);
      if (isAwaited) changing.waiting.add(peer.id);
    }
    this.#keeper.collectTombstones();
  }

  /** The peer's digest, from a regular sync. */
  compareWith(member: MemberId, theirDigest: string): void {
    const { handlers } = this.#context;
    const record = this.#context.membership.get(member);
    if (record === undefined) return;
    if (handlers.digest() !== theirDigest) return this.#compare(member, record.rpc);
    this.#rounds.delete(member);
    // It holds the same entries, tombstones included.
    const tombstones = handlers.tombstones();
    if (tombstones.length === 0) return;
    this.#keeper.acknowledge(
      tombstones.map(({ key }) => key),
      [membershipKey(member, record.epoch), this.#ownMembership()],
    );
    this.#keeper.collectTombstones();
  }

  answerSync(token: number, { summary }: SyncHandlersRequest): void {
    const { handlers } = this.#context;
    const own = this.#ownMembership();
    const collected = summary
      .filter((item) => item.isDeleted && item.acks.includes(own) && handlers.get(item.key) === undefined)
      .map(({ key }) => key);
    for (const item of summary) if (item.isDeleted) this.#acknowledgeSame(item.key, item);
    const { newer, hasMore, wanted } = handlers.compare(summary);
    const acks = handlers
      .tombstones()
      .map(({ key, stamp, acks: held }) => ({ key, stamp, acks: [...new Set([...held, own])] }));
    this.#keeper.collectTombstones();
    this.#context.answer(token, {
      kind: 'sync-handlers',
      newer,
      hasMore,
      wanted: wanted.filter((key) => !collected.includes(key)),
      collected,
      acks,
    });
  }

  answerPush(token: number, { entries }: PushHandlersRequest): void {
    const refused = this.#take(entries);
    this.#context.answer(token, { kind: 'push-handlers', refused });
  }

  /** The end of `sync-handlers`; false when the two still have to compare. */
  compared(member: MemberId, result: Result<ClusterResponse, RpcFailure>): boolean {
    const record = this.#context.membership.get(member);
    if (record === undefined) return true;
    if (!result.ok || result.value.kind !== 'sync-handlers') return false;
    const reply: SyncHandlersReply = result.value;
    const refused = new Set(this.#take(reply.newer));
    for (const acks of reply.acks) this.#acknowledgeSame(acks.key, acks);
    for (const key of reply.collected) this.#dropCollected(key);
    this.#keeper.collectTombstones();
    const wanted = reply.wanted.flatMap((key) => this.#context.handlers.get(key) ?? []);
    if (wanted.length > 0) this.#push(member, record.rpc, wanted, null);
    const round = this.#rounds.get(member) ?? 0;
    this.#rounds.set(member, round + 1);
    if (reply.hasMore && refused.size === 0 && round < 1_000) this.#compare(member, record.rpc);
    return true;
  }

  /** The end of `push-handlers`; true when the peer has taken all that it was sent. */
  pushed(
    member: MemberId,
    entries: readonly HandlerEntry[],
    rest: readonly HandlerEntry[],
    result: Result<ClusterResponse, RpcFailure>,
  ): boolean {
    const record = this.#context.membership.get(member);
    if (record === undefined || !result.ok || result.value.kind !== 'push-handlers') return false;
    const { refused } = result.value;
    const acks = [membershipKey(member, record.epoch)];
    this.#keeper.acknowledge(
      entries.filter((entry) => entry.definition === null && !refused.includes(entry.key)).map(({ key }) => key),
      acks,
    );
    this.#keeper.collectTombstones();
    if (rest.length > 0) this.#push(member, record.rpc, rest, null);
    return refused.length === 0;
  }

  clear(): void {
    this.#rounds.clear();
  }

  #compare(member: MemberId, rpc: string): void {
    this.#context.call(
      { kind: 'sync-handlers', member },
      rpc,
      { kind: 'sync-handlers', summary: this.#context.handlers.summary() },
      pushTimeoutMs,
    );
  }

  #push(member: MemberId, rpc: string, entries: readonly HandlerEntry[], changing: HandlerChanging | null): void {
    const chunk = takeChunk(entries);
    const purpose = {
      kind: 'push-handlers',
      member,
      entries: chunk,
      rest: entries.slice(chunk.length),
      changing,
    } as const;
    this.#context.call(purpose, rpc, { kind: 'push-handlers', entries: chunk }, pushTimeoutMs);
  }

  /** Entries of another member; answers the keys of those that are too far ahead. */
  #take(entries: readonly HandlerEntry[]): readonly string[] {
    const context = this.#context;
    const refused: string[] = [];
    let isChanged = false;
    for (const entry of entries) {
      const held = context.handlers.get(entry.key);
      const outcome = context.handlers.apply(entry, context.wallMs);
      if (outcome === 'ahead') {
        refused.push(entry.key);
        context.observe({ kind: 'clock-ahead', member: entry.stamp.by, aheadMs: entry.stamp.ms - context.wallMs });
      } else if (outcome === 'applied') {
        isChanged = true;
        this.#observe(entry, held);
        this.#put(entry);
      } else if (entry.definition === null) {
        this.#acknowledgeSame(entry.key, entry);
      }
    }
    if (isChanged) context.handlersChanged();
    this.#keeper.collectTombstones();
    return refused;
  }

  #put(entry: HandlerEntry): void {
    const acks = entry.definition === null ? [...new Set([...entry.acks, this.#ownMembership()])].sort() : [];
    const held = { ...entry, acks };
    this.#context.handlers.put(held);
    this.#context.write(handlerWrite(held));
  }

  #acknowledgeSame(key: string, { stamp, acks }: Pick<HandlerEntry, 'stamp' | 'acks'>): void {
    const entry = this.#context.handlers.acknowledge({ key, stamp, acks });
    if (entry !== undefined) this.#context.write(handlerWrite(entry));
  }

  /** The peer has held this tombstone and dropped it, so everybody has acknowledged it. */
  #dropCollected(key: string): void {
    const held = this.#context.handlers.get(key);
    if (held === undefined || held.definition !== null) return;
    this.#context.handlers.drop(key);
    this.#context.write(deletion('cluster-handlers', handlerRowKey(key)));
  }

  #observe(entry: HandlerEntry, held: HandlerEntry | undefined): void {
    const isNew = held === undefined || held.definition === null;
    if (entry.definition === null && isNew) return;
    const change = entry.definition === null ? 'deleted' : isNew ? 'created' : 'updated';
    this.#context.observe({ kind: 'handler-changed', ...handlerNames(entry.key), change, by: entry.stamp.by });
  }

  #ownMembership(): string {
    return membershipKey(this.#context.self, this.#context.selfRecord().epoch);
  }
}
