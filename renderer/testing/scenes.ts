/** Moments of a lab worth looking at, each a fake host: the demo opens them by name, screenshots and tests use them. */
import type { AlertRecord, HostState } from '../../electron/contract/state.ts';
import { FakeHost, type FakeHostOptions } from './fake-host.ts';
import {
  aHandledAlert,
  agreeingMembers,
  aHost,
  aLab,
  aMember,
  anAlert,
  aPlan,
  aPlannedHost,
  aStep,
  aTopic,
  aView,
  idOf,
  memberName,
} from '../../electron/contract/testing/states.ts';

interface Scene {
  readonly title: string;
  /** Given the present instant; the host plays on from there. */
  readonly make: (now: number) => FakeHostOptions;
}

const minute = 60_000;

/** Fourteen events of the last quarter of an hour, as a lab that has been played with. */
function sampleAlerts(now: number): AlertRecord[] {
  const base = now - 2.3 * minute;
  const row = (ago: number, host: string, level: AlertRecord['level'], latency: number): AlertRecord =>
    aHandledAlert(base - ago * minute, { event: `cpu_high:${host}`, level, key: `${host}-${ago}` }, latency);
  const taken = takenOver(base - 1.6 * minute);
  const inlineAt = base - 7.5 * minute;
  const inline = anAlert({
    key: 'inline',
    topic: 'main:cpu_inline:alert2',
    event: 'cpu_inline:web-05',
    task: 'cpu_inline',
    at: inlineAt,
    inline: true,
    outcome: 'inline',
    latencyMs: 31,
    deliveries: [1, 2, 3].map((number) => ({
      member: idOf(number),
      at: inlineAt + 28 + number * 3,
      path: '/t/inline',
    })),
    steps: [1, 2, 3].map((number) =>
      aStep('inline', memberName(number), inlineAt + 28 + number * 3, { note: 'POST /t/inline, 200' }),
    ),
  });
  return [
    row(0, 'web-03', 'OK', 38),
    taken,
    row(4.9, 'web-01', 'OK', 41),
    row(6.6, 'web-01', 'WARNING', 36),
    inline,
    row(8.8, 'web', 'INFO', 29),
    row(9.3, 'web-02', 'WARNING', 44),
    row(11.1, 'web-05', 'OK', 37),
    row(11.7, 'web-05', 'WARNING', 40),
    row(12, 'web-06', 'OK', 33),
  ].map((alert) => (alert.event === 'cpu_high:web' ? { ...alert, event: 'deploy:web' } : alert));
}

/** Owner of rank 0 crashed two seconds before; the second owner waited and took over. */
export function takenOver(at: number): AlertRecord {
  return anAlert({
    key: 'taken',
    at,
    outcome: 'once',
    latencyMs: 2_022,
    deliveries: [{ member: idOf(3), at: at + 2_034, path: '/t/cpu-alerts' }],
    steps: [
      aStep('published', memberName(3), at + 12, { rank: 1 }),
      aStep('waiting', memberName(3), at + 13, { rank: 1 }),
      aStep('published', memberName(1), at + 14),
      aStep('took-over', memberName(3), at + 2_013, { rank: 1, note: 'kapacitor-2 was silent' }),
      aStep('attempted', memberName(3), at + 2_034, { rank: 1, note: 'pager: POST /t/cpu-alerts, 200 in 21 ms' }),
    ],
  });
}

function runningHost(now: number, part: Partial<HostState> = {}): HostState {
  const base = aHost();
  return aHost({
    members: agreeingMembers(3, now - 15 * minute),
    lab: aLab({ deliveries: 16 }),
    alerts: sampleAlerts(now),
    topics: [aTopic(), aTopic({ topic: 'deploys', level: 'INFO', owners: [idOf(1), idOf(2)] })],
    data: { ...base.data, lastPointAt: now },
    ...part,
  });
}

