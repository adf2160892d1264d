/** Each bad input gets its clear message, and nothing is changed by it. */
import { createSocket } from 'node:dgram';
import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { kapacitor } from './fixtures/lab-process.ts';
import { clusterView } from './fixtures/member-api.ts';
import { memberConfig, refusedStart, startMember, type MemberProcess } from './fixtures/member-process.ts';

let member: MemberProcess;
test.beforeAll(async () => {
  member = await startMember();
});
test.afterAll(async () => member?.stop());

const scratch = (): string => mkdtempSync(join(tmpdir(), 'kapacitor-bad-'));

test('a port in use stops the start with one line that names it', async () => {
  const dir = scratch();
  const { file, api } = await memberConfig(dir);
  const taken = new URL(member.api).port;
  writeFileSync(file, readFileSync(file, 'utf8').replace(`127.0.0.1:${api}`, `127.0.0.1:${taken}`));
  const { code, stderr } = await refusedStart(['-config', file]);
  expect(code).toBe(1);
  expect(stderr).toMatch(new RegExp(`^run: .*${taken}.*\\n$`, 'm'));
});

for (const [name, from, to, message] of [
  [
    'a role that does not exist',
    '[rpc]',
    'roles = ["master"]\n[rpc]',
    /^run: .*\[cluster\] roles = \["master"\]: must be \["worker"\].*\n$/m,
  ],
  ['a broken file', '[rpc]', '[rpc', /^run: .*line \d+, column \d+: not valid TOML.*\n$/m],
  [
    'a duration without a unit',
    '[rpc]',
    '[alert]\ndelay-per-member = "10"\n[rpc]',
    /^run: .*\[alert\] delay-per-member = "10": must be a duration.*\n$/m,
  ],
] as const) {
  test(`a broken configuration, ${name}, stops the start with exit 1 and writes nothing`, async () => {
    const dir = scratch();
    const { file } = await memberConfig(dir);
    writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
    const { code, stderr } = await refusedStart(['-config', file]);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(existsSync(join(dir, 'data'))).toBe(false);
  });
}

test('a script with an error is refused at its line and column', async () => {
  const file = join(scratch(), 'bad.tick');
  writeFileSync(file, "stream\n    |from()\n        .measurment('cpu')\n    |httpOut('x')\n");
  const { code, stderr } = await kapacitor(member.api, 'define', 'bad', '-tick', file, '-dbrp', 'a.b');
  expect(code).toBe(3);
  expect(stderr).toMatch(/line 3 char 10/);
  expect((await kapacitor(member.api, 'show', 'bad')).code).toBe(3);
});

test('malformed line protocol is refused whole, each bad line named', async () => {
  const body = 'cpu,host=a value=1 1\ncpu,host= value=2 2\ncpu value 3\n';
  const answer = await fetch(`${member.api}/kapacitor/v1/write?db=d&rp=r`, { method: 'POST', body });
  const text = await answer.text();
  expect(answer.status).toBe(400);
  expect(text.trim().split('\n')).toHaveLength(2);
  expect(text).toContain("unable to parse 'cpu,host= value=2 2'");
});

test('a foreign Origin and a foreign Host are refused with 403', async () => {
  const origin = await fetch(`${member.api}/kapacitor/v1/tasks`, { headers: { origin: 'http://evil.example' } });
  expect(origin.status).toBe(403);
  const host = await new Promise<number>((resolve, reject) => {
    const call = request(`${member.api}/kapacitor/v1/tasks`, { headers: { host: 'evil.example' } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    call.on('error', reject);
    call.end();
  });
  expect(host).toBe(403);
});

test('100,000 packets of random bytes on the gossip port neither crash nor grow the member', async () => {
  const rssMiB = (): number =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${member.process.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  const socket = createSocket('udp4');
  const send = (bytes: Buffer): Promise<void> =>
    new Promise((resolve, reject) => {
      socket.send(bytes, member.gossipPort, '127.0.0.1', (error) => (error === null ? resolve() : reject(error)));
    });
  const flood = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      const bytes = randomBytes(randomInt(1, 1400));
      // Half of them begin with a real message type, so that they get past the first byte.
      if (i % 2 === 0) bytes[0] = randomInt(0, 15);
      await send(bytes);
    }
  };
  // The first packets let V8 grow its heap to what the work needs; what leaks goes on growing after them.
  await flood(200_000);
  const warm = rssMiB();
  await flood(100_000);
  socket.close();
  const view = await clusterView(member.api);
  const grown = rssMiB() - warm;
  console.log(`RSS ${warm.toFixed(1)} MiB after 200,000 packets, ${grown.toFixed(1)} MiB more after 100,000 more`);
  expect(view.members).toHaveLength(1);
  expect(grown).toBeLessThan(20);
});
