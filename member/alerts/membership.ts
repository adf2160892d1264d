import type { MemberId } from '../base/ids.ts';
import type { JsonValue } from '../base/store.ts';
import type { AlertsTable, MembersView } from './alerts-io.ts';
import { joinKey } from './event-key.ts';
import type { HandlingContext } from './handling.ts';
import { forgetAsked } from './owning.ts';
import { newPeer } from './peers.ts';
import { outboxRowKey, reassignOutbox, type ReceivedCopy } from './publishing.ts';
import type { AlertsState } from './state.ts';
import { startSync } from './sync.ts';
import { toWireRegister } from './topics.ts';

/**
 * The members changed: a link per other member, work for those that came back, sync with those that joined or
 * returned or when the owners changed. Copies that this member now owns itself are returned.
 */
export function followMembers(context: HandlingContext, view: MembersView): readonly ReceivedCopy[] {
  const { state } = context;
  const before = state.view;
  state.view = view;
  if (!view.isInitialized) {
    if (before.isInitialized) setAside(context);
    return [];
  }
  const wasAlive = new Set(before.members.filter(({ status }) => status === 'alive').map(({ id }) => id));
  const haveOwnersChanged = !before.isInitialized || view.ownersVersion !== before.ownersVersion;
  const present = new Set(view.members.map(({ id }) => id));
  const gone = new Set([...state.peers.keys()].filter((id) => !present.has(id)));
  for (const id of gone) state.peers.delete(id);
  for (const { id, status } of view.members) {
    if (id === state.options.self) continue;
    const peer = state.peers.get(id) ?? addPeer(state, id);
    if (status !== 'alive') continue;
    const isBack = !before.isInitialized || !wasAlive.has(id);
    if (isBack) peer.retryAtMs = state.nowMs;
    if (isBack || haveOwnersChanged) startSync(context, peer);
  }
  if (view.members.length <= 1) state.isSynced = true;
  const own = haveOwnersChanged ? reassignOutbox(state, context.out) : [];
  if (gone.size > 0) forgetAsked(context, gone);
  return own;
}

/** A link to a member that was not known: what the outbox holds for it waits on it. */
function addPeer(state: AlertsState, id: MemberId): ReturnType<typeof newPeer> {
  const peer = newPeer(id, state.nowMs);
  for (const entry of state.outbox.values()) if (entry.unacknowledged.has(id)) peer.publications.push(entry.sequence);
  state.peers.set(id, peer);
  return peer;
}

/** D11: this member was removed. What it held of the cluster is handed out to be kept, and no longer runs. */
function setAside({ state, out }: HandlingContext): void {
  const rows: [AlertsTable, string, JsonValue][] = [];
  for (const topic of state.topics.values()) {
    if (topic.isInline) continue;
    for (const [event, register] of topic.events)
      rows.push(['alert-registers', joinKey([topic.id, event]), { ...toWireRegister(topic.id, event, register) }]);
    state.topics.delete(topic.id);
  }
  for (const [table, key] of rows) out.write(table, key, null);
  for (const sequence of state.outbox.keys()) out.write('alert-outbox', outboxRowKey(sequence), null);
  for (const key of state.pending.keys()) out.write('alert-pending', key, null);
  for (const key of state.completed.keys()) out.write('alert-completed', key, null);
  for (const topic of state.deletions.keys()) out.write('alert-deletions', topic.slice(0, 300), null);
  for (const key of state.pending.keys()) state.timers.clear(`pending ${key}`);
  for (const map of [
    state.outbox,
    state.pending,
    state.completed,
    state.completedHashes,
    state.deletions,
    state.peers,
    state.calls,
  ])
    map.clear();
  state.timers.clear('sync');
  state.isSynced = false;
  out.afterDisk({ kind: 'set-aside', rows });
}