/** kapacitor-2 was crashed 3.4 s ago: both others suspect it, and kapacitor-3 holds an alert. */
function failoverHost(now: number): HostState {
  const suspectedAt = now - 1_800;
  const deadAt = now + 2_200;
  const others = agreeingMembers(3, now - 15 * minute);
  const eventAt = now - 1_420;
  const members = others.map((member) =>
    member.name === 'kapacitor-2'
      ? { ...member, process: 'crashed' as const, byFault: true, pid: null, processSince: now - 3_400 }
      : {
          ...member,
          views: member.views.map((view) =>
            view.member === 'kapacitor-2'
              ? aView('kapacitor-2', 'suspect', {
                  since: suspectedAt + (member.name === 'kapacitor-1' ? 180 : 0),
                  deadAt,
                })
              : view,
          ),
        },
  );
  const held = anAlert({
    key: 'held',
    at: eventAt,
    steps: [
      aStep('published', memberName(3), eventAt + 12, { rank: 1 }),
      aStep('waiting', memberName(3), eventAt + 20, { rank: 1 }),
      aStep('published', memberName(1), eventAt + 14),
    ],
  });
  return runningHost(now, {
    members,
    faults: [{ id: 'crash', kind: 'crash', members: ['kapacitor-2'], since: now - 3_400 }],
    alerts: [held, ...sampleAlerts(now - 60_000)],
    lab: aLab({ deliveries: 14 }),
  });
}

const many =
  (count: number) =>
  (now: number): FakeHostOptions => ({
    state: runningHost(now, {
      members: agreeingMembers(count, now - 15 * minute),
      lab: aLab({ plan: aPlan(count), deliveries: 16 }),
      topics: [aTopic({ owners: [idOf(2), idOf(3), idOf(1)] })],
    }),
  });

const scenes: Readonly<Record<string, Scene>> = {
  'first-start': {
    title: 'First start, a port is taken',
    make: () => ({
      state: aPlannedHost({
        lab: aLab({
          status: 'planned',
          clusterId: null,
          inbox: null,
          plan: aPlan(3, { portNotes: [{ port: 9092, holder: 'kafka (pid 2114)', instead: 19_092 }] }),
        }),
      }),
    }),
  },
  plain: { title: 'First start', make: () => ({ state: aPlannedHost() }) },
  broken: {
    title: 'A member that does not start',
    make: () => ({ state: aPlannedHost(), brokenMember: 'kapacitor-3' }),
  },
  topology: { title: 'Three members agree', make: (now) => ({ state: runningHost(now) }) },
  failover: { title: 'The first owner crashed', make: (now) => ({ state: failoverHost(now) }) },
  empty: { title: 'No alert yet', make: (now) => ({ state: runningHost(now, { alerts: [], lab: aLab() }) }) },
  one: {
    title: 'One member',
    make: (now) => ({
      state: runningHost(now, {
        members: [aMember(1, { processSince: now - 20_000, seenAt: now })],
        alerts: [],
        topics: [aTopic({ owners: [idOf(1)] })],
        lab: aLab({ plan: aPlan(1) }),
      }),
    }),
  },
  links: {
    title: 'Links with faults',
    make: (now) => ({
      state: runningHost(now, {
        links: [
          { from: 'kapacitor-1', to: 'kapacitor-3', cut: true, delayMs: 0, jitterMs: 0, loss: 0 },
          { from: 'kapacitor-3', to: 'kapacitor-1', cut: true, delayMs: 0, jitterMs: 0, loss: 0 },
          { from: 'kapacitor-1', to: 'kapacitor-2', cut: false, delayMs: 200, jitterMs: 0, loss: 0 },
          { from: 'kapacitor-2', to: 'kapacitor-1', cut: false, delayMs: 200, jitterMs: 0, loss: 0 },
          { from: 'kapacitor-2', to: 'kapacitor-3', cut: true, delayMs: 0, jitterMs: 0, loss: 0 },
        ],
        faults: [
          { id: 'a', kind: 'cut', members: ['kapacitor-1', 'kapacitor-3'], since: now - 42_000 },
          { id: 'b', kind: 'delay', members: ['kapacitor-1', 'kapacitor-2'], since: now - 20_000 },
          { id: 'c', kind: 'cut', members: ['kapacitor-2', 'kapacitor-3'], since: now - 8_000 },
        ],
      }),
    }),
  },
  five: { title: 'Five members', make: many(5) },
  nine: { title: 'Nine members', make: many(9) },
  twenty: { title: 'Twenty members', make: many(20) },
  refused: {
    title: 'The host refuses',
    make: (now) => ({
      state: runningHost(now),
      failing: {
        'member.crash': { code: 'member-failed', message: 'kill ESRCH: no such process 49950', details: null },
        'terminal.open': { code: 'unknown', message: 'node-pty: forkpty(3) failed', details: null },
      },
    }),
  },
};

/** `leadMs` lets the cluster gossip for a while before the moment, so that round trips and reasons are known in it. */
export function openScene(name: string, now: number, leadMs = 0): FakeHost {
  return new FakeHost({ now: now - leadMs, ...(scenes[name] ?? scenes['topology'])?.make(now) });
}
