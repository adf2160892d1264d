/**
 * One test alert through a topic. The API has no call for that, so a task that alerts on everything is defined for a
 * database of its own, given one point, and deleted again. The alert takes the way of every other one.
 */
import { randomBytes } from 'node:crypto';
import { err, ok, type Result } from '../../member/base/result.ts';
import type { MemberClient } from './member-client.ts';

export async function sendTestAlert(
  client: MemberClient,
  topic: string,
  timeNs: bigint,
): Promise<Result<void, string>> {
  if (!/^[-._:\p{L}0-9]+$/u.test(topic))
    return err(`a topic has letters, digits, "-", ".", "_" and ":", not ${JSON.stringify(topic)}`);
  const id = `lab_test_${randomBytes(4).toString('hex')}`;
  const script = [
    'stream',
    "    |from()\n        .measurement('lab_test')",
    `    |alert()\n        .id('test')\n        .message('Test alert of the lab')\n        .info(lambda: TRUE)\n        .topic('${topic}')`,
  ].join('\n');
  const defined = await client.defineMissingTask({
    id,
    type: 'stream',
    dbrps: [{ db: id, rp: 'autogen' }],
    script,
    status: 'enabled',
  });
  if (!defined.ok) return defined;
  const written = await client.write(id, 'autogen', `lab_test value=1 ${timeNs}\n`);
  // Disabling lets the point pass through the task before the task goes.
  const deleted = await client.deleteTask(id);
  return written.ok && deleted.ok ? ok(undefined) : err(written.ok ? (deleted.ok ? '' : deleted.error) : written.error);
}
