import { expect, test } from 'vitest';
import { memberList } from './member-command.ts';

const member = (id: string, host: string) => ({
  id,
  gossip: `${host}:9090`,
  rpc: `${host}:9091`,
  api: `${host}:9092`,
  roles: ['worker'],
  status: 'alive',
});

test('member list prints the layout of the seeds to the blank', () => {
  const view = {
    state: 'initialized',
    'cluster-id': '876ddfb4-1879-4f40-87e2-4080c04d3096',
    'member-id': 'f74f3547-efaf-4e6e-8b05-fb12b19f8287',
    members: [
      member('f74f3547-efaf-4e6e-8b05-fb12b19f8287', 'kapacitor-1'),
      member('13eeefdd-41b5-453f-928e-cb9c55fd2a5d', 'kapacitor-2'),
    ],
  };
  expect(memberList(view)).toBe(`State: initialized
Cluster ID: 876ddfb4-1879-4f40-87e2-4080c04d3096
Local Member ID: f74f3547-efaf-4e6e-8b05-fb12b19f8287
Member ID                               Gossip Address     RPC Address        API Address        Roles  Status
f74f3547-efaf-4e6e-8b05-fb12b19f8287    kapacitor-1:9090   kapacitor-1:9091   kapacitor-1:9092   worker alive
13eeefdd-41b5-453f-928e-cb9c55fd2a5d    kapacitor-2:9090   kapacitor-2:9091   kapacitor-2:9092   worker alive
`);
});

test('short addresses leave the width to the heading', () => {
  const view = { state: 'uninitialized', 'cluster-id': 'c', 'member-id': 'm', members: [member('m', 'k')] };
  expect(memberList(view).split('\n').slice(3, 5)).toEqual([
    'Member ID Gossip Address RPC Address API Address Roles  Status',
    'm         k:9090         k:9091      k:9092      worker alive',
  ]);
});
