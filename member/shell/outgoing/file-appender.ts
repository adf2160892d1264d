/** Appends to a file that is opened anew each time, so that it may be moved away between two lines (the `log` handler). */
import { open } from 'node:fs/promises';

/** The mode counts when the file is made, less the process's umask. Appends to one path keep their order. */
export function createFileAppender(): (
  path: string,
  text: string,
  mode: number,
  done: (error: string | null) => void,
) => void {
  const queues = new Map<string, Promise<void>>();
  return (path, text, mode, done) => {
    const before = queues.get(path) ?? Promise.resolve();
    const mine = before.then(async () => {
      done(await append(path, text, mode));
    });
    queues.set(path, mine);
    void mine.then(() => {
      if (queues.get(path) === mine) queues.delete(path);
    });
  };
}

async function append(path: string, text: string, mode: number): Promise<string | null> {
  try {
    const file = await open(path, 'a', mode);
    try {
      await file.appendFile(text);
    } finally {
      await file.close();
    }
    return null;
  } catch (error) {
    return `failed to append to ${path}: ${error instanceof Error ? error.message : String(error)}`;
  }
}
