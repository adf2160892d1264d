/** `control.json` in the lab's folder: who supervises the lab, and how to reach him. Readable by its user alone. */
import { readFile, rm } from 'node:fs/promises';
import { z } from 'zod';
import { labFiles, writeWhole } from '../lab/lab-files.ts';

const controlFile = z.object({
  pid: z.number(),
  /** Path of the Unix socket, or name of the pipe. */
  address: z.string(),
  token: z.string(),
});

export type ControlFile = z.infer<typeof controlFile>;

export async function readControlFile(dir: string): Promise<ControlFile | null> {
  const text = await readFile(labFiles.control(dir), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return controlFile.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export function writeControlFile(dir: string, content: ControlFile): Promise<void> {
  return writeWhole(labFiles.control(dir), JSON.stringify(content));
}

export async function removeControlFile(dir: string, content: ControlFile): Promise<void> {
  await rm(labFiles.control(dir), { force: true });
  if (process.platform !== 'win32') await rm(content.address, { force: true });
}
