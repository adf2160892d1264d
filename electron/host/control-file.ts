/** `control.json` in the lab's folder: who supervises the lab, and how to reach him. Readable by its user alone. */
import { createHash, randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { labFiles } from '../lab/lab-files.ts';

const controlFile = z.object({
  pid: z.number(),
  /** Path of the Unix socket, or name of the pipe. */
  address: z.string(),
  token: z.string(),
});

export type ControlFile = z.infer<typeof controlFile>;

export async function readControlFile(dir: string): Promise<ControlFile | null> {
  return parsed(await textOf(labFiles.control(dir)));
}

/** Empty when there is none. */
function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

function parsed(text: string): ControlFile | null {
  try {
    return controlFile.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/**
 * Makes this process the supervisor of the folder; the answer is who is it already, or null when it was made so. Of
 * several that ask in the same instant one is, also over the file of one that was killed. The socket of `content` must
 * listen already, for the others ask `isThere`.
 */
export async function claimControlFile(
  dir: string,
  content: ControlFile,
  isThere: (other: ControlFile) => Promise<boolean>,
): Promise<ControlFile | null> {
  const file = labFiles.control(dir);
  const part = `${file}.${randomBytes(4).toString('hex')}.part`;
  await writeFile(part, JSON.stringify(content), { mode: 0o600 });
  try {
    for (;;) {
      const found = await textOf(file);
      const holder = parsed(found);
      if (holder !== null && (await isThere(holder))) return holder;
      if (await replace(file, found, part, isThere)) return null;
    }
  } finally {
    await rm(part, { force: true });
  }
}

/** Puts `part` where `found` is, if it is still there. Who may try is who makes the link named by `found`. */
async function replace(
  file: string,
  found: string,
  part: string,
  isThere: (other: ControlFile) => Promise<boolean>,
): Promise<boolean> {
  const gate = `${file}.${createHash('sha256').update(found).digest('hex').slice(0, 16)}.next`;
  if (!(await isLinked(part, gate))) {
    const other = parsed(await textOf(gate));
    // It was killed between two steps, unless it is at work.
    if (other !== null && !(await isThere(other))) await rm(gate, { force: true });
    return false;
  }
  try {
    // The gate is free again once another has gone through it: then what was found is there no more.
    if ((await textOf(file)) !== found) return false;
    await rename(part, file);
    await removeSocket(parsed(found));
    return true;
  } finally {
    await rm(gate, { force: true });
  }
}

/** A link, unlike a renaming, fails where a file is. */
function isLinked(file: string, at: string): Promise<boolean> {
  return link(file, at).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

async function removeSocket(of: ControlFile | null): Promise<void> {
  if (of !== null && process.platform !== 'win32') await rm(of.address, { force: true });
}

/** By the supervisor itself, while its socket listens. */
export async function removeControlFile(dir: string, content: ControlFile): Promise<void> {
  if ((await readControlFile(dir))?.token === content.token) await rm(labFiles.control(dir), { force: true });
  await removeSocket(content);
}
