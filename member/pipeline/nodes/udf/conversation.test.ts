import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  errorResponse,
  infoResponse,
  keepaliveResponse,
  outcomeResponse,
  readRequest,
  snapshotResponse,
  type AgentRequest,
} from '../../../shell/udf/testing/agent-messages.ts';
import { FrameReader } from './frame-reader.ts';
import { UdfConversation } from './conversation.ts';

/** A conversation with a function that is played by the test, by a clock that it sets. */
class Talk {
  nowMs = 0;
  readonly said: AgentRequest[] = [];
  readonly heard: string[] = [];
  readonly conversation: UdfConversation;
  private readonly frames = new FrameReader();

  constructor(timeoutMs = 1000) {
    this.conversation = new UdfConversation(timeoutMs, {
      write: (bytes) => {
        this.frames.feed(new Uint8Array(bytes), (frame) => this.said.push(readRequest(frame)) > 0);
      },
      ready: () => this.heard.push('ready'),
      info: ({ wants, provides, options }) =>
        this.heard.push(`info ${wants} ${provides} ${JSON.stringify([...options])}`),
      snapshot: (bytes) => this.heard.push(`snapshot ${bytes.join(' ')}`),
      data: (kind) => {
        this.heard.push(kind);
        return undefined;
      },
      odd: (message, error) => this.heard.push(`${message}: ${error}`),
      failed: (reason) => this.heard.push(`failed: ${reason}`),
    });
  }

  get at() {
    return { nowMs: this.nowMs, wallNs: 1_800_000_000_000_000_000n + BigInt(this.nowMs) * 1_000_000n };
  }

  init(snapshot?: Uint8Array): this {
    const request = {
      options: [{ name: 'n', values: [{ type: 'INT', value: -1n } as const] }],
      taskId: 't',
      nodeId: 'f2',
    };
    this.conversation.init(request, snapshot, this.at);
    return this;
  }

  hear(...messages: readonly Uint8Array[]): this {
    for (const message of messages) this.conversation.received(new Uint8Array(message), this.at);
    return this;
  }

  goTo(nowMs: number): this {
    while (this.conversation.nextDeadline() <= nowMs) {
      this.nowMs = this.conversation.nextDeadline();
      this.conversation.wake(this.at);
    }
    this.nowMs = nowMs;
    return this;
  }
}

const initialized = outcomeResponse(2, '');

