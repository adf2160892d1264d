import { describe, expect, test } from 'vitest';
import type { StampedObservation } from '../../member/base/observation.ts';
import type { LabMember } from '../contract/state.ts';
import { withClusterView, withObservation } from './member-views.ts';

const member: LabMember = {
  name: 'kapacitor-1',
  id: 'a',
  pid: 1,
  process: 'running',
  processSince: 0,
  reason: null,
  byFault: false,
  api: '',
  rpc: '',
  gossip: '',
  clusterState: null,
  clusterId: null,
  views: [],
  seenAt: null,
};
const nameOf = (id: string) => ({ a: 'kapacitor-1', b: 'kapacitor-2' })[id] ?? id;
const noticed = (at: number, rest: Record<string, unknown>) =>
  ({ seq: 1, run: 'r', at, observer: 'a', member: 'b', incarnation: 1, ...rest }) as unknown as StampedObservation;
const other = {
  id: 'b',
  gossip: '',
  rpc: '',
  api: '',
  roles: [],
  status: 'alive' as const,
  incarnation: 1,
  since: '2026-01-01T00:00:00Z',
};
const view = (status: 'alive' | 'suspect' | 'dead') => ({
  state: 'initialized' as const,
  'cluster-id': 'x',
  'member-id': 'a',
  members: [{ ...other, status }],
});

describe('views of a member', () => {
  test('S3: suspicion has a deadline, which confirmations shorten and a refutation removes', () => {
    let seen = withClusterView(member, view('alive'), nameOf, 5);
    expect(seen.views).toEqual([
      { member: 'kapacitor-2', status: 'alive', incarnation: 1, since: Date.UTC(2026, 0), deadAt: null },
    ]);
    seen = withObservation(seen, noticed(100, { kind: 'suspected', timeoutMs: 4_000 }), nameOf);
    seen = withObservation(seen, noticed(101, { kind: 'status', status: 'suspect' }), nameOf);
    expect(seen.views).toEqual([
      { member: 'kapacitor-2', status: 'suspect', incarnation: 1, since: 100, deadAt: 4_100 },
    ]);
    seen = withObservation(seen, noticed(900, { kind: 'suspicion-confirmed', remainingMs: 1_000 }), nameOf);
    expect(withClusterView(seen, view('suspect'), nameOf, 950).views[0]).toMatchObject({ since: 100, deadAt: 1_900 });
    expect(
      withObservation(seen, noticed(1_000, { kind: 'status', status: 'alive', incarnation: 2 }), nameOf).views[0],
    ).toEqual({ member: 'kapacitor-2', status: 'alive', incarnation: 2, since: 1_000, deadAt: null });
  });

  test('a member the lab does not know appears under its ID; a forgotten one disappears', () => {
    const seen = withObservation(member, noticed(1, { kind: 'status', member: 'zz', status: 'alive' }), nameOf);
    expect(seen.views.map((one) => one.member)).toEqual(['zz']);
    expect(withObservation(seen, noticed(2, { kind: 'forgotten', member: 'zz' }), nameOf).views).toEqual([]);
  });

  test('an observation about something else changes nothing', () => {
    expect(withObservation(member, noticed(1, { kind: 'probe-acked' }), nameOf)).toBe(member);
  });
});
