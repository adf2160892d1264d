/** The set-ups of `resources/samples` on a real member: what Kapacitor 1.5.4 did with them is what it does. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { standIn, type StandIn } from '../shell/autoscale/testing/stand-in.ts';
import { hasInfluxd, startInfluxd } from './testing/influxd-process.ts';
import type { MemberApi } from './testing/member-api.ts';
import { influxSection } from './testing/member-process.ts';
import { playBatch, playStream, readSample } from './testing/play-sample.ts';
import { useMembers } from './testing/use-members.ts';

const members = useMembers();

describe('stream samples', () => {
  let api: MemberApi;
  let inbox: StandIn;

  beforeAll(async () => {
    ({ api } = await members.startNew());
    inbox = await standIn(() => ({ body: '' }));
  });
  afterAll(() => inbox.close());

  test.each(['threshold', 'relative-change', 'error-rate'])('%s', async (name) => {
    const sample = readSample(name);
    const { alerts } = await playStream(api, sample, inbox, false);
    expect(alerts).toEqual(sample.expectedAlerts);
  });

  // At the pace of its data: a deadman goes by the clock. Where the machine stood still for longer than half of the
  // deadman's interval a host was silent that is not in the data: that is another sample, and this one is played anew.
  test('deadman', async () => {
    const sample = readSample('deadman');
    let played = await playStream(api, sample, inbox, true);
    for (let again = 0; again < 2 && played.longestGapMs > 1_000; again++) {
      // Topics remember.
      const another = await members.startNew();
      played = await playStream(another.api, sample, inbox, true);
    }
    expect(played.alerts.slice(0, 2)).toMatchObject(sample.expectedAlerts);
  }, 120_000);
});

describe.skipIf(!hasInfluxd)('batch samples with a real influxd (skipped when none is on PATH)', () => {
  test('downsampling', async () => {
    const influxd = await startInfluxd();
    onTestFinished(() => influxd.dispose());
    const { api } = await members.startNew(influxSection([influxd.url], { 'disable-subscriptions': true }));
    const sample = readSample('downsampling');
    expect(await playBatch(api, sample, influxd)).toBe(sample.expectedPoints);
  });
});
