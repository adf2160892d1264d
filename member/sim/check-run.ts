/** The invariants of cluster.md section 11 that are judged over a whole run, by their numbers. */
import type { Ledger, LoggedEvent, MembershipOperation } from './ledger.ts';
import type { SimMember, SimWorld } from './sim-world.ts';

/** 1: without faults and membership changes every event is handled exactly once, by every handler of its topic. */
export function checkExactlyOnce(ledger: Ledger, handlersOf: (topic: string) => readonly string[]): void {
  for (const event of ledger.events.values()) {
    for (const handler of handlersOf(event.topic)) {
      const count = event.deliveries.filter((delivery) => delivery.handler === handler).length;
      if (count !== 1)
        ledger.violate(1, `${nameOf(event)} was delivered ${count} times by ${handler}: ${storyOf(event)}`);
    }
  }
}

/**
 * 2: an event on the disk of its publisher or of an owner is handled, unless all who held it, or all its owners, were
 * removed meanwhile.
 */
export function checkNothingLost(ledger: Ledger, handlersOf: (topic: string) => readonly string[]): void {
  const gone = new Set(ledger.departures.flatMap(({ member, id }) => [member, id]));
  for (const event of ledger.events.values()) {
    const keepers = [...event.durableAt].filter((member) => !gone.has(member));
    if (keepers.length === 0 || [...event.owners].every((owner) => gone.has(owner))) continue;
    for (const handler of handlersOf(event.topic)) {
      if (event.deliveries.some((delivery) => delivery.handler === handler)) continue;
      const where = `was on disk at ${keepers.join(', ')} and never delivered by ${handler}`;
      ledger.violate(2, `${nameOf(event)} ${where}: ${storyOf(event)}`);
    }
  }
}

/**
 * 7: every second delivery has a cause of D25 on record: with the event, or, where it cannot be there, as the change of
 * membership or the restart of an owner that came between.
 */
export function checkSecondDeliveries(
  ledger: Ledger,
  handlersOf: (topic: string) => readonly string[],
  delayMs: number,
): void {
  for (const event of ledger.events.values()) {
    for (const handler of handlersOf(event.topic)) {
      if (event.deliveries.filter((delivery) => delivery.handler === handler).length < 2) continue;
      const hasCause =
        hasMembershipChange(ledger, event, delayMs) ||
        isByDoomedMember(ledger, event) ||
        isAcrossRestart(ledger, event) ||
        event.hasSecondOnRecord ||
        event.handled.some(({ cause }) => cause !== 'first-owner');
      if (!hasCause)
        ledger.violate(
          7,
          `${nameOf(event)} was delivered again by ${handler} without a cause on record: ${storyOf(event)}`,
        );
    }
  }
}

function hasMembershipChange(
  { operations, departures }: Ledger,
  { publishedAtMs, deliveries }: LoggedEvent,
  delayMs: number,
): boolean {
  const fromMs = publishedAtMs - delayMs;
  const toMs = Math.max(...deliveries.map(({ atMs }) => atMs)) + delayMs;
  const hasOperation = operations.some((operation) => operation.fromMs <= toMs && (operation.toMs ?? toMs) >= fromMs);
  return hasOperation || departures.some(({ atMs }) => atMs >= fromMs && atMs <= toMs);
}

/** Removed already, and cut off from those who could have told it: both sides own and publish. */
function isByDoomedMember({ operations, departures }: Ledger, { deliveries }: LoggedEvent): boolean {
  return deliveries.some(({ member, atMs }) => {
    const isRemoved = operations.some(
      ({ kind, target, fromMs }) => kind === 'remove' && target === member && fromMs <= atMs,
    );
    return isRemoved && departures.some((departure) => departure.member === member && departure.atMs >= atMs);
  });
}

/** An owner that crashed between receipt and completion, and has forgotten both: its new start is on record. */
function isAcrossRestart({ starts }: Ledger, { deliveries }: LoggedEvent): boolean {
  const times = deliveries.map(({ atMs }) => atMs);
  return starts.some(
    ({ member, atMs }) =>
      atMs > Math.min(...times) &&
      atMs <= Math.max(...times) &&
      deliveries.some((delivery) => delivery.member === member),
  );
}

/** 3, and the second half of 4: members of one cluster hold the same, and a cluster ID belongs to one set of members. */
export function checkConvergence(world: SimWorld, ledger: Ledger): void {
  const groups = new Map<string, SimMember[]>();
  for (const member of world.members.values()) {
    const cluster = member.member?.clusterId() ?? `down: ${member.name}`;
    groups.set(cluster, [...(groups.get(cluster) ?? []), member]);
  }
  for (const group of groups.values()) checkGroup(ledger, group);
}

