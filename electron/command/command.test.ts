import { describe, expect, test } from 'vitest';
import type { Change } from '../contract/notices.ts';
import type { AlertRecord } from '../contract/state.ts';
import { anAlert } from '../contract/testing/states.ts';
import { hostState, labMemberState } from '../testing/states.ts';
import { parseCommand, type ClientCommand } from './arguments.ts';
import { EventLines } from './event-lines.ts';
import { faultCalls } from './fault-command.ts';
import { humanLine, membersTable } from './human.ts';

const parsed = (line: string) => parseCommand(line.split(' ').filter((word) => word !== ''));
const client = (line: string): ClientCommand => {
  const command = parsed(line);
  if (!command.ok || command.value.kind === 'up' || command.value.kind === 'help') throw new Error(line);
  return command.value;
};

describe('command line', () => {
  test('up with everything, one dash or two', () => {
    expect(
      parsed(
        'up --members 5 -dir /x --data=spawn -engine /k/kapacitord --redundancy 3 --set all.alert.redundancy=1 --ui none -json --detach',
      ),
    ).toEqual({
      ok: true,
      value: {
        kind: 'up',
        dir: '/x',
        members: 5,
        redundancy: 3,
        delayPerMemberMs: undefined,
        data: { kind: 'spawn' },
        engine: { kind: 'path', path: '/k/kapacitord' },
        settings: [{ member: 'all', key: 'alert.redundancy', value: 1 }],
        ui: 'none',
        isJson: true,
        isDetached: true,
        isDryRun: false,
      },
    });
    expect(parsed('up --data http://127.0.0.1:8086')).toMatchObject({
      value: { data: { kind: 'url', url: 'http://127.0.0.1:8086' }, ui: 'browser' },
    });
  });

  test('what is wrong is named', () => {
    const errors = [
      'upp',
      'up --membres 3',
      'up --members x',
      'up --data disk',
      'up --ui window',
      'up extra',
      'up --dir',
      'fault',
      'scenario',
      'status x',
    ].map(parsed);
    expect(errors.map((result) => (result.ok ? 'fine' : result.error))).toEqual([
      'unknown command upp; known are up, status, down, logs, fault, scenario',
      'unknown flag --membres',
      '--members x: a whole number is wanted',
      '--data disk: generator, none, spawn, or the URL of an InfluxDB 1.x',
      '--ui window: browser or none',
      'up takes no extra',
      '--dir needs a value',
      'fault needs to know which; see kapacitor-lab help',
      'scenario needs the name of a scenario, or a file',
      'status takes no x',
    ]);
  });

  const calls = (line: string) =>
    faultCalls(
      client(line),
      hostState({ links: [{ from: 'a', to: 'kapacitor-1', cut: true, delayMs: 0, jitterMs: 0, loss: 0 }] }),
    );
  test('faults become calls of the contract', () => {
    const fault = { cut: true, delayMs: 0, jitterMs: 0, loss: 0 };
    expect(calls('fault crash kapacitor-2')).toEqual({
      ok: true,
      value: [{ name: 'member.crash', input: { name: 'kapacitor-2' } }],
    });
    expect(calls('fault cut a b')).toEqual({
      ok: true,
      value: [
        { name: 'link.fault', input: { from: 'a', to: 'b', fault } },
        { name: 'link.fault', input: { from: 'b', to: 'a', fault } },
      ],
    });
    expect(calls('fault delay a b 200ms --jitter 20 --one-way')).toMatchObject({
      value: [{ input: { from: 'a', fault: { delayMs: 200, jitterMs: 20 } } }],
    });
    expect(calls('fault loss a b 20% --one-way')).toMatchObject({ value: [{ input: { fault: { loss: 0.2 } } }] });
    expect(calls('fault heal')).toMatchObject({ value: [{ name: 'faults.heal' }] });
    expect(calls('fault heal kapacitor-1')).toMatchObject({
      value: [{ name: 'link.fault', input: { from: 'a', to: 'kapacitor-1', fault: null } }],
    });
    expect(calls('fault loss a b 120')).toMatchObject({ ok: false });
    expect(calls('fault crash')).toMatchObject({ ok: false, error: 'usage: kapacitor-lab fault crash MEMBER' });
    expect(calls('fault explode x')).toMatchObject({ ok: false });
  });
});

describe('event lines', () => {
  const member = (extra: Parameters<typeof labMemberState>[1]): Change => ({
    part: 'member',
    value: labMemberState(1, extra),
  });
  const alert = (deliveries: AlertRecord['deliveries']): Change => ({
    part: 'alert',
    value: anAlert({ topic: 't', event: 'e', deliveries, latencyMs: 38, outcome: 'once' }),
  });

  test('a member line per change of its process, a view line per change of a belief about another', () => {
    const lines = new EventLines();
    expect(lines.of([member({ process: 'stopped', pid: null, views: [] })])).toEqual([]);
    expect(lines.of([member({})])).toEqual([
      { event: 'member', name: 'kapacitor-1', state: 'running', pid: 101, reason: null },
      { event: 'view', observer: 'kapacitor-1', member: 'kapacitor-2', status: 'alive' },
      { event: 'view', observer: 'kapacitor-1', member: 'kapacitor-3', status: 'alive' },
    ]);
    expect(lines.of([member({ seenAt: 99 })])).toEqual([]);
  });

  test('an alert line at the first delivery and at each further one', () => {
    const lines = new EventLines();
    const one = { member: 'kapacitor-2', at: 1, path: '' };
    expect(lines.of([alert([]), alert([one]), alert([one]), alert([one, { ...one, member: null }])])).toEqual([
      {
        event: 'alert',
        topic: 't',
        id: 'e',
        level: 'CRITICAL',
        alertTime: '1970-01-01T00:00:00.000Z',
        deliveries: 1,
        handledBy: ['kapacitor-2'],
        latencyMs: 38,
      },
      {
        event: 'alert',
        topic: 't',
        id: 'e',
        level: 'CRITICAL',
        alertTime: '1970-01-01T00:00:00.000Z',
        deliveries: 2,
        handledBy: ['kapacitor-2', null],
        latencyMs: 38,
      },
    ]);
  });

  test('people read sentences and a table', () => {
    expect(
      humanLine({
        event: 'alert',
        level: 'CRITICAL',
        id: 'e',
        deliveries: 1,
        handledBy: ['kapacitor-2'],
        latencyMs: 38,
      }),
    ).toBe('CRITICAL e: delivery 1, by kapacitor-2 after 38 ms');
    expect(humanLine({ event: 'view', status: 'alive' })).toBeNull();
    expect(membersTable(hostState()).split('\n')[1]).toBe(
      'kapacitor-1  running  101  http://127.0.0.1:19092  127.0.0.1:19091  127.0.0.1:19090  initialized  3 alive',
    );
  });
});
