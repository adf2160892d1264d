/** States of a lab for tests: three members that agree; kapacitor-2 and kapacitor-3 own cpu-alerts, in this order. */
import type { HostState, LabMember } from '../contract/state.ts';

export function labMemberState(number: number, extra: Partial<LabMember> = {}): LabMember {
  const port = 19_090 + 3 * (number - 1);
  return {
    name: `kapacitor-${number}`,
    id: `id-${number}`,
    pid: 100 + number,
    process: 'running',
    processSince: 0,
    reason: null,
    byFault: false,
    api: `http://127.0.0.1:${port + 2}`,
    rpc: `127.0.0.1:${port + 1}`,
    gossip: `127.0.0.1:${port}`,
    clusterState: 'initialized',
    clusterId: 'cluster',
    views: [1, 2, 3].map((other) => ({
      member: `kapacitor-${other}`,
      status: 'alive',
      incarnation: 1,
      since: 0,
      deadAt: null,
    })),
    seenAt: 0,
    ...extra,
  };
}

export function hostState(extra: Partial<HostState> = {}): HostState {
  const members = [1, 2, 3].map((number) => labMemberState(number));
  return {
    host: 'browser',
    version: '0',
    lab: {
      status: 'running',
      plan: {
        name: 'test',
        dir: '/labs/test',
        members: members.map(({ name }, i) => ({
          name,
          gossip: 19_090 + 3 * i,
          rpc: 19_091 + 3 * i,
          api: 19_092 + 3 * i,
        })),
        inboxPort: 19_080,
        redundancy: 2,
        delayPerMemberMs: 2_000,
        data: 'generator',
        portNotes: [],
      },
      steps: [],
      error: null,
      clusterId: 'cluster',
      inbox: 'http://127.0.0.1:19080',
      deliveries: 0,
    },
    members,
    topics: [{ topic: 'cpu-alerts', level: 'OK', owners: ['id-2', 'id-3'], pending: 0 }],
    links: [],
    faults: [],
    alerts: [],
    data: {
      kind: 'generator',
      state: 'running',
      title: '',
      url: null,
      pointsPerSecond: 30,
      hosts: [{ host: 'web-03', incident: null }],
      lastPointAt: null,
    },
    scenarios: [],
    scenario: null,
    commands: [],
    ...extra,
  };
}
