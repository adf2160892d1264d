/**
 * The story line: one sentence that says what is happening now, in words a room can read aloud. The first rule
 * that applies wins (design.md, section 6; the numbers below are its). Pure: time comes in.
 */
import type { AlertRecord, HostState } from '../../electron/contract/state.ts';
import { allMembers, beliefMatrix, carriesOn, type MapStatus, type MemberFacts } from './members.ts';
import { allLinks, type LinkFacts } from './links.ts';
import { nameOf } from './names.ts';
import { allWaits, type Waiting } from './topics.ts';
import type { World } from './world.ts';
import {
  age,
  capital,
  countdown,
  counted,
  duration,
  inWords,
  listed,
  measured,
  numberOf,
  percent,
  span,
} from './words.ts';

/** Plain text, or a part that is set bold. */
export type StoryPart = string | { readonly strong: string };

export interface Story {
  readonly tone: 'calm' | 'wrong';
  readonly glyph: MapStatus | 'frozen' | 'stopped';
  readonly parts: readonly StoryPart[];
}

interface Scene {
  readonly host: HostState;
  readonly members: readonly MemberFacts[];
  readonly links: readonly LinkFacts[];
  readonly now: number;
}

const justMs = 10_000;
const joinedMs = 15_000;
/** A wait shorter than this is the ordinary way of an alert, not a story. */
const quietWaitMs = 400;

const strong = (text: string): StoryPart => ({ strong: text });

export function storyLine(world: World, now: number): Story {
  if (world.host === null) return { tone: 'calm', glyph: 'starting', parts: ['Reading the state of the lab.'] };
  const host = world.host;
  const scene: Scene = { host, members: allMembers(host), links: allLinks(host, world.facts), now };
  for (const rule of [
    labNotUp,
    ownerWaits,
    suspicion,
    unnoticed,
    comesBack,
    gone,
    disagreement,
    linkFaults,
    justHappened,
  ]) {
    const story = rule(scene);
    if (story !== null) return story;
  }
  return allWell(scene);
}

/** The sentence as plain text, for tests and for copying. */
export function storyText(story: Story): string {
  return story.parts.map((part) => (typeof part === 'string' ? part : part.strong)).join('');
}

/** Rule 2. */
function labNotUp({ host, members }: Scene): Story | null {
  const running = members.filter((member) => member.process === 'running').length;
  const { lab } = host;
  if (lab.status === 'failed')
    return wrong('dead', [
      lab.error === null ? 'The lab did not start.' : `${capital(lab.error.step)} failed: ${lab.error.message}`,
    ]);
  const failed = host.members.find((member) => member.process === 'failed');
  if (failed !== undefined)
    return wrong('dead', [strong(failed.name), ` did not start: ${failed.reason ?? 'its log says why'}`]);
  const total = Math.max(lab.plan.members.length, members.length);
  if (lab.status === 'starting') {
    const next = members.find((member) => member.process === 'starting')?.name ?? lab.plan.members[running]?.name;
    const who = next === undefined ? 'Starting the lab' : `Starting ${next}`;
    return { tone: 'calm', glyph: 'starting', parts: [`${who}, ${running} of ${total} members run.`] };
  }
  if (lab.status === 'stopping')
    return { tone: 'calm', glyph: 'starting', parts: [`Stopping the lab, ${running} of ${total} members still run.`] };
  return null;
}

/** Rule 3: an owner waits for one that has fallen silent. */
function ownerWaits({ host, members, now }: Scene): Story | null {
  const waits = allWaits(host).filter((wait) => now - wait.from >= quietWaitMs && wait.before.length > 0);
  const soonest = waits.toSorted((a, b) => a.until - b.until)[0];
  if (soonest === undefined) return null;
  const holds: readonly StoryPart[] = [
    strong(soonest.member),
    ' holds the alert and takes over in ',
    strong(countdown(soonest.until - now)),
    '.',
  ];
  return { tone: 'wrong', glyph: glyphOfSilent(members, soonest), parts: [...silence(members, soonest), ...holds] };
}

function silentOwners(members: readonly MemberFacts[], wait: Waiting): readonly MemberFacts[] {
  return members.filter((member) => wait.before.includes(member.name));
}

function glyphOfSilent(members: readonly MemberFacts[], wait: Waiting): MapStatus {
  const first = silentOwners(members, wait)[0];
  return first === undefined || first.status === 'alive' ? 'suspect' : first.status;
}