describe('the conversation', () => {
  test('asks what the function is', () => {
    const talk = new Talk();
    talk.conversation.askInfo(talk.at);
    talk.hear(infoResponse({ wants: 1, provides: 0, options: { a: [0, 4], b: [] } }));
    expect(talk.said).toEqual([{ kind: 'info' }]);
    expect(talk.heard).toEqual(['info batch stream [["a",["BOOL","DURATION"]],["b",[]]]']);
  });

  test('initializes, restores what was kept, and only then is ready', () => {
    const talk = new Talk().init(Uint8Array.of(1, 2));
    expect(talk.conversation.isReady).toBe(false);
    talk.hear(initialized);
    expect(talk.conversation.isReady).toBe(false);
    talk.hear(outcomeResponse(5, ''));
    expect(talk.said).toEqual([
      { kind: 'init', options: [{ name: 'n', values: [-1n] }], taskId: 't', nodeId: 'f2' },
      { kind: 'restore', snapshot: Uint8Array.of(1, 2) },
    ]);
    expect(talk.heard).toEqual(['ready']);
  });

  test('asks for a sign of life at every half of the timeout, and fails after a whole one of silence', () => {
    const talk = new Talk().init().hear(initialized).goTo(999);
    expect(talk.said.slice(1)).toEqual([{ kind: 'keepalive', time: 1_800_000_000_500_000_000n }]);
    talk.hear(keepaliveResponse(0n)).goTo(1998);
    expect(talk.said).toHaveLength(4);
    expect(talk.heard).toEqual(['ready']);
    talk.goTo(2100);
    expect(talk.heard.slice(1)).toEqual([
      'failed: keepalive timedout, last keepalive received was: 2027-01-15 08:00:00.999 +0000 UTC',
    ]);
    expect(talk.conversation.nextDeadline()).toBe(Infinity);
  });

  test('a member that was frozen asks before it takes a function for dead', () => {
    const talk = new Talk().init().hear(initialized);
    talk.nowMs = 60_000;
    talk.conversation.wake(talk.at);
    expect(talk.said.slice(1)).toEqual([{ kind: 'keepalive', time: 1_800_000_060_000_000_000n }]);
    talk.goTo(60_499);
    expect(talk.heard).toEqual(['ready']);
    talk.goTo(60_500);
    expect(talk.heard.slice(1)).toEqual([
      'failed: keepalive timedout, last keepalive received was: 2027-01-15 08:00:00 +0000 UTC',
    ]);
  });

  test('any message is a sign of life', () => {
    const talk = new Talk().init().hear(initialized).goTo(900);
    talk.hear(snapshotResponse(new Uint8Array(0))).goTo(1800);
    expect(talk.heard).toEqual([
      'ready',
      'received message without requesting it: did not expect *agent.Response_Snapshot message',
    ]);
  });

  test('asks for one snapshot at a time, and for none before it is ready', () => {
    const talk = new Talk().init();
    expect(talk.conversation.askSnapshot()).toBe(false);
    talk.hear(initialized);
    expect([talk.conversation.askSnapshot(), talk.conversation.askSnapshot()]).toEqual([true, false]);
    talk.hear(snapshotResponse(Uint8Array.of(7, 8)));
    expect(talk.conversation.askSnapshot()).toBe(true);
    expect(talk.heard).toEqual(['ready', 'snapshot 7 8']);
  });

  const failures: readonly (readonly [string, readonly Uint8Array[], string])[] = [
    ['a refused init', [outcomeResponse(2, 'no')], 'failed to initialize processes no'],
    ['an error', [errorResponse('no more')], 'no more'],
    ['an empty message', [Uint8Array.of(0)], 'read error: unexpected response message <nil>'],
    ['text', [new TextEncoder().encode('\u0005hello')], "read error: proto: can't skip unknown wire type 4"],
    ['a tag that is none', [Uint8Array.of(1, 0)], 'read error: proto: illegal tag 0 (wire type 0)'],
  ];

  test.each(failures)('%s ends it', (_what, messages, reason) => {
    const talk = new Talk().init().hear(...messages, keepaliveResponse(0n));
    expect(talk.heard).toEqual([`failed: ${reason}`]);
    expect(talk.conversation.isOver).toBe(true);
  });

  test('an end in the middle of a message, and one that comes too early, are failures', () => {
    const torn = new Talk().init().hear(Uint8Array.of(5, 1));
    torn.conversation.ended(null);
    expect(torn.heard).toEqual(['failed: read error: unexpected EOF, expected 5 more bytes']);
    const early = new Talk().init().hear(initialized);
    early.conversation.ended(null);
    expect(early.heard).toEqual(['ready', 'failed: UDF ended before its input did']);
  });

  test('behind the end of its input it is left to compute for a minute, with no more questions', () => {
    const talk = new Talk().init().hear(initialized);
    talk.conversation.end(talk.at);
    talk.goTo(59_999);
    expect(talk.said).toHaveLength(1);
    talk.hear(keepaliveResponse(0n)).goTo(119_000);
    expect(talk.heard).toEqual(['ready']);
    talk.goTo(120_000);
    expect(talk.heard).toEqual(['ready', 'failed: UDF did not end after its input had']);
  });

  test('an edge or an option of a kind that is not known is refused', () => {
    const edge = new Talk();
    edge.conversation.askInfo(edge.at);
    edge.hear(infoResponse({ wants: 3, provides: 0, options: {} }));
    const option = new Talk();
    option.conversation.askInfo(option.at);
    option.hear(infoResponse({ wants: 0, provides: 0, options: { a: [9] } }));
    expect([edge.heard, option.heard]).toEqual([
      ['failed: unknown edge type 3 wanted'],
      ['failed: option a: unknown type 9'],
    ]);
  });

  test('no bytes make it throw, and it fails at most once', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (chunks) => {
        const talk = new Talk().init().hear(initialized, ...chunks);
        talk.conversation.ended(null);
        expect(talk.heard.filter((line) => line.startsWith('failed')).length).toBeLessThanOrEqual(1);
      }),
    );
  });
});
