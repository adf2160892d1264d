import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PeerAnswer, PeerRequest } from '../../alerts/messages.ts';
import { memberId, clusterId } from '../../base/ids.ts';
import type { ClusterRequest, ClusterResponse } from '../../cluster/messages.ts';
import { allMethods, methodOf, type MemberRequest, type MemberResponse } from './rpc-methods.ts';

const a = memberId('f74f3547-efaf-4e6e-8b05-fb12b19f8287');
const b = memberId('13eeefdd-41b5-453f-928e-cb9c55fd2a5d');
const cluster = clusterId('876ddfb4-1879-4f40-87e2-4080c04d3096');
const range = { min: 1, max: 2 };
const versions = { rpc: range, metadata: range, store: { min: 0, max: 0 } };
const record = {
  id: b,
  epoch: 7,
  revision: 0,
  gossip: 'kapacitor-2:9090',
  rpc: '[::1]:9091',
  api: '127.0.0.1:9092',
  roles: ['worker'],
  versions,
  redundancy: 0,
  delayPerMemberMs: 10_000,
  mayOwn: false,
  addedBy: a,
};
const removed = { id: a, epoch: 2 ** 31, clusterId: cluster, by: b, rpc: '10.0.0.1:9091', isTold: true };
const membership = { members: [record], removed: [removed] };
const stamp = { ms: 1_790_000_000_123, counter: 0, by: a };
const definition = {
  id: 'slack',
  topic: 'cpu:é',
  kind: 'post',
  options: { url: 'http://x', list: [1, null, 'two', { deep: true }], none: null, number: 0.5 },
  match: 'level() >= CRITICAL',
};
const entry = { key: 'cpu:é/slack', stamp, definition, acks: [] };
const tombstone = { key: 'cpu/gone', stamp, definition: null, acks: [`${a}@1`] };

const clusterRequests: readonly ClusterRequest[] = [
  { kind: 'hello', member: a, clusterId: cluster, versions },
  {
    kind: 'invite',
    adder: a,
    clusterId: cluster,
    key: '0123456789abcdef'.repeat(4),
    epoch: 3,
    joinSecret: 'sésame',
    versions,
    membership,
    handlers: [entry, tombstone, { ...entry, definition: { ...definition, options: null } }],
  },
  { kind: 'settle-invitation', member: b, clusterId: cluster, epoch: 3 },
  { kind: 'sync-members', membership, handlersDigest: 'ab' },
  { kind: 'sync-handlers', summary: [{ key: 'cpu/gone', stamp, isDeleted: true, acks: [] }] },
  { kind: 'push-handlers', entries: [entry, tombstone] },
  { kind: 'tell-removed', clusterId: cluster, member: b, epoch: 3, by: a },
  { kind: 'probe' },
];

const clusterResponses: readonly ClusterResponse[] = [
  {
    kind: 'hello',
    member: a,
    clusterId: cluster,
    state: 'uninitialized',
    epoch: 1,
    lastEpoch: 4,
    departedEpoch: 0,
    versions,
    clusteringRefusal: null,
  },
  { kind: 'invite', outcome: { kind: 'joined', record, handlersSetAside: ['cpu/x'] } },
  { kind: 'settle-invitation', record: null },
  { kind: 'sync-members', membership: { members: [], removed: [] }, handlersDigest: '' },
  {
    kind: 'sync-handlers',
    newer: [entry],
    hasMore: true,
    wanted: ['cpu/x'],
    collected: ['cpu/y'],
    acks: [{ key: 'cpu/z', stamp, acks: ['q'] }],
  },
  { kind: 'push-handlers', refused: ['cpu/x'] },
  { kind: 'tell-removed', isKnown: false },
  { kind: 'probe' },
];

const publication = {
  topic: 'cpu',
  event: 'cpu:host=a',
  level: 'CRITICAL',
  timeNs: '1790000000000000001',
  durationNs: '-9223372036854775808',
  message: 'm\n',
  details: '',
  series: [
    {
      name: 'cpu',
      tags: { host: 'a' },
      columns: ['time', 'value'],
      values: [
        [{ i: '9007199254740993' }, 1.5],
        [null, 'x'],
        [true, { f: 'NaN' }],
      ],
    },
  ],
  name: 'cpu',
  group: 'host=a',
  tags: { host: 'a', dc: '' },
  fields: { value: { i: '9223372036854775807' }, ok: false, f: 0, s: '' },
  task: 't',
  category: '',
  recoverable: true,
  stateChangesOnly: false,
  stateChangesIntervalNs: '0',
  replay: null,
} as const;
const completion = {
  key: 'k',
  topic: 'cpu',
  event: 'e',
  level: 'OK',
  timeNs: '0',
  by: a,
  rank: 0,
  outcome: 'handled',
  cause: 'first-owner',
  atWallMs: 1.5,
  owners: [a, b],
} as const;
const register = {
  topic: 'cpu',
  event: 'e',
  level: 'INFO',
  timeNs: '5',
  durationNs: '0',
  message: '',
  details: '',
  member: a,
  key: '',
  previousLevel: 'OK',
  updatedWallMs: 0,
} as const;

