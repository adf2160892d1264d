/** Which folder a lab lives in when the user names none: the last one used, or one named by its shape and day. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { labName, lastLab, readPlan } from './lab-files.ts';

export interface LabFolder {
  readonly dir: string;
  readonly name: string;
}

export async function defaultFolder(home: string, members: number | undefined): Promise<LabFolder> {
  const last = await lastLab(home);
  if (last !== null && (members === undefined || (await fits(last, members))))
    return { dir: last, name: basename(last) };
  return freshFolder(home, members ?? 3);
}

/** A lab that has run has its size; another size is another lab. */
export async function folderFor(home: string, members: number, present: string): Promise<LabFolder> {
  return (await fits(present, members)) ? { dir: present, name: basename(present) } : freshFolder(home, members);
}

async function freshFolder(home: string, members: number): Promise<LabFolder> {
  const shape = labName(members, new Date().getDay());
  for (let count = 1; ; count++) {
    const name = count === 1 ? shape : `${shape}-${count}`;
    const dir = join(home, name);
    if (!existsSync(dir) || (await fits(dir, members))) return { dir, name };
  }
}

async function fits(dir: string, members: number): Promise<boolean> {
  const saved = await readPlan(dir);
  return saved.ok && (saved.value === null || saved.value.members.length === members);
}
