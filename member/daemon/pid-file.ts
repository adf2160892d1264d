import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { err, ok, type Result } from '../base/result.ts';

/** Writes the process's id; the folder is made. The answer removes the file at a clean stop. */
export function writePidFile(path: string): Result<() => void, string> {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${process.pid}`);
    return ok(() => rmSync(path, { force: true }));
  } catch (error) {
    return err(`cannot write the pid file ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
