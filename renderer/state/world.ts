/**
 * The page's copy of the world: the host's last state, plus what only a reader of notices can know (how links
 * answer, why a member is suspected, what happened in the last hour). One reducer over snapshot, changes and
 * observations; pure, without React and without a clock: every input carries its time.
 */
import type { HostState } from '../../electron/contract/state.ts';
import type { Change, ObservationNotice, StateNotice } from '../../electron/contract/notices.ts';
import { unreachable } from '../../member/base/assert.ts';
import { emptyFacts, observe, type GossipFacts } from './gossip-facts.ts';
import { emptyHistory, recordState, type History } from './history.ts';

/** `lost` keeps the last state on screen, with its age. */
export type Connection = 'connecting' | 'live' | 'lost';

export interface World {
  readonly connection: Connection;
  /** Wall milliseconds of the last change of `connection`. */
  readonly connectionSince: number;
  readonly host: HostState | null;
  /** Number of the last notice taken in. */
  readonly seq: number;
  readonly facts: GossipFacts;
  readonly history: History;
}

export const emptyWorld: World = {
  connection: 'connecting',
  connectionSince: 0,
  host: null,
  seq: 0,
  facts: emptyFacts,
  history: emptyHistory,
};

const alertLimit = 1000;
const commandLimit = 500;

/** `gap` says that a notice is missing: the caller asks for a new snapshot; the world is unchanged then. */
export function takeStateNotice(
  world: World,
  notice: StateNotice,
  at: number,
): { readonly world: World; readonly gap: boolean } {
  if (notice.kind === 'snapshot') return { world: withHost(world, notice.state, notice.seq, at), gap: false };
  if (world.host === null || notice.seq !== world.seq + 1) return { world, gap: notice.seq > world.seq };
  let host = world.host;
  for (const change of notice.changes) host = applyChange(host, change);
  return { world: withHost(world, host, notice.seq, at), gap: false };
}

export function takeObservations(world: World, notices: readonly ObservationNotice[], at: number): World {
  const members = world.host?.members ?? [];
  const facts = observe(world.facts, notices, members, at);
  return facts === world.facts ? world : { ...world, facts };
}

export function takeConnection(world: World, connection: Connection, at: number): World {
  return world.connection === connection ? world : { ...world, connection, connectionSince: at };
}

function withHost(world: World, host: HostState, seq: number, at: number): World {
  return {
    ...world,
    connection: 'live',
    connectionSince: world.connection === 'live' ? world.connectionSince : at,
    host,
    seq,
    history: recordState(world.history, world.host, host, at),
  };
}

function applyChange(host: HostState, change: Change): HostState {
  switch (change.part) {
    case 'lab':
      return { ...host, lab: change.value };
    case 'member':
      return { ...host, members: upsert(host.members, change.value, (member) => member.name) };
    case 'member-gone':
      return { ...host, members: host.members.filter((member) => member.name !== change.name) };
    case 'topics':
      return { ...host, topics: change.value };
    case 'links':
      return { ...host, links: change.value };
    case 'faults':
      return { ...host, faults: change.value };
    case 'alert':
      return { ...host, alerts: upsertAlert(host.alerts, change.value) };
    case 'alerts-cleared':
      return { ...host, alerts: [] };
    case 'data':
      return { ...host, data: change.value };
    case 'scenario':
      return { ...host, scenario: change.value };
    case 'command':
      return { ...host, commands: withCommand(host.commands, change.value) };
    default:
      return unreachable(change);
  }
}

function upsert<T>(list: readonly T[], value: T, key: (value: T) => string): T[] {
  const index = list.findIndex((known) => key(known) === key(value));
  return index < 0 ? [...list, value] : list.with(index, value);
}

/** Newest first by event time; equal times keep their order of arrival. */
function upsertAlert(alerts: HostState['alerts'], value: HostState['alerts'][number]): HostState['alerts'] {
  const index = alerts.findIndex((known) => known.key === value.key);
  if (index >= 0) return alerts.with(index, value);
  const place = alerts.findIndex((known) => known.at <= value.at);
  return alerts.toSpliced(place < 0 ? alerts.length : place, 0, value).slice(0, alertLimit);
}

/** A running line is replaced by its outcome: same time and same text are the same command. */
function withCommand(commands: HostState['commands'], value: HostState['commands'][number]): HostState['commands'] {
  const index = commands.findLastIndex((known) => known.at === value.at && known.line === value.line);
  return index >= 0 ? commands.with(index, value) : [...commands, value].slice(-commandLimit);
}