function checkGroup(ledger: Ledger, group: readonly SimMember[]): void {
  const expectedIds = group.map(({ id }) => id).sort();
  const names = group.map(({ name }) => name).join(' ');
  const [first] = group;
  if (first?.member === undefined) return;
  for (const { name, member } of group) {
    const view = member?.clusterView();
    const ids = [...(view?.members ?? [])].map(({ id }) => id).sort();
    if (ids.join(' ') !== expectedIds.join(' '))
      ledger.violate(4, `${name} lists ${ids.length} members, its cluster ID is held by ${names}`);
    // A member that gossip has never heard of has no incarnation, whatever its status says.
    const unwell = (view?.members ?? []).filter(({ status, incarnation }) => status !== 'alive' || incarnation === 0);
    for (const { rpc, status, incarnation } of unwell)
      ledger.violate(3, `${name} still sees ${rpc} ${status}, incarnation ${incarnation}`);
  }
  compare(ledger, group, 'handlers', (member) => handlersText(member));
  compare(ledger, group, 'topic states', (member) => topicsText(member));
  compare(ledger, group, 'member records', (member) =>
    JSON.stringify(member.member?.clusterView().members.map(({ id, rpc, gossip, api }) => [id, rpc, gossip, api])),
  );
}

function compare(
  ledger: Ledger,
  group: readonly SimMember[],
  what: string,
  textOf: (member: SimMember) => string,
): void {
  const [first, ...others] = group;
  if (first === undefined) return;
  const expected = textOf(first);
  for (const other of others) {
    const text = textOf(other);
    if (text !== expected)
      ledger.violate(
        3,
        `${what} differ: ${first.name} has ${difference(expected, text)}, ${other.name} has ${difference(text, expected)}`,
      );
  }
}

function handlersText({ member }: SimMember): string {
  const topics = ['stable-1', 'stable-2', 'churn'];
  return JSON.stringify(
    topics.flatMap((topic) => member?.handlers.list(topic).map(({ id, kind }) => `${topic}/${id}=${kind}`) ?? []),
  );
}

function topicsText({ member }: SimMember): string {
  const listed = member?.topics.list({ pattern: '', minLevel: 'OK' });
  if (listed === undefined || !listed.ok) return '';
  return listed.value
    .flatMap(({ id }) =>
      (member?.topics.events(id, 'OK') ?? []).map((event) => `${id}/${event.id}=${event.level}@${event.timeNs}`),
    )
    .sort()
    .join(' ');
}

/** The part around the first difference. */
function difference(text: string, other: string): string {
  let at = 0;
  while (at < text.length && text[at] === other[at]) at++;
  return `…${text.slice(Math.max(0, at - 30), at + 60)}…`;
}

/** 4, first half: who has dropped a removed member does not take it back without a new add. */
export function watchRemoved(world: SimWorld, ledger: Ledger): void {
  const dropped = new Map<string, { count: number; sinceMs: number }>();
  ledger.onMembership = (observer, observation) => {
    const pair = `${observer.id} ${observation.member}`;
    if (observer.id === observation.member) return;
    const target = [...world.members.values()].find(({ id }) => id === observation.member)?.name ?? '';
    const before = dropped.get(pair);
    if (observation.kind === 'member-removed') {
      // Who was away hears of removals and additions late, but in their order: its n-th is at the earliest the n-th.
      const count = before?.count ?? 0;
      dropped.set(pair, { count: count + 1, sinceMs: removalTime(ledger.operations, target, count) ?? world.nowMs });
      return;
    }
    if (before === undefined) return;
    const since = before.sinceMs;
    const isAdded = ledger.operations.some((operation) => isAddAfter(operation, target, since));
    if (!isAdded)
      ledger.violate(
        4,
        `${observer.name} has ${target} back, which was removed at ${Math.round(since)} and not added since`,
      );
  };
}

function removalTime(operations: readonly MembershipOperation[], target: string, index: number): number | undefined {
  const removals = operations.filter((operation) => operation.kind === 'remove' && operation.target === target);
  return (removals[index] ?? removals.at(-1))?.fromMs;
}

function isAddAfter({ kind, target, toMs }: MembershipOperation, wanted: string, sinceMs: number): boolean {
  return kind === 'add' && target === wanted && (toMs === null || toMs >= sinceMs);
}

/** How long after a trouble its consequences may still be seen in probes and suspicions. */
const troubleMs = 40_000;

/** 6: who answered every probe in time is not declared dead. `isQuiet`: the network loses and delays nothing. */
export function watchDeaths(world: SimWorld, ledger: Ledger, isQuiet: () => boolean): void {
  ledger.onStatus = (observer, { member, status }, atMs) => {
    if (status !== 'dead' || !isQuiet()) return;
    const target = [...world.members.values()].find(({ id }) => id === member);
    if (target === undefined) return;
    const isTroubled = (name: string): boolean =>
      ledger.faults.some((fault) => (fault.member === null || fault.member === name) && fault.toMs > atMs - troubleMs);
    if (isTroubled(target.name) || target.process.state !== 'running') return;
    // A frozen observer judges nobody; what it could not hear is not held against others.
    ledger.violate(6, `${observer.name} declared ${target.name} dead, which was well`);
  };
}

function nameOf({ topic, timeNs }: LoggedEvent): string {
  return `event ${timeNs} of ${topic}`;
}

function storyOf({ publishedAtMs, publishers, deliveries, handled }: LoggedEvent): string {
  const published = `published at ${Math.round(publishedAtMs)} by ${[...publishers].join(', ')}`;
  const delivered = deliveries.map(({ member, atMs, handler }) => `${handler} from ${member} at ${Math.round(atMs)}`);
  const kept = handled.map(({ member, atMs, cause }) => `handled by ${member} at ${Math.round(atMs)} (${cause})`);
  return [published, ...delivered, ...kept].join('; ');
}
