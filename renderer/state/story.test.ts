import { describe, expect, test } from 'vitest';
import type { HostState, LabMember } from '../../electron/contract/state.ts';
import {
  agreeingMembers,
  aHandledAlert,
  aHost,
  aLab,
  aMember,
  anAlert,
  aPlan,
  aStep,
  aView,
  idOf,
  memberName,
} from '../../electron/contract/testing/states.ts';
import { storyLine, storyText } from './story.ts';
import { emptyWorld, takeStateNotice } from './world.ts';

const now = 1_000_000;
const [one, two, three] = [memberName(1), memberName(2), memberName(3)];

function told(part: Partial<HostState>): string {
  const { world } = takeStateNotice(emptyWorld, { kind: 'snapshot', seq: 1, state: aHost(part) }, now);
  return storyText(storyLine(world, now));
}

function believing(
  status: Parameters<typeof aView>[1],
  part: Partial<LabMember> = {},
  since = now - 1_800,
): LabMember[] {
  return agreeingMembers(3).map((member) =>
    member.name === two
      ? { ...member, ...part }
      : {
          ...member,
          views: member.views.map((view) =>
            view.member === two
              ? aView(two, status, { since, deadAt: status === 'suspect' ? now + 2_200 : null })
              : view,
          ),
        },
  );
}

const crashed: Partial<LabMember> = { process: 'crashed', byFault: true };
const held = anAlert({
  at: now - 1_420,
  steps: [aStep('published', three, now - 1_408, { rank: 1 }), aStep('waiting', three, now - 1_400, { rank: 1 })],
});

test('before the first snapshot it says what is being read', () => {
  expect(storyText(storyLine(emptyWorld, now))).toBe('Reading the state of the lab.');
});

describe('rule 2: the lab is not up', () => {
  test('who starts, and how many run', () => {
    const members = [aMember(1), aMember(2), aMember(3, { process: 'starting' })];
    expect(told({ lab: aLab({ status: 'starting' }), members })).toBe(`Starting ${three}, 2 of 3 members run.`);
  });

  test('which step failed and why', () => {
    const error = { step: three, message: 'port 19098 is taken by java (pid 2114)', log: [] };
    expect(told({ lab: aLab({ status: 'failed', error }) })).toBe(
      'Kapacitor-3 failed: port 19098 is taken by java (pid 2114)',
    );
  });

  test('a member that failed in a lab that runs', () => {
    const members = [aMember(1), aMember(2, { process: 'failed', reason: 'port 19098 is taken' })];
    expect(told({ members })).toBe(`${two} did not start: port 19098 is taken`);
  });
});

describe('rule 3: an owner waits for one that is silent', () => {
  test('suspected by both others', () => {
    expect(told({ members: believing('suspect', crashed), alerts: [held] })).toBe(
      `${two} has stopped answering and both others suspect it. ${three} holds the alert and takes over in 0.6 s.`,
    );
  });

  test('not suspected yet', () => {
    expect(told({ members: believing('alive', crashed), alerts: [held] })).toBe(
      `${two} has stopped answering. ${three} holds the alert and takes over in 0.6 s.`,
    );
  });

  test('dead already', () => {
    expect(told({ members: believing('dead', crashed), alerts: [held] })).toBe(
      `${two} is dead. ${three} holds the alert and takes over in 0.6 s.`,
    );
  });

  test('the ordinary wait of some milliseconds is no story', () => {
    const fresh = anAlert({ at: now - 30, steps: [aStep('waiting', three, now - 10, { rank: 1 })] });
    expect(told({ alerts: [fresh] })).toBe('All three members agree. No alert yet.');
  });
});

