/** Builders of host states, for tests of either side: each fills in a whole value, of which a test names only what matters to it. */
import type {
  AlertRecord,
  AlertStep,
  HostState,
  Lab,
  LabMember,
  LabPlan,
  MemberStatusName,
  MemberView,
  TopicOwners,
} from '../state.ts';

const memberIds = [
  'f74f3547-efaf-4e6e-8b05-fb12b19f8287',
  '13eeefdd-41b5-453f-928e-cb9c55fd2a5d',
  'c3a1b7de-5f0e-4d6b-9a43-7be02c9d8f14',
] as const;

export const clusterId = '876ddfb4-1879-4f40-87e2-4080c04d3096';
const labDir = '~/.kapacitor-lab/triangle-mon';

export function memberName(number: number): string {
  return `kapacitor-${number}`;
}

export function idOf(number: number): string {
  return memberIds[number - 1] ?? `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

export function aView(member: string, status: MemberStatusName = 'alive', part: Partial<MemberView> = {}): MemberView {
  return { member, status, incarnation: 1, since: 0, deadAt: null, ...part };
}

export function aMember(number: number, part: Partial<LabMember> = {}): LabMember {
  const port = 19_090 + 3 * (number - 1);
  return {
    name: memberName(number),
    id: idOf(number),
    pid: 49_949 + number,
    process: 'running',
    processSince: 0,
    reason: null,
    byFault: false,
    api: `http://127.0.0.1:${port + 2}`,
    rpc: `127.0.0.1:${port + 1}`,
    gossip: `127.0.0.1:${port}`,
    clusterState: 'initialized',
    clusterId,
    views: [],
    seenAt: 0,
    ...part,
  };
}

/** Members 1 … n that believe each other alive since `since`. */
export function agreeingMembers(count: number, since = 0): LabMember[] {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  return numbers.map((number) =>
    aMember(number, {
      processSince: since,
      seenAt: since,
      views: numbers.filter((other) => other !== number).map((other) => aView(memberName(other), 'alive', { since })),
    }),
  );
}

export function aPlan(count = 3, part: Partial<LabPlan> = {}): LabPlan {
  return {
    name: 'triangle-mon',
    dir: labDir,
    members: Array.from({ length: count }, (_, index) => ({
      name: memberName(index + 1),
      gossip: 19_090 + 3 * index,
      rpc: 19_091 + 3 * index,
      api: 19_092 + 3 * index,
    })),
    inboxPort: 19_080,
    redundancy: 2,
    delayPerMemberMs: 2_000,
    data: 'generator',
    portNotes: [],
    ...part,
  };
}

export function aLab(part: Partial<Lab> = {}): Lab {
  return {
    status: 'running',
    plan: aPlan(),
    steps: [],
    error: null,
    clusterId,
    inbox: 'http://127.0.0.1:19080',
    deliveries: 0,
    ...part,
  };
}

export function aTopic(part: Partial<TopicOwners> = {}): TopicOwners {
  return { topic: 'cpu-alerts', level: 'OK', owners: [idOf(2), idOf(3)], pending: 0, ...part };
}

export function anAlert(part: Partial<AlertRecord> = {}): AlertRecord {
  return {
    key: 'key-1',
    topic: 'cpu-alerts',
    event: 'cpu_high:web-03',
    level: 'CRITICAL',
    at: 0,
    task: 'cpu_high',
    inline: false,
    deliveries: [],
    latencyMs: null,
    steps: [],
    outcome: 'pending',
    cause: null,
    ...part,
  };
}

export function aStep(did: AlertStep['did'], member: string, at: number, part: Partial<AlertStep> = {}): AlertStep {
  return { did, member, at, rank: null, note: '', ...part };
}

/** An event that was handled at once by kapacitor-2. */
export function aHandledAlert(at: number, part: Partial<AlertRecord> = {}, latencyMs = 38): AlertRecord {
  const owner = memberName(2);
  return anAlert({
    key: `key-${at}`,
    at,
    outcome: 'once',
    latencyMs,
    deliveries: [{ member: idOf(2), at: at + latencyMs, path: '/t/cpu-alerts' }],
    steps: [
      aStep('published', memberName(1), at + 12),
      aStep('published', memberName(3), at + 14, { rank: 1 }),
      aStep('received', owner, at + 14, { rank: 0 }),
      aStep('handled', owner, at + 15, { rank: 0 }),
      aStep('waiting', memberName(3), at + 15, { rank: 1 }),
      aStep('attempted', owner, at + latencyMs, { rank: 0, note: 'pager: POST /t/cpu-alerts, 200 in 21 ms' }),
      aStep('told', memberName(3), at + latencyMs + 2, { rank: 1, note: `by ${owner}` }),
      aStep('dropped', memberName(3), at + latencyMs + 3, { rank: 1, note: 'already complete' }),
    ],
    ...part,
  });
}

const sampleHosts = ['web-01', 'web-02', 'web-03', 'web-04', 'web-05', 'web-06'] as const;

const sampleScenarios: HostState['scenarios'] = [
  {
    name: 'failover',
    title: 'Failover',
    description: 'Crash the first owner just before an alert fires, and watch the second one take over.',
    steps: 6,
    aboutMs: 40_000,
  },
  {
    name: 'partition',
    title: 'A cut between two members',
    description: 'Cut one link and see why nobody is suspected; then isolate a member.',
    steps: 5,
    aboutMs: 60_000,
  },
];

export function aHost(part: Partial<HostState> = {}): HostState {
  return {
    host: 'browser',
    version: '0.1.0',
    lab: aLab(),
    members: agreeingMembers(3),
    topics: [aTopic()],
    links: [],
    faults: [],
    alerts: [],
    data: {
      kind: 'generator',
      state: 'running',
      title: 'CPU of six hosts',
      pointsPerSecond: 30,
      hosts: sampleHosts.map((host) => ({ host, incident: null })),
      url: null,
      lastPointAt: 0,
    },
    scenarios: sampleScenarios,
    scenario: null,
    commands: [],
    ...part,
  };
}

/** A lab that is planned and not started. */
export function aPlannedHost(part: Partial<HostState> = {}): HostState {
  const base = aHost();
  return {
    ...base,
    lab: aLab({ status: 'planned', clusterId: null, inbox: null }),
    members: [],
    topics: [],
    data: { ...base.data, state: 'off', pointsPerSecond: 0, lastPointAt: null },
    ...part,
  };
}
