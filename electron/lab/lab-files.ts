/** The folder of a lab and the files in it. Everything a lab writes is below this folder. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { err, ok, type Result } from '../../member/base/result.ts';
import { planSchema, type Plan } from './plan.ts';

/** `~/.kapacitor-lab`, or what KAPACITOR_LAB_HOME says. */
export function labHome(environment: NodeJS.ProcessEnv = process.env): string {
  return environment['KAPACITOR_LAB_HOME'] ?? join(homedir(), '.kapacitor-lab');
}

export const labFiles = {
  plan: (dir: string) => join(dir, 'plan.json'),
  journal: (dir: string) => join(dir, 'journal.jsonl'),
  control: (dir: string) => join(dir, 'control.json'),
  memberConfig: (dir: string, name: string) => join(dir, name, 'kapacitor.conf'),
  memberLog: (dir: string, name: string) => join(dir, name, 'kapacitord.log'),
  bin: (dir: string) => join(dir, 'bin'),
  hostLog: (dir: string) => join(dir, 'host.log'),
};

/**
 * Where a control socket may listen; control.json says where it does. A Unix socket's path may have some 100 bytes: a
 * longer lab folder gets its socket in the temporary folder.
 */
export function controlAddress(dir: string): string {
  const name = randomBytes(8).toString('hex');
  if (process.platform === 'win32') return `\\\\.\\pipe\\kapacitor-lab-${name}`;
  const inside = join(dir, `control-${name}.sock`);
  return Buffer.byteLength(inside) <= 100 ? inside : join(tmpdir(), `kapacitor-lab-${name}.sock`);
}

/** The saved plan; null when there is none. The error says what is wrong with the file. */
export async function readPlan(dir: string): Promise<Result<Plan | null, string>> {
  const file = labFiles.plan(dir);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' ? null : error,
  );
  if (text === null) return ok(null);
  if (typeof text !== 'string') return err(`${file}: ${text.message}`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return err(`${file} is not JSON; remove it to plan this lab anew`);
  }
  const plan = planSchema.safeParse(json);
  if (plan.success) return ok({ ...plan.data, dir });
  const [issue] = plan.error.issues;
  return err(
    `${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is no plan'}; remove it to plan this lab anew`,
  );
}

export async function savePlan(plan: Plan): Promise<void> {
  await mkdir(plan.dir, { recursive: true, mode: 0o700 });
  await writeWhole(labFiles.plan(plan.dir), `${JSON.stringify(plan, null, 2)}\n`);
}

/** Replaces a file so that a reader, or a crash, meets the old text or the new, never a part. */
export async function writeWhole(file: string, text: string, mode = 0o600): Promise<void> {
  const part = `${file}.${randomBytes(4).toString('hex')}.part`;
  await writeFile(part, text, { mode });
  await chmod(part, mode);
  await rename(part, file);
}

/** The folder that `up` and the window open when none is named: the last one used, if any. */
export async function lastLab(home: string): Promise<string | null> {
  const text = await readFile(join(home, 'last-lab'), 'utf8').catch(() => '');
  return text.trim() === '' ? null : text.trim();
}

export async function rememberLab(home: string, dir: string): Promise<void> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  await writeWhole(join(home, 'last-lab'), `${dir}\n`);
}

/** A lab is named by its shape and day: `triangle-mon`. */
export function labName(members: number, weekday: number): string {
  const shapes = ['', 'dot', 'pair', 'triangle', 'square', 'pentagon', 'hexagon'];
  const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
  return `${shapes[members] ?? `ring-${members}`}-${days[weekday] ?? 'day'}`;
}