function silence(members: readonly MemberFacts[], wait: Waiting): readonly StoryPart[] {
  const silent = silentOwners(members, wait);
  const first = silent[0];
  if (first === undefined) return ['The first owner has not handled the alert yet. '];
  if (silent.length > 1) return [strong(listed(silent.map((member) => member.name))), ' do not answer. '];
  if (first.status === 'dead') return [strong(first.name), ' is dead. '];
  if (first.status === 'suspect')
    return [strong(first.name), ` has stopped answering and ${suspecters(first, members)} it. `];
  return [strong(first.name), first.badge === null ? ' has not handled the alert yet. ' : ' has stopped answering. '];
}

function suspecters(member: MemberFacts, members: readonly MemberFacts[]): string {
  const others = members.filter((other) => other.name !== member.name && other.process === 'running').length;
  if (member.believedBy.length < others || others < 2)
    return `${listed(member.believedBy)} ${member.believedBy.length === 1 ? 'suspects' : 'suspect'}`;
  return others === 2 ? 'both others suspect' : `all ${inWords(others)} others suspect`;
}

/** Rule 4, first half. */
function suspicion({ members, now }: Scene): Story | null {
  const suspects = members.filter((member) => member.status === 'suspect');
  const first = suspects.toSorted((a, b) => (a.deadAt ?? Infinity) - (b.deadAt ?? Infinity))[0];
  if (first === undefined) return null;
  const by = `${listed(first.believedBy)} ${first.believedBy.length === 1 ? 'suspects' : 'suspect'} `;
  const end =
    first.deadAt === null
      ? [' It is dead unless it answers.']
      : [' Dead in ', strong(countdown(first.deadAt - now)), ' unless it answers.'];
  return wrong('suspect', [by, strong(first.name), '.', ...end]);
}

/** A process is gone or frozen and gossip has not found out. */
function unnoticed({ members }: Scene): Story | null {
  const member = members.find((candidate) => candidate.badge !== null && candidate.status === 'alive');
  if (member?.badge === undefined || member.badge === null) return null;
  const did =
    member.badge === 'crashed'
      ? 'has crashed'
      : member.badge === 'stopped'
        ? 'has stopped'
        : member.badge === 'frozen'
          ? 'is frozen'
          : 'has failed';
  return wrong(member.badge === 'frozen' ? 'frozen' : 'unknown', [
    strong(member.name),
    ` ${did}. Nobody has noticed yet.`,
  ]);
}

function comesBack({ members }: Scene): Story | null {
  const starting = members.filter((member) => member.process === 'starting');
  if (starting.length === 0) return null;
  const running = members.filter((member) => member.process === 'running').length;
  return {
    tone: 'calm',
    glyph: 'starting',
    parts: [
      'Starting ',
      strong(listed(starting.map((member) => member.name))),
      `, ${running} of ${members.length} members run.`,
    ],
  };
}

/** Rule 4, second half: dead, and left. */
function gone({ host, members, now }: Scene): Story | null {
  // As long as some still see it alive, that they differ is the story.
  const { disputed } = beliefMatrix(host);
  const agreed = members.filter((member) => !disputed.includes(member.name));
  const dead = agreed.filter((member) => member.status === 'dead');
  const left = agreed.filter((member) => member.status === 'left');
  const out = dead.length > 0 ? dead : left;
  const first = out[0];
  if (first === undefined) return null;
  const well = members.filter(carriesOn).length;
  const rest = ` ${well} of ${members.length} ${well === 1 ? 'members carries' : 'members carry'} on.`;
  const glyph = dead.length > 0 ? 'dead' : 'left';
  if (out.length > 1)
    return wrong(glyph, [
      strong(listed(out.map((member) => member.name))),
      dead.length > 0 ? ' are dead.' : ' have left.',
      rest,
    ]);
  const state = dead.length > 0 ? ` is dead for ${age(now - first.since)}.` : ` left ${age(now - first.since)} ago.`;
  return wrong(glyph, [strong(first.name), state, rest]);
}

/** Rule 5, first half. */
function disagreement({ host, now }: Scene): Story | null {
  const matrix = beliefMatrix(host);
  const about = matrix.disputed[0];
  if (about === undefined || matrix.since === null) return null;
  return wrong('suspect', ['Members disagree about ', strong(about), ` for ${span(now - matrix.since)}.`]);
}

/** Rule 5, second half. */
function linkFaults({ links, members }: Scene): Story | null {
  const faulty = links.filter((link) => link.hasFault);
  const first = faulty[0];
  if (first === undefined) return null;
  const consequence = nobodySuspected(first, members);
  if (faulty.length > 1)
    return {
      tone: 'wrong',
      glyph: 'suspect',
      parts: [
        `${counted(faulty.length, 'link')} ${faulty.length === 1 ? 'has' : 'have'} a fault. Nobody is suspected.`,
      ],
    };
  return wrong('suspect', [strong(linkSentence(first)), ` ${consequence}`]);
}

