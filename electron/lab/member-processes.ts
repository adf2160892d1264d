/** From the plan to processes: folders, configuration files and what is spawned for each member. */
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { err, ok, type Result } from '../../member/base/result.ts';
import { childEnvironment } from './child-environment.ts';
import { influxConfigText } from './influx-process.ts';
import { clientOf } from './lab-context.ts';
import { labFiles, savePlan, writeWhole } from './lab-files.ts';
import { memberConfig, memberDir } from './member-config.ts';
import type { Plan, PlannedMember } from './plan.ts';
import type { Programs } from './programs.ts';
import type { ProcessSpec } from './supervisor.ts';

/** Checks every configuration before the first file is written. */
export async function writeLabFiles(plan: Plan, programs: Programs): Promise<Result<void, string>> {
  for (const member of plan.members) {
    const text = memberConfig(plan, member);
    if (!text.ok) return text;
  }
  await savePlan(plan);
  for (const member of plan.members) {
    const written = await writeMemberFiles(plan, member);
    if (!written.ok) return written;
  }
  if (plan.data.kind === 'spawn' && plan.influx !== null) {
    await mkdir(join(plan.dir, 'influxd'), { recursive: true, mode: 0o700 });
    await writeWhole(join(plan.dir, 'influxd', 'influxdb.conf'), influxConfigText(plan.dir, plan.influx));
  }
  await writeLaunchers(plan.dir, programs);
  return ok(undefined);
}

export async function writeMemberFiles(plan: Plan, member: PlannedMember): Promise<Result<void, string>> {
  const text = memberConfig(plan, member);
  if (!text.ok) return text;
  await mkdir(join(memberDir(plan, member.name), 'data'), { recursive: true, mode: 0o700 });
  await writeWhole(labFiles.memberConfig(plan.dir, member.name), text.value);
  return ok(undefined);
}

/** A member added under a name that an earlier one had starts with an empty folder; the old one is kept aside. */
export async function setAsideOldFolder(plan: Plan, name: string): Promise<void> {
  const folder = memberDir(plan, name);
  if (!existsSync(folder)) return;
  await mkdir(join(plan.dir, 'removed'), { recursive: true, mode: 0o700 });
  await rename(folder, join(plan.dir, 'removed', `${name}-${Date.now()}`));
}

export function memberSpec(plan: Plan, member: PlannedMember, programs: Programs): Result<ProcessSpec, string> {
  const config = labFiles.memberConfig(plan.dir, member.name);
  const isBundled = plan.engine.kind === 'bundled';
  if (plan.engine.kind === 'path' && !existsSync(plan.engine.path))
    return err(`there is no program ${plan.engine.path}`);
  return ok({
    name: member.name,
    file: plan.engine.kind === 'path' ? plan.engine.path : process.execPath,
    words: [...(isBundled ? [programs.kapacitord] : []), '-config', config],
    cwd: memberDir(plan, member.name),
    environment: childEnvironment(),
    hasChannel: isBundled,
    isServing: () => clientOf(member).isServing(),
    logFile: labFiles.memberLog(plan.dir, member.name),
  });
}

/** The user's own `kapacitorctl` beside a foreign engine; null when there is none, or the engine is ours. */
export function foreignControl(plan: Plan): string | null {
  if (plan.engine.kind === 'bundled') return null;
  const file = join(dirname(plan.engine.path), 'kapacitorctl');
  return existsSync(file) ? file : null;
}

/** Small programs on the PATH of the lab's terminals: the CLIs, run by the same binary that runs the lab. */
async function writeLaunchers(dir: string, programs: Programs): Promise<void> {
  const folder = labFiles.bin(dir);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const commands = {
    kapacitord: programs.kapacitord,
    kapacitor: programs.kapacitor,
    kapacitorctl: programs.kapacitorctl,
    'kapacitor-lab': programs.lab,
  };
  for (const [name, script] of Object.entries(commands)) {
    if (process.platform === 'win32') {
      const text = `@set ELECTRON_RUN_AS_NODE=1\r\n@"${process.execPath}" "${script}" %*\r\n`;
      await writeFile(join(folder, `${name}.cmd`), text);
    } else {
      const text = `#!/bin/sh\nELECTRON_RUN_AS_NODE=1 exec ${shellQuoted(process.execPath)} ${shellQuoted(script)} "$@"\n`;
      await writeFile(join(folder, name), text);
      await chmod(join(folder, name), 0o755);
    }
  }
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
