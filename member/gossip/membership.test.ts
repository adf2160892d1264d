/** The merge vectors of the real library: what a received message changes, announces and broadcasts. */
import { describe, expect, test, vi } from 'vitest';
import { present } from '../base/assert.ts';
import { handleCommand } from './commands.ts';
import { mergeState } from './full-sync.ts';
import { formatEndpoint, parseIp } from './ip-address.ts';
import { viewOf } from './member-table.ts';
import { announceOurselves, forgetTheDead, handleAlive, handleDead, handleSuspect } from './membership.ts';
import type { GossipOutput } from './output.ts';
import { lanSettings } from './settings.ts';
import { createState, type GossipState } from './state.ts';
import { confirmationsOf } from './suspicion.ts';
import vectorFile from './testdata/vectors.json' with { type: 'json' };
import type { FieldValue, Layer, MergeStep, Vectors } from './testing/conformance.ts';
import { exampleOptions } from './testing/example-options.ts';
import { nilBytes } from './wire/bytes.ts';
import { readPacketMessage } from './wire/message-reader.ts';

const { merge } = vectorFile as unknown as Vectors;
const utf8 = new TextEncoder();
const toText = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const metaOf = (text = ''): Uint8Array => (text === '' ? nilBytes : utf8.encode(text));
const statuses = ['alive', 'suspect', 'dead', 'left'];

function started(deadNodeReclaimSeconds = 0): GossipState {
  const state = createState(
    exampleOptions({ settings: { ...lanSettings, deadNodeReclaimMs: deadNodeReclaimSeconds * 1000 } }),
  );
  state.nowMs = 10_000_000;
  announceOurselves(state, nilBytes, null);
  state.broadcasts.prune(0);
  state.outputs = [];
  return state;
}

function apply(state: GossipState, step: MergeStep): void {
  const node = step.Node ?? '';
  const from = step.From ?? '';
  const incarnation = step.Incarnation ?? 0;
  const ipOf = (text: string | undefined): Uint8Array => present(parseIp(text ?? ''), 'address');
  switch (step.op) {
    case 'alive':
      handleAlive(state, {
        kind: 'alive',
        incarnation,
        node,
        address: ipOf(step.Addr),
        port: step.Port ?? 0,
        meta: metaOf(step.Meta),
        versions: Uint8Array.from(step.Vsn ?? []),
      });
      return;
    case 'suspect':
      handleSuspect(state, { kind: 'suspect', incarnation, node, from });
      return;
    case 'dead':
      handleDead(state, { kind: 'dead', incarnation, node, from });
      return;
    case 'pushPull': {
      const records = (step.nodes ?? []).map((record) => ({
        name: record.Name,
        address: ipOf(record.Addr),
        port: record.Port,
        meta: metaOf(record.Meta),
        incarnation: record.Incarnation,
        state: statuses.indexOf(record.State),
        versions: Uint8Array.from(record.Vsn ?? []),
      }));
      mergeState(
        state,
        { host: '127.0.0.1', port: 1 },
        { kind: 'full-sync', isJoin: false, records, userState: nilBytes },
      );
      return;
    }
    case 'leave':
      handleCommand(state, 1, { kind: 'leave', timeoutMs: 1_000 });
      return;
    case 'updateMeta':
      handleCommand(state, 1, { kind: 'update-meta', meta: metaOf(step.meta), timeoutMs: 1_000 });
      return;
    case 'age':
      present(state.members.get(step.node ?? ''), 'record').sinceMs -= (step.seconds ?? 0) * 1000;
      return;
    case 'reap':
      forgetTheDead(state);
      return;
    default:
      throw new Error(`unknown step ${step.op}`);
  }
}

function eventsOf(outputs: readonly GossipOutput[]): unknown[] {
  return outputs.flatMap((output): unknown[] => {
    if (output.kind !== 'event') return [];
    const { event } = output;
    if (event.kind === 'conflict')
      return [
        { event: 'conflict', node: event.name, mine: formatEndpoint(event.ours), theirs: formatEndpoint(event.theirs) },
      ];
    return event.kind === 'join' || event.kind === 'leave' || event.kind === 'update'
      ? [{ event: event.kind, node: event.member.name }]
      : [];
  });
}

/** A message in the words of the vectors; nil and empty are the same. */
function describeBroadcast(bytes: Uint8Array): unknown {
  const message = readPacketMessage(bytes);
  if (!message.ok) return message.error;
  const { value } = message;
  const hex = (part: Uint8Array): string => Buffer.from(part).toString('hex');
  if (value.kind === 'suspect' || value.kind === 'dead') return [value.kind, value.node, value.from, value.incarnation];
  if (value.kind !== 'alive') return value.kind;
  return [
    value.kind,
    value.node,
    value.incarnation,
    hex(value.address),
    value.port,
    hex(value.meta),
    hex(value.versions),
  ];
}