describe('rule 4: suspect and dead', () => {
  test('who suspects whom, and for how long still', () => {
    expect(told({ members: believing('suspect', crashed) })).toBe(
      `${one} and ${three} suspect ${two}. Dead in 2.2 s unless it answers.`,
    );
  });

  test('dead for how long, and who carries on', () => {
    expect(told({ members: believing('dead', crashed, now - 68_000) })).toBe(
      `${two} is dead for 1 min 8 s. 2 of 3 members carry on.`,
    );
  });

  test('left cleanly', () => {
    expect(told({ members: believing('left', { process: 'stopped', byFault: true }, now - 12_000) })).toBe(
      `${two} left 12 s ago. 2 of 3 members carry on.`,
    );
  });

  test('a process that is gone and not missed yet', () => {
    expect(told({ members: believing('alive', { process: 'frozen', byFault: true }) })).toBe(
      `${two} is frozen. Nobody has noticed yet.`,
    );
  });

  test('a dead member that starts again is news before its death', () => {
    expect(told({ members: believing('dead', { process: 'starting' }) })).toBe(`Starting ${two}, 2 of 3 members run.`);
  });
});

describe('rule 5: views and links', () => {
  test('members disagree: one counts it dead, one sees it alive', () => {
    const members = agreeingMembers(3).map((member) =>
      member.name === one
        ? {
            ...member,
            views: member.views.map((view) =>
              view.member === two ? aView(two, 'dead', { since: now - 1_800 }) : view,
            ),
          }
        : member,
    );
    expect(told({ members })).toBe(`Members disagree about ${two} for 1.8 s.`);
  });

  test('a cut, and why nobody is suspected', () => {
    const cut = (from: string, to: string) => ({ from, to, cut: true, delayMs: 0, jitterMs: 0, loss: 0 });
    expect(told({ links: [cut(one, three), cut(three, one)] })).toBe(
      `1 and 3 are cut. Probes go through ${two}, so nobody is suspected.`,
    );
    expect(told({ links: [cut(one, three)] })).toBe(
      `1 cannot reach 3. Probes go through ${two}, so nobody is suspected.`,
    );
  });

  test('slow and lossy', () => {
    expect(told({ links: [{ from: one, to: three, cut: false, delayMs: 200, jitterMs: 0, loss: 0 }] })).toBe(
      '1 and 3 are slow by 200 ms. Nobody is suspected.',
    );
    expect(told({ links: [{ from: one, to: three, cut: false, delayMs: 0, jitterMs: 0, loss: 0.2 }] })).toBe(
      '1 and 3 lose 20 % of what they send. Nobody is suspected.',
    );
  });
});

describe('rule 7: just happened', () => {
  test('who took over, with how many deliveries, how long after the event', () => {
    const at = now - 4_000;
    const taken = anAlert({
      at,
      outcome: 'once',
      latencyMs: 2_020,
      deliveries: [{ member: idOf(3), at: at + 2_030, path: '/t' }],
      steps: [aStep('took-over', three, at + 2_010, { rank: 1 })],
    });
    expect(told({ alerts: [taken] })).toBe(`${three} took over: one delivery, 2.03 s after the event.`);
  });

  test('who joined, and when all lists were equal', () => {
    const members = agreeingMembers(3, now - 11_800).map((member) =>
      member.name === three ? { ...member, processSince: now - 12_000 } : { ...member, processSince: now - 60_000 },
    );
    expect(told({ members })).toBe(
      `All three members agree. ${three} joined 12 s ago, all lists were equal after 200 ms.`,
    );
  });
});

describe('rule 8: all is well', () => {
  test('the last alert, how often, by whom, how fast', () => {
    const last = aHandledAlert(now - 60_000, { level: 'OK' });
    expect(told({ alerts: [last] })).toBe(
      `All three members agree. The last alert, OK cpu_high:web-03, was handled once, by ${two}, in 38 ms.`,
    );
  });

  test('inline handlers go out once per member', () => {
    const inline = anAlert({
      outcome: 'inline',
      inline: true,
      deliveries: [1, 2, 3].map((number) => ({ member: idOf(number), at: 1, path: '/' })),
    });
    expect(told({ alerts: [inline] })).toContain('went out three times, inline, once per member');
  });

  test('one member, two members', () => {
    expect(told({ members: [aMember(1)], lab: aLab({ plan: aPlan(1) }) })).toBe('One member runs alone. No alert yet.');
    expect(told({ members: agreeingMembers(2) })).toBe('Both members agree. No alert yet.');
  });
});