function linkSentence(link: LinkFacts): string {
  const [a, b] = [numberOf(link.a), numberOf(link.b)];
  const fault = link.there.fault ?? link.back.fault;
  if (link.words === 'cut both ways') return `${a} and ${b} are cut.`;
  const cut = [link.there, link.back].find((lane) => lane.state === 'cut');
  if (cut !== undefined) return `${numberOf(cut.from)} cannot reach ${numberOf(cut.to)}.`;
  if (fault !== null && fault.loss > 0) return `${a} and ${b} lose ${percent(fault.loss)} of what they send.`;
  return `${a} and ${b} are slow by ${duration(fault?.delayMs ?? 0)}.`;
}

function nobodySuspected(link: LinkFacts, members: readonly MemberFacts[]): string {
  const relays = members
    .filter((member) => member.name !== link.a && member.name !== link.b && carriesOn(member))
    .map((member) => member.name);
  const isCut = link.there.state === 'cut' || link.back.state === 'cut';
  if (!isCut || relays.length === 0) return 'Nobody is suspected.';
  return `Probes go through ${relays.length > 2 ? `${inWords(relays.length)} others` : listed(relays)}, so nobody is suspected.`;
}

/** Rule 7. */
function justHappened({ host, now }: Scene): Story | null {
  const taken = host.alerts.find((alert) =>
    alert.steps.some((step) => step.did === 'took-over' && now - step.at < justMs),
  );
  const by = taken?.steps.find((step) => step.did === 'took-over');
  if (taken !== undefined && by !== undefined && taken.outcome !== 'pending') {
    const many =
      taken.deliveries.length === 1 ? 'one delivery' : counted(taken.deliveries.length, 'delivery', 'deliveries');
    return {
      tone: 'calm',
      glyph: 'alive',
      parts: [
        strong(nameOf(host.members, by.member)),
        ` took over: ${many}, ${measured(sinceEvent(taken))} after the event.`,
      ],
    };
  }
  return justJoined(host, now);
}

function sinceEvent(alert: AlertRecord): number {
  const first = alert.deliveries[0]?.at;
  return first === undefined ? (alert.latencyMs ?? 0) : Math.max(0, first - alert.at);
}

function justJoined(host: HostState, now: number): Story | null {
  const newest = host.members
    .filter((member) => member.process === 'running')
    .toSorted((a, b) => b.processSince - a.processSince)[0];
  const matrix = beliefMatrix(host);
  if (newest === undefined || host.members.length < 2 || !matrix.isAgreed || matrix.since === null) return null;
  if (now - newest.processSince > joinedMs || newest.clusterState !== 'initialized') return null;
  const equal = matrix.since - newest.processSince;
  const parts: StoryPart[] = [
    `${allAgree(host.members.length)} `,
    strong(newest.name),
    ` joined ${age(now - newest.processSince)} ago`,
  ];
  return {
    tone: 'calm',
    glyph: 'alive',
    parts: [...parts, equal > 0 ? `, all lists were equal after ${duration(equal)}.` : '.'],
  };
}

function allAgree(count: number): string {
  return count === 2 ? 'Both members agree.' : `All ${inWords(count)} members agree.`;
}

/** Rule 8. */
function allWell({ host, members }: Scene): Story {
  const head = members.length === 1 ? 'One member runs alone.' : allAgree(members.length);
  if (members.length === 0) return { tone: 'calm', glyph: 'unknown', parts: ['No member runs.'] };
  const last = host.alerts.find((alert) => alert.outcome !== 'pending');
  if (last === undefined) return { tone: 'calm', glyph: 'alive', parts: [`${head} No alert yet.`] };
  return {
    tone: 'calm',
    glyph: 'alive',
    parts: [`${head} The last alert, `, strong(`${last.level} ${last.event}`), ...lastAlert(host, last)],
  };
}

function lastAlert(host: HostState, alert: AlertRecord): readonly StoryPart[] {
  if (alert.outcome === 'lost') return [', was not delivered.'];
  if (alert.outcome === 'inline')
    return [`, went out ${inWords(alert.deliveries.length)} times, inline, once per member.`];
  if (alert.outcome === 'duplicate')
    return [
      `, was delivered ${inWords(alert.deliveries.length)} times${alert.cause === null ? '' : `: ${alert.cause}`}.`,
    ];
  const by = alert.deliveries[0]?.member;
  const who: readonly StoryPart[] = by === undefined || by === null ? [] : [', by ', strong(nameOf(host.members, by))];
  return [', was handled once', ...who, alert.latencyMs === null ? '.' : `, in ${duration(alert.latencyMs)}.`];
}

function wrong(glyph: Story['glyph'], parts: readonly StoryPart[]): Story {
  return { tone: 'wrong', glyph, parts };
}