function describeWanted({ type, fields = {} }: Layer): unknown {
  const hex = (value: FieldValue | undefined): string => (typeof value === 'object' ? (value?.bytes ?? '') : '');
  if (type !== 'alive') return [type, fields['Node'], fields['From'], fields['Incarnation']];
  return [
    type,
    fields['Node'],
    fields['Incarnation'],
    hex(fields['Addr']),
    fields['Port'],
    hex(fields['Meta']),
    hex(fields['Vsn']),
  ];
}

function snapshot(state: GossipState, broadcasts: readonly unknown[]): unknown {
  const suspicion = state.suspicions.get('m2');
  return {
    nodes: state.members
      .all()
      .map(viewOf)
      .map((member) =>
        [member.name, formatEndpoint(member), member.status, member.incarnation, toText(member.meta)].join(' '),
      )
      .sort(),
    events: eventsOf(state.outputs),
    broadcasts,
    queued: state.broadcasts.length,
    health: state.awareness.score,
    suspicion: suspicion && [confirmationsOf(suspicion), suspicion.wanted, suspicion.minMs, suspicion.maxMs],
  };
}

function wanted({ expect: wanted }: MergeStep): unknown {
  const { suspicionM2 } = wanted;
  return {
    nodes: wanted.nodes.map((node) => [node.name, node.addr, node.state, node.incarnation, node.meta].join(' ')).sort(),
    events: wanted.events ?? [],
    broadcasts: (wanted.broadcast ?? []).map(({ message }) => describeWanted(message)),
    queued: wanted.queued,
    health: wanted.health,
    suspicion: suspicionM2 && [suspicionM2.confirmations, suspicionM2.k, suspicionM2.minMs, suspicionM2.maxMs],
  };
}

describe('merge vectors of the real library', () => {
  test.each(merge.map((vector) => [vector.id, vector] as const))('%s', (_, vector) => {
    const state = started(vector.config?.deadNodeReclaimSeconds);
    const enqueue = vi.spyOn(state.broadcasts, 'enqueue');
    for (const [index, step] of vector.steps.entries()) {
      state.outputs = [];
      enqueue.mockClear();
      apply(state, step);
      const broadcasts = enqueue.mock.calls.map(([, message]) => describeBroadcast(message));
      expect(snapshot(state, broadcasts), `step ${index + 1}: ${step.op}`).toEqual(wanted(step));
    }
  });
});

describe('beyond the vectors', () => {
  const alive = {
    kind: 'alive',
    incarnation: 1,
    node: 'm2',
    address: Uint8Array.of(127, 0, 0, 1),
    port: 7947,
    meta: nilBytes,
  } as const;
  const versions = Uint8Array.of(1, 5, 2, 0, 0, 0);

  test('D29: a record that the application vetoes is not taken, and the reason is handed up', () => {
    const state = createState(
      exampleOptions({ aliveVeto: (offered) => (offered.meta.length === 0 ? 'no metadata' : null) }),
    );
    announceOurselves(state, nilBytes, null);
    expect(handleAlive(state, { ...alive, versions })).toBe('no metadata');
    expect(handleAlive(state, { ...alive, versions, meta: utf8.encode('x') })).toBeNull();
    expect(state.members.get('m2')?.status).toBe('alive');
  });

  test('with a veto, a record without all version bytes is not taken', () => {
    const state = createState(exampleOptions({ aliveVeto: () => null }));
    expect(handleAlive(state, { ...alive, versions: versions.subarray(0, 3) })).toBe('versions missing');
  });

  test('port 0 stands for our own bind port', () => {
    const state = started();
    handleAlive(state, { ...alive, port: 0, versions });
    expect(state.members.get('m2')?.port).toBe(7946);
  });

  test('an accusation at the largest incarnation is refuted without starting over at 0', () => {
    const state = started();
    handleSuspect(state, { kind: 'suspect', incarnation: 0xffff_ffff, node: 'me', from: 'm9' });
    handleSuspect(state, { kind: 'suspect', incarnation: 0xffff_ffff, node: 'me', from: 'm9' });
    expect(state.members.get('me')).toMatchObject({ status: 'alive', incarnation: 0xffff_ffff });
  });

  test.each([
    ['an address of neither 4 nor 16 bytes', { address: Uint8Array.of(1, 2, 3) }, 'address'],
    ['an empty name', { node: '' }, 'name'],
    ['metadata of more than 512 bytes', { meta: new Uint8Array(513) }, 'metadata too long'],
  ])('%s is refused', (_, flaw, reason) => {
    const state = started();
    expect(handleAlive(state, { ...alive, versions, ...flaw })).toBe(reason);
    expect(state.members.size).toBe(1);
  });
});
