/** One run of the simulator from a seed: a workload, faults drawn from the seed, healing, and what was wrong. */
import { randomBelow, seededRandom, type Random } from '../../base/random.ts';
import type { HandlingCause } from '../../base/observation.ts';
import type { HandlerSpec } from '../event.ts';
import { levels } from '../publication.ts';
import type { StoredFact } from './facts.ts';
import { ClusterSim, type Delivery } from './cluster-sim.ts';
import { publication } from './publications.ts';

export interface SeedResult {
  readonly problems: readonly string[];
  readonly published: number;
  readonly deliveries: number;
  readonly doubles: number;
  readonly faults: number;
}

interface Published {
  readonly topic: string;
  readonly event: string;
  readonly timeNs: bigint;
  readonly level: string;
  readonly stateChangesOnly: boolean;
  /** Members that published it while they ran. */
  readonly by: number[];
  /** True once a publisher has it on disk, or an owner has acknowledged it (invariant 2). */
  isDurable: boolean;
  readonly atMs: number;
}

export interface RunShape {
  readonly withFaults: boolean;
  readonly chain: boolean;
  readonly removeOne: boolean;
}

const runMs = 40_000;

/** `look` sees the world after the run, to print its trace. */
export function runSeed(seed: number, shape: RunShape, look?: (sim: ClusterSim) => void): SeedResult {
  const random = seededRandom(seed ^ 0x5eed);
  const handlers: HandlerSpec[] = [
    { id: 'send', topic: 'cpu', kind: 'post', options: null, match: '' },
    { id: 'send', topic: 'disk', kind: 'post', options: null, match: '' },
    { id: 'send', topic: 'all', kind: 'post', options: null, match: '' },
  ];
  if (shape.chain) handlers.push({ id: 'on', topic: 'cpu', kind: 'publish', options: { topics: ['all'] }, match: '' });
  const members = 2 + randomBelow(random, 3);
  const sim = new ClusterSim({
    seed,
    members,
    redundancy: randomBelow(random, 3),
    delayPerMemberMs: 1000 + 500 * randomBelow(random, 4),
    lossPercent: shape.withFaults ? randomBelow(random, 30) : 0,
    networkDelayMs: 1 + randomBelow(random, shape.withFaults ? 200 : 40),
    detectionMs: 6000,
    clockSkewMs: shape.withFaults && seed % 3 === 0 ? 8000 : 0,
    handlers,
  });
  sim.runUntil(3000);
  const published: Published[] = [];
  scheduleWork(sim, random, published);
  const faults = shape.withFaults ? scheduleFaults(sim, random, members) : 0;
  if (shape.removeOne) sim.at(3000 + randomBelow(random, runMs), () => sim.remove(randomBelow(random, members)));
  sim.runUntil(3000 + runMs);
  sim.heal();
  // Suspicion, the longest backoff, and two rounds of full sync.
  sim.runUntil(3000 + runMs + 20_000 + 2 * 30_000);
  look?.(sim);
  return check(sim, published, shape, faults);
}

/** Every member's task publishes the same events at about the same time; some events only some of them. */
function scheduleWork(sim: ClusterSim, random: Random, published: Published[]): void {
  const count = 20 + randomBelow(random, 40);
  let timeNs = 1_500_000_000_000_000_000n;
  for (let i = 0; i < count; i++) {
    timeNs += 1_000_000_000n;
    const atMs = 3000 + randomBelow(random, runMs - 2000);
    const topic = randomBelow(random, 3) === 0 ? 'disk' : 'cpu';
    const facts = { topic, event: `e${randomBelow(random, 4)}`, level: levels[randomBelow(random, 4)] ?? 'OK', timeNs };
    const stateChangesOnly = topic === 'disk' && randomBelow(random, 2) === 0;
    const item: Published = { ...facts, stateChangesOnly, by: [], isDurable: false, atMs };
    published.push(item);
    const everywhere = randomBelow(random, 3) > 0;
    for (let index = 0; index < sim.members.length; index++) {
      if (!everywhere && randomBelow(random, 2) === 0) continue;
      sim.at(atMs + randomBelow(random, 50), () => publishOne(sim, index, item, { ...facts, stateChangesOnly }));
    }
  }
}

function publishOne(sim: ClusterSim, index: number, item: Published, facts: Parameters<typeof publication>[0]): void {
  const member = sim.member(index);
  if (member.status !== 'up') return;
  item.by.push(index);
  sim.publish(index, publication({ ...facts, message: `by ${index}` }));
  // A sync or group write takes at most 50 ms here; what is on disk then must not be lost.
  const { incarnation } = member;
  sim.at(sim.nowMs() + 60, () => {
    if (member.incarnation === incarnation && member.status === 'up') item.isDurable = true;
  });
}

