import { createServer, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClusterView } from '../../member/api/cluster-routes.ts';
import { hostState, labMemberState } from '../testing/states.ts';
import { LabWatch } from './lab-watch.ts';
import { makePlan } from './plan.ts';
import { StateStore } from './state-store.ts';

const view: ClusterView = { state: 'initialized', 'cluster-id': 'cluster', 'member-id': 'id-1', members: [] };

let server: Server;
let port = 0;
/** Questions for the member's list that it has not answered yet. */
let held: ServerResponse[] = [];

beforeEach(async () => {
  held = [];
  server = createServer((request, response) => {
    if (request.url === '/kapacitor/v1/cluster') {
      held.push(response);
      server.emit('asked');
    } else response.writeHead(404).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

test('reading now waits for the question under way: before its answer a member is not known to stand alone', async () => {
  const made = makePlan({ name: 'lab', dir: '/labs/lab' }, null, new Map());
  if (!made.ok) throw new Error(made.error);
  const member = { name: 'kapacitor-1', gossip: 1, rpc: 2, api: port };
  const unknown = labMemberState(1, { clusterState: null, clusterId: null, views: [], seenAt: null });
  const store = new StateStore(hostState({ members: [unknown] }));
  const journal = { write: () => undefined };
  const watch = new LabWatch({ store, journal, plan: { ...made.value, members: [member] } }, () => undefined);
  try {
    const asked = once(server, 'asked');
    watch.open(member);
    await asked;
    let isRead = false;
    const read = watch.readNow().then(() => {
      isRead = true;
    });
    // Several exchanges of our own: one that does not wait for the list would be through by then.
    for (let i = 0; i < 5; i++) await fetch(`http://127.0.0.1:${port}/kapacitor/v1/ping`);
    expect(isRead).toBe(false);
    for (const response of held) response.end(JSON.stringify(view));
    await read;
    expect(store.state.members[0]?.clusterState).toBe('initialized');
  } finally {
    watch.dispose();
  }
});
