/**
 * Mixed clusters of our gossip-peer and a program around the real memberlist library that takes the same flags and
 * prints the same lines. The library is not ours to ship: where it is missing, the suite says so and is skipped.
 */
import { randomInt } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { present } from '../base/assert.ts';
import { until } from '../shell/testing/until.ts';

const memberlistPeer = process.env['MEMBERLIST_PEER'] ?? '';
const key = '000102030405060708090a0b0c0d0e0f';
const converging = 45_000;

interface Line {
  readonly ev: string;
  readonly t: number;
  readonly node?: string;
  readonly state?: string;
  readonly port?: number;
  readonly meta?: string;
  readonly data?: string;
  readonly error?: string;
  readonly alive?: readonly string[];
}

const running = new Set<Peer>();
let folder = '';
let ourPeer = '';

class Peer {
  readonly name: string;
  readonly lines: Line[] = [];
  errors = '';
  isOver = false;
  readonly #child: ChildProcess;

  constructor(kind: 'ours' | 'theirs', name: string, flags: readonly string[]) {
    this.name = name;
    const args = ['-name', name, ...flags];
    this.#child = kind === 'ours' ? spawn(process.execPath, [ourPeer, ...args]) : spawn(memberlistPeer, args);
    createInterface({ input: present(this.#child.stdout, 'stdout') }).on('line', (line) =>
      this.lines.push(JSON.parse(line) as Line),
    );
    this.#child.stdin?.on('error', () => undefined);
    this.#child.stderr?.on('data', (piece: Buffer) => (this.errors = (this.errors + piece.toString()).slice(-10_000)));
    this.#child.on('exit', () => (this.isOver = true));
    running.add(this);
  }

  say(command: string): void {
    this.#child.stdin?.write(`${command}\n`);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  get port(): number {
    return present(this.lines.find((line) => line.ev === 'ready')?.port, 'port');
  }

  find(ev: string, fields: Partial<Line> = {}, sinceMs = 0): Line | undefined {
    const wanted = Object.entries(fields);
    return this.lines.find(
      (line) =>
        line.ev === ev && line.t >= sinceMs && wanted.every(([field, value]) => line[field as keyof Line] === value),
    );
  }

  /** Who is alive, by the events so far. */
  alive(): ReadonlySet<string> {
    const alive = new Set<string>();
    for (const { ev, node = '' } of this.lines) {
      if (ev === 'join') alive.add(node);
      if (ev === 'leave') alive.delete(node);
    }
    return alive;
  }

  kill(): void {
    running.delete(this);
    this.#child.kill('SIGKILL');
  }
}

/** Theirs takes a free port of TCP, and ends when UDP has that number in use: then it is started again. */
async function startPeer(kind: 'ours' | 'theirs', name: string, flags: readonly string[] = []): Promise<Peer> {
  for (let attempt = 1; ; attempt++) {
    const peer = new Peer(kind, name, flags);
    await until(() => peer.find('ready') !== undefined || peer.isOver, Boolean, 15_000);
    if (!peer.isOver) return peer;
    running.delete(peer);
    if (kind === 'ours' || attempt === 5) throw new Error(`${name} ended:\n${peer.errors}`);
  }
}

/** ours-1, theirs-1, ours-2, theirs-2, joined through the first, which is one of theirs where the number is odd. */
async function startMixed(number: number, flags: readonly string[] = []): Promise<readonly Peer[]> {
  const kinds =
    number % 2 === 0
      ? (['ours', 'theirs', 'ours', 'theirs'] as const)
      : (['theirs', 'ours', 'theirs', 'ours'] as const);
  const peers: Peer[] = [];
  for (const [index, kind] of kinds.entries()) {
    const joining = peers[0] === undefined ? [] : ['-join', `127.0.0.1:${peers[0].port}`];
    peers.push(await startPeer(kind, `${kind}-${1 + (index >> 1)}`, [...flags, ...joining]));
  }
  await until(
    () => peers.map((peer) => peer.alive().size),
    (sizes) => sizes.every((size) => size === 4),
    converging,
  );
  return peers;
}

function named(peers: readonly Peer[], name: string): Peer {
  return present(
    peers.find((peer) => peer.name === name),
    name,
  );
}

/** What each of these has printed of something. */
function found(
  peers: readonly Peer[],
  ev: string,
  fields: Partial<Line>,
  sinceMs?: number,
): readonly (Line | undefined)[] {
  return peers.map((peer) => peer.find(ev, fields, sinceMs));
}

const isOnAll = (lines: readonly unknown[]): boolean => !lines.includes(undefined);

/** Milliseconds from the kill to the report, of each survivor. */
async function detection(number: number, victimName: string): Promise<readonly number[]> {
  const peers = await startMixed(number);
  const victim = named(peers, victimName);
  const survivors = peers.filter((peer) => peer !== victim);
  // Settled, and anywhere in the probe interval: the median is one of independent runs.
  const killingMs = performance.now() + 1_000 + randomInt(2_000);
  await until(
    () => performance.now(),
    (now) => now >= killingMs,
    5_000,
  );
  const killedMs = performance.timeOrigin + performance.now();
  victim.kill();
  await until(() => found(survivors, 'leave', { node: victim.name }), isOnAll, 15_000);
  const reports = survivors.map((peer) => present(peer.find('leave', { node: victim.name }), 'report'));
  expect(reports.map((report) => report.state)).toEqual(['dead', 'dead', 'dead']);
  for (const peer of survivors) peer.kill();
  return reports.map((report) => report.t - killedMs);
}

const missing = 'skipped: set MEMBERLIST_PEER to memberlist-peer, built on golang-github-hashicorp-memberlist-dev';

describe.skipIf(memberlistPeer === '')(
  `with the real memberlist (${memberlistPeer === '' ? missing : memberlistPeer})`,
  () => {
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'gossip-peer-'));
      ourPeer = join(folder, 'gossip-peer.cjs');
      const entryPoint = fileURLToPath(new URL('gossip-peer.ts', import.meta.url));
      await build({
        entryPoints: [entryPoint],
        bundle: true,
        platform: 'node',
        format: 'cjs',
        target: 'node18',
        outfile: ourPeer,
        logLevel: 'error',
      });
    }, 30_000);

    afterEach(() => {
      for (const peer of running) peer.kill();
    });

    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    test('a SIGKILL on either side is noticed by all within 9 s, with a median under 6.5 s', async () => {
      const samples: number[] = [];
      for (let round = 0; round < 3; round++) {
        const victims = ['theirs-2', 'ours-2', 'theirs-1', 'ours-1', 'theirs-2'];
        const runs = victims.map((victim, index) => detection(5 * round + index, victim));
        samples.push(...(await Promise.all(runs)).flat());
      }
      const sorted = samples.toSorted((a, b) => a - b);
      expect(sorted).toHaveLength(45);
      expect(Math.max(...sorted)).toBeLessThan(9_000);
      expect(present(sorted[sorted.length >> 1], 'median')).toBeLessThan(6_500);
    }, 240_000);

    test.each([
      ['plain', []],
      ['with a key', ['-key', key]],
      ['without compression', ['-compress=false']],
    ] as const)(
      'metadata, user messages, user state, leave and return: %s',
      async (_, flags) => {
        const peers = await startMixed(0, [...flags, '-state', 'of all']);
        const [ours1, theirs1] = [named(peers, 'ours-1'), named(peers, 'theirs-1')];
        expect(peers.every((peer) => peer.find('remote-state', { data: 'of all' }) !== undefined)).toBe(true);

        named(peers, 'ours-2').say('update-meta from ours');
        named(peers, 'theirs-2').say('update-meta from theirs');
        for (const meta of ['from ours', 'from theirs'])
          await until(() => found(peers, 'update', { meta }), isOnAll, converging);

        ours1.say('send theirs-1 by stream');
        ours1.say('send-udp theirs-1 by packet');
        theirs1.say('send ours-1 by stream');
        theirs1.say('send-udp ours-1 by packet');
        for (const data of ['by stream', 'by packet'])
          await until(() => found([ours1, theirs1], 'user', { data }), isOnAll, 10_000);

        for (const leaver of [named(peers, 'ours-2'), named(peers, 'theirs-2')]) {
          const others = peers.filter((peer) => peer !== leaver);
          leaver.say('leave');
          await until(() => found(others, 'leave', { node: leaver.name }), isOnAll, converging);
          expect(others.map((peer) => peer.find('leave', { node: leaver.name })?.state)).toEqual([
            'left',
            'left',
            'left',
          ]);
          await until(() => leaver.find('left') !== undefined, Boolean, 10_000);
          leaver.kill();
          const kind = leaver.name.startsWith('ours') ? 'ours' : 'theirs';
          const sinceMs = performance.timeOrigin + performance.now();
          const again = await startPeer(kind, leaver.name, [
            ...flags,
            '-port',
            String(leaver.port),
            '-join',
            `127.0.0.1:${theirs1.port}`,
          ]);
          await until(() => found(others, 'join', { node: leaver.name }, sinceMs), isOnAll, converging);
          (peers as Peer[])[peers.indexOf(leaver)] = again;
        }
        expect(peers.map((peer) => peer.alive().size)).toEqual([4, 4, 4, 4]);
      },
      240_000,
    );

    test('a stopped member is declared dead, and refutes when it goes on', async () => {
      const peers = await startMixed(1);
      for (const stopped of [named(peers, 'ours-2'), named(peers, 'theirs-2')]) {
        const others = peers.filter((peer) => peer !== stopped);
        const sinceMs = performance.timeOrigin + performance.now();
        stopped.signal('SIGSTOP');
        await until(() => found(others, 'leave', { node: stopped.name }, sinceMs), isOnAll, 15_000);
        stopped.signal('SIGCONT');
        await until(() => others.every((peer) => peer.alive().has(stopped.name)), Boolean, converging);
        expect(stopped.lines.filter((line) => line.ev === 'leave' && line.t >= sinceMs)).toEqual([]);
      }
    }, 120_000);
  },
);