function scheduleFaults(sim: ClusterSim, random: Random, members: number): number {
  const count = 1 + randomBelow(random, 6);
  for (let i = 0; i < count; i++) {
    const atMs = 3000 + randomBelow(random, runMs - 3000);
    const forMs = 300 + randomBelow(random, 15_000);
    const index = randomBelow(random, members);
    const kind = randomBelow(random, 4);
    sim.at(atMs, () => {
      if (kind === 0) sim.crash(index, forMs);
      else if (kind === 1) sim.freeze(index, forMs);
      else sim.cut(index, randomBelow(random, members), forMs, kind === 3);
    });
  }
  return count;
}

function factOf({
  topic,
  event,
  timeNs,
  level,
}: {
  topic: string;
  event: string;
  timeNs: bigint;
  level: string;
}): StoredFact {
  return `${topic}/${event}/${timeNs}/${level}`;
}

function check(sim: ClusterSim, published: readonly Published[], shape: RunShape, faults: number): SeedResult {
  const problems: string[] = [];
  const byEvent = new Map<StoredFact, Delivery[]>();
  for (const delivery of sim.deliveries) {
    const fact = factOf(delivery);
    byEvent.set(fact, [...(byEvent.get(fact) ?? []), delivery]);
  }
  const { causes, dropped } = readObservations(sim);
  const wanted = published.flatMap((item) =>
    shape.chain && item.topic === 'cpu' ? [item, { ...item, topic: 'all' }] : [item],
  );
  let doubles = 0;
  for (const item of wanted) {
    const fact = factOf(item);
    const got = byEvent.get(fact)?.length ?? 0;
    byEvent.delete(fact);
    if (got === 0 && item.isDurable && !dropped.has(fact) && !shape.removeOne)
      problems.push(`invariant 2: ${fact} was lost; published by ${item.by.join()} at ${item.atMs}`);
    if (got > 1) {
      doubles++;
      if (!shape.withFaults && !shape.removeOne)
        problems.push(`invariant 1: ${fact} was handled ${got} times without a fault`);
      else if (!causes.has(fact))
        problems.push(`invariant 7: ${fact} was handled ${got} times and no cause is on record`);
    }
    if (!shape.withFaults && !shape.removeOne && item.by.length > 0 && got !== 1 && !dropped.has(fact))
      problems.push(`invariant 1: ${fact} was handled ${got} times`);
  }
  for (const fact of byEvent.keys()) problems.push(`${fact} was handled though nobody published it`);
  problems.push(...compareStates(sim));
  return { problems, published: wanted.length, deliveries: sim.deliveries.length, doubles, faults };
}

function readObservations(sim: ClusterSim): { causes: Set<StoredFact>; dropped: Set<StoredFact> } {
  const causes = new Set<StoredFact>();
  const dropped = new Set<StoredFact>();
  for (const { observation } of sim.observations) {
    if (observation.kind === 'handled' || observation.kind === 'delivered-twice') {
      const cause: HandlingCause = observation.cause ?? 'first-owner';
      if (cause !== 'first-owner') causes.add(refFact(observation));
    } else if (
      observation.kind === 'duplicate-dropped' &&
      (observation.reason === 'late' || observation.reason === 'no-change')
    )
      dropped.add(refFact(observation));
  }
  return { causes, dropped };
}

function refFact({
  topic,
  event,
  level,
  eventTime,
}: {
  topic: string;
  event: string;
  level: string;
  eventTime: string;
}): StoredFact {
  const seconds = Date.parse(eventTime) / 1000;
  return `${topic}/${event}/${BigInt(seconds) * 1_000_000_000n}/${level}`;
}

/** Invariant 3: after healing all members hold the same registers, and nothing waits. */
function compareStates(sim: ClusterSim): readonly string[] {
  const problems: string[] = [];
  const texts = sim.members.flatMap((member) => {
    const { state } = member;
    if (state === null || sim.isAbsent(member)) return [];
    if (state.pending.size > 0)
      problems.push(
        `${member.id} still holds ${state.pending.size} pending events: ${[...state.pending.keys()].join(' ')}`,
      );
    if (state.outbox.size > 0) problems.push(`${member.id} still holds ${state.outbox.size} publications`);
    const lines = [...state.topics.values()].flatMap((topic) =>
      [...topic.events].map(
        ([event, { level, timeNs, member: by }]) => `${topic.id}/${event}: ${level} ${timeNs} ${by}`,
      ),
    );
    return [lines.sort().join('\n')];
  });
  for (const text of texts)
    if (text !== texts[0]) problems.push(`invariant 3: registers differ:\n${texts[0]}\nand\n${text}`);
  return problems;
}
