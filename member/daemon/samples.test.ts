/** The set-ups of `resources/samples` on a real member: what Kapacitor 1.5.4 did with them is what it does. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasInfluxd, startInfluxd } from './testing/influxd-process.ts';
import {
  bundleMember,
  memberFolder,
  startMember,
  type MemberFolder,
  type MemberProcess,
} from './testing/member-process.ts';
import { openInbox, playBatch, playStream, readSample, type Inbox } from './testing/play-sample.ts';

let program: Awaited<ReturnType<typeof bundleMember>>;

beforeAll(async () => {
  program = await bundleMember();
}, 60_000);
afterAll(() => program.dispose());

describe('stream samples', () => {
  let folder: MemberFolder;
  let member: MemberProcess;
  let inbox: Inbox;

  beforeAll(async () => {
    folder = await memberFolder();
    member = await startMember(program.program, folder);
    inbox = await openInbox();
  }, 60_000);
  afterAll(async () => {
    await member.end('SIGKILL');
    await inbox.close();
    folder.dispose();
  });

  test.each(['threshold', 'relative-change', 'error-rate'])('%s', async (name) => {
    const sample = readSample(name);
    expect(await playStream(folder.url, sample, inbox, false)).toEqual(sample.expectedAlerts);
  });

  // At the pace of its data: a deadman goes by the clock.
  test('deadman', { timeout: 60_000 }, async () => {
    const sample = readSample('deadman');
    const alerts = await playStream(folder.url, sample, inbox, true);
    expect(alerts.slice(0, 2)).toMatchObject(sample.expectedAlerts);
  });
});

describe.skipIf(!hasInfluxd)('batch samples with a real influxd (skipped when none is on PATH)', () => {
  test('downsampling', { timeout: 60_000 }, async () => {
    const influxd = await startInfluxd();
    const section = `[[influxdb]]\nenabled = true\nname = "default"\ndefault = true\nurls = ["${influxd.url}"]\ndisable-subscriptions = true`;
    const folder = await memberFolder(section);
    const member = await startMember(program.program, folder);
    try {
      const sample = readSample('downsampling');
      expect(await playBatch(folder.url, sample, influxd)).toBe(sample.expectedPoints);
    } finally {
      await member.end('SIGKILL');
      await influxd.dispose();
      folder.dispose();
    }
  });
});