const alertRequests: readonly PeerRequest[] = [
  {
    kind: 'publications',
    sentWallMs: 1_790_000_000_000.25,
    copies: [
      {
        key: 'k',
        ordinal: '0',
        via: ['x'],
        cause: 'first-owner',
        owners: [b, a],
        ownersVersion: 2 ** 40 + 1,
        publication,
      },
    ],
  },
  {
    kind: 'completions',
    completions: [
      { ...completion, register },
      { ...completion, register: null },
    ],
  },
  { kind: 'ask', keys: ['k', ''] },
  { kind: 'deletion', deletion: { topic: 'cpu', atWallMs: 3 } },
  {
    kind: 'sync',
    after: null,
    upTo: '',
    topics: [{ topic: 'cpu', registers: 'ab', completions: { '29833333': 'cd' } }],
    deletions: '',
    resume: { topic: 'cpu', part: 'completions', id: 'x' },
  },
];

const alertAnswers: readonly (readonly [PeerRequest['kind'], PeerAnswer])[] = [
  ['publications', { kind: 'accepted' }],
  [
    'ask',
    {
      kind: 'states',
      states: [
        { key: 'a', state: 'complete', completion },
        { key: 'b', state: 'waiting', rank: 0 },
        { key: 'c', state: 'unknown' },
      ],
    },
  ],
  [
    'sync',
    {
      kind: 'sync-part',
      registers: [register],
      completions: [completion],
      deletions: [{ topic: 't', atWallMs: 1 }],
      next: null,
    },
  ],
];

const requests: readonly MemberRequest[] = [
  ...clusterRequests.map((message) => ({ service: 'cluster', message }) as const),
  ...alertRequests.map((message) => ({ service: 'alerts', message }) as const),
];

describe('messages over the wire', () => {
  test.each(requests.map((request) => [`${request.service} ${request.message.kind}`, request] as const))(
    '%s request arrives as it was sent',
    (_name, request) => {
      const method = methodOf(request);
      const arrived = method.readRequest(method.writeRequest(request));
      expect(arrived).toMatchObject({ ok: true, value: request });
    },
  );

  test.each(clusterResponses.map((message) => [message.kind, message] as const))(
    '%s response arrives as it was sent',
    (kind, message) => {
      const request = clusterRequests.find((sent) => sent.kind === kind) ?? { kind: 'probe' as const };
      const method = methodOf({ service: 'cluster', message: request });
      const response: MemberResponse = { service: 'cluster', message };
      expect(method.readResponse(method.writeResponse(response))).toMatchObject({ ok: true, value: response });
    },
  );

  test.each(alertAnswers)('the answer to %s arrives as it was sent', (kind, message) => {
    const request = alertRequests.find((sent) => sent.kind === kind) ?? { kind: 'ask' as const, keys: [] };
    const method = methodOf({ service: 'alerts', message: request });
    const response: MemberResponse = { service: 'alerts', message };
    expect(method.readResponse(method.writeResponse(response))).toMatchObject({ ok: true, value: response });
  });

  test('names that objects keep for themselves arrive: of tags, fields and series, each as it was', () => {
    const names = ['__proto__', '___proto__', '_proto__', 'constructor', 'hasOwnProperty', 'toString'];
    const tags = Object.fromEntries(names.map((name) => [name, `of ${name}`]));
    const fields = Object.fromEntries(names.map((name) => [name, { i: '1' }]));
    const odd = { ...publication, tags, fields, series: [{ name: 'cpu', tags, columns: ['time'], values: [] }] };
    const copies = alertRequests.flatMap((sent) => (sent.kind === 'publications' ? sent.copies : []));
    const message = {
      kind: 'publications',
      sentWallMs: 1,
      copies: copies.map((sent) => ({ ...sent, publication: odd })),
    } as const;
    const method = methodOf({ service: 'alerts', message });
    const arrived = method.readRequest(method.writeRequest({ service: 'alerts', message }));
    const read = arrived.ok && arrived.value.message.kind === 'publications' ? arrived.value.message.copies : [];
    // By entries: a comparison of objects does not see a member of the name `__proto__`.
    const byName = (record: object): unknown => Object.entries(record).sort(([x], [y]) => (x < y ? -1 : 1));
    const seen = read.flatMap(({ publication: { tags: own, fields: values, series } }) =>
      [own, values, ...series.map((row) => row.tags)].map(byName),
    );
    expect(seen).toEqual([byName(tags), byName(fields), byName(tags)]);
  });

  test('a wrong message is refused as a whole, with the place and what is allowed there', () => {
    const method = methodOf({
      service: 'cluster',
      message: { kind: 'tell-removed', clusterId: cluster, member: a, epoch: 0, by: a },
    });
    const bytes = method.writeRequest({
      service: 'cluster',
      message: { kind: 'tell-removed', clusterId: cluster, member: a, epoch: 0, by: a },
    });
    expect(method.readRequest(bytes)).toEqual({
      ok: false,
      error: 'request.epoch: expected an integer from 1 to 2147483648',
    });
  });

  test('random bytes and damaged messages never throw', () => {
    const sent = requests.map((request) => methodOf(request).writeRequest(request));
    const noise = fc.record({
      method: fc.constantFrom(...allMethods),
      bytes: fc.uint8Array({ maxLength: 200 }),
      message: fc.constantFrom(...sent),
      at: fc.nat(),
    });
    const isReadOrRefused = fc.property(noise, ({ method, bytes, message, at }) => {
      const damaged = Buffer.from(message);
      if (damaged.length > 0) damaged[at % damaged.length] = (damaged[at % damaged.length] ?? 0) ^ (1 + (at % 255));
      const candidates = [Buffer.from(bytes), damaged, damaged.subarray(0, at % (damaged.length + 1))];
      return candidates.every((candidate) =>
        [method.readRequest(candidate), method.readResponse(candidate)].every(({ ok }) => typeof ok === 'boolean'),
      );
    });
    expect(() => fc.assert(isReadOrRefused, { numRuns: 500 })).not.toThrow();
  });
});
