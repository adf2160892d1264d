import { levelOfRank, levelRank } from './level.ts';
import { joinKey } from './event-key.ts';
import { textHash } from './murmur3.ts';
import type { WireRegister } from './messages.ts';
import type { Outgoing } from './outgoing.ts';
import type { Level, Publication } from './publication.ts';
import type { AlertsState, Register, Topic } from './state.ts';

export function newTopic(id: string, isInline: boolean): Topic {
  return { id, isInline, events: new Map(), levelCounts: [0, 0, 0, 0], collected: 0, hash: null };
}

/** The topic, made if it does not exist: by a publication or by a handler defined on it. */
export function ensureTopic(state: AlertsState, id: string): Topic {
  const known = state.topics.get(id);
  if (known !== undefined) return known;
  const made = newTopic(id, false);
  state.topics.set(id, made);
  return made;
}

/** The worst level of a topic's events; OK without any. */
export function topicLevel(topic: Topic): Level {
  for (let rank = 3; rank > 0; rank--) if ((topic.levelCounts[rank] ?? 0) > 0) return levelOfRank(rank);
  return 'OK';
}

export function setRegister(topic: Topic, event: string, register: Register): void {
  const before = topic.events.get(event);
  if (before !== undefined) topic.levelCounts[index(before.level)]--;
  topic.levelCounts[index(register.level)]++;
  topic.events.set(event, register);
  topic.hash = null;
}

function index(level: Level): 0 | 1 | 2 | 3 {
  // Levels have exactly these ranks.
  return levelRank(level) as 0 | 1 | 2 | 3;
}

/** Order of registers (D23): event time, then level, then member; positive when `a` wins. */
export function compareRegisters(a: Register, b: Register): number {
  if (a.timeNs !== b.timeNs) return a.timeNs > b.timeNs ? 1 : -1;
  if (a.level !== b.level) return levelRank(a.level) - levelRank(b.level);
  return a.member === b.member ? 0 : a.member > b.member ? 1 : -1;
}

/** Takes a register over if it is newer than what is held; true when it was. */
export function mergeRegister(
  state: AlertsState,
  out: Outgoing,
  topicId: string,
  event: string,
  register: Register,
): boolean {
  if ((state.deletions.get(topicId) ?? Number.NEGATIVE_INFINITY) >= register.updatedWallMs) return false;
  const topic = ensureTopic(state, topicId);
  if (topic.isInline) return false;
  const held = topic.events.get(event);
  if (held !== undefined && compareRegisters(register, held) <= 0) return false;
  setRegister(topic, event, register);
  persistRegister(state, out, topic, event, register);
  return true;
}

export function persistRegister(
  state: AlertsState,
  out: Outgoing,
  topic: Topic,
  event: string,
  register: Register,
): void {
  if (!state.options.persistTopics && !state.view.isInitialized) return;
  const row = toWireRegister(topic.id, event, register);
  out.write(topic.isInline ? 'alert-inline' : 'alert-registers', joinKey([topic.id, event]), row);
}

export function registerOf(
  publication: Publication,
  facts: { member: string; key: string; previousLevel: Level; updatedWallMs: number },
): Register {
  const { level, timeNs, durationNs, message, details } = publication;
  const { member, key, previousLevel, updatedWallMs } = facts;
  return { level, timeNs, durationNs, message, details, member, key, previousLevel, updatedWallMs };
}

export function toWireRegister(topic: string, event: string, register: Register): WireRegister {
  const { level, timeNs, durationNs, message, details, member, key, previousLevel, updatedWallMs } = register;
  return {
    topic,
    event,
    level,
    timeNs: timeNs.toString(),
    durationNs: durationNs.toString(),
    message,
    details,
    member,
    key,
    previousLevel,
    updatedWallMs,
  };
}

export function fromWireRegister(wire: WireRegister): Register {
  const { level, message, details, member, key, previousLevel, updatedWallMs } = wire;
  return {
    level,
    timeNs: BigInt(wire.timeNs),
    durationNs: BigInt(wire.durationNs),
    message,
    details,
    member,
    key,
    previousLevel,
    updatedWallMs,
  };
}

/** Equal on members that hold the same registers of the topic, whatever the order they came in. */
export function registersHash(topic: Topic): string {
  if (topic.hash !== null) return topic.hash;
  const lines: string[] = [];
  for (const [event, { timeNs, level, member }] of topic.events)
    lines.push(joinKey([event, timeNs.toString(), level, member]));
  topic.hash = textHash(lines.sort().join('\n'));
  return topic.hash;
}

/** Forgets a topic's events up to a wall-clock time (D23). The topic itself goes when none is left. */
export function forgetEvents(state: AlertsState, out: Outgoing, topicId: string, upToWallMs: number): void {
  const topic = state.topics.get(topicId);
  if (topic === undefined || topic.isInline) return;
  for (const [event, register] of topic.events) {
    if (register.updatedWallMs > upToWallMs) continue;
    topic.levelCounts[index(register.level)]--;
    topic.events.delete(event);
    out.write('alert-registers', joinKey([topicId, event]), null);
  }
  topic.hash = null;
  if (topic.events.size === 0) state.topics.delete(topicId);
}
