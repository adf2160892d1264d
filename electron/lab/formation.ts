/**
 * Makes one cluster of the members that run. One member is asked to add each that stands alone; members of a lab that
 * ran before find each other by themselves.
 */
import { execFile } from 'node:child_process';
import { err, ok, type Result } from '../../member/base/result.ts';
import { apiOf, clientOf, memberState, membersAgree, runningMembers, type LabContext } from './lab-context.ts';
import { foreignControl } from './member-processes.ts';
import type { PlannedMember } from './plan.ts';
import type { LabWatch } from './lab-watch.ts';

const agreeLimitMs = 30_000;

export interface Formation {
  readonly context: LabContext;
  readonly watch: LabWatch;
  readonly onJoined: (name: string) => void;
}

/** Resolves when all running members list each other alive. A single member is a cluster of its own, uninitialized. */
export async function formCluster({ context, watch, onJoined }: Formation): Promise<Result<void, string>> {
  await watch.readNow();
  const members = runningMembers(context);
  if (context.plan.engine.kind === 'path') return formForeign(context, members, onJoined);
  if (members.length < 2) return ok(undefined);
  const state = (member: PlannedMember) => memberState(context, member.name);
  const founded = members.filter((member) => state(member)?.clusterState === 'initialized');
  const ids = new Set(founded.map((member) => state(member)?.clusterId));
  if (ids.size > 1)
    return err(`the members belong to ${ids.size} clusters: ${[...ids].join(', ')}; remove some of them first`);
  const adder = founded[0] ?? members[0];
  if (adder === undefined) return err('no member runs');
  for (const member of members) {
    if (member === adder || state(member)?.clusterState === 'initialized') continue;
    const added = await addToCluster(adder, member);
    if (!added.ok) return err(`${member.name} did not join: ${added.error}`);
    onJoined(member.name);
  }
  await watch.readNow();
  const agreed = await context.store.until(() => membersAgree(context), agreeLimitMs);
  return agreed
    ? ok(undefined)
    : err(`the members did not agree within ${agreeLimitMs / 1_000} s: ${disagreement(context)}`);
}

export async function addToCluster(adder: PlannedMember, member: PlannedMember): Promise<Result<void, string>> {
  const added = await clientOf(adder).addMember(`127.0.0.1:${member.rpc}`);
  return added.ok ? ok(undefined) : err(added.error);
}

/** A foreign engine forms a cluster only with its own tool, if there is one beside it. */
async function formForeign(
  context: LabContext,
  members: readonly PlannedMember[],
  onJoined: (name: string) => void,
): Promise<Result<void, string>> {
  const control = foreignControl(context.plan);
  const [adder, ...others] = members;
  if (control === null || adder === undefined) return ok(undefined);
  for (const member of others) {
    const added = await run(control, ['member', 'add', `127.0.0.1:${member.rpc}`, '-url', apiOf(adder)]);
    if (!added.ok) return err(`${member.name} did not join: ${added.error}`);
    onJoined(member.name);
  }
  return ok(undefined);
}

function run(program: string, words: readonly string[]): Promise<Result<void, string>> {
  return new Promise((resolve) => {
    execFile(program, words, { timeout: 15_000 }, (error, _stdout, stderr) => {
      resolve(error === null ? ok(undefined) : err(stderr.trim() || error.message));
    });
  });
}

function disagreement(context: LabContext): string {
  return runningMembers(context)
    .map(({ name }) => {
      const views = memberState(context, name)?.views.map(({ member, status }) => `${member} ${status}`) ?? [];
      return `${name} lists ${views.join(', ') || 'nobody'}`;
    })
    .join('; ');
}
