/**
 * The ports of all labs of this user that run. While a member is crashed or stopped its ports look free; a lab that
 * starts meanwhile must not take them, or the member could not come back.
 *
 * One file per running lab in the system's temporary folder, whatever folder the labs live in. A file whose process is
 * gone counts no more and is removed by whoever meets it.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { err, ok, type Result } from '../../member/base/result.ts';

const entry = z.object({ pid: z.number().int(), dir: z.string(), ports: z.array(z.number().int()) });

function bookFolder(): string {
  return join(tmpdir(), `kapacitor-lab-ports-${process.getuid?.() ?? 'user'}`);
}

/** Replaces what this process has reserved for the lab in `dir`. Without it the lab runs as well, only less protected. */
export function reservePorts(dir: string, ports: readonly number[]): Result<void, string> {
  try {
    mkdirSync(bookFolder(), { recursive: true, mode: 0o700 });
    writeFileSync(fileOf(dir), JSON.stringify({ pid: process.pid, dir, ports }), { mode: 0o600 });
    return ok(undefined);
  } catch (error) {
    return err(`the ports of the lab are not reserved: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function releasePorts(dir: string): void {
  rmSync(fileOf(dir), { force: true });
}

/** Port → by whom, of every running lab but the one in `dir`. */
export function reservedPorts(dir: string): ReadonlyMap<number, string> {
  const reserved = new Map<number, string>();
  for (const file of files()) {
    const found = read(file);
    if (found === null || !isAlive(found.pid)) rmSync(file, { force: true });
    else if (found.dir !== dir) for (const port of found.ports) reserved.set(port, `the lab in ${found.dir}`);
  }
  return reserved;
}

function fileOf(dir: string): string {
  const key = createHash('sha256').update(dir).digest('hex').slice(0, 16);
  return join(bookFolder(), `${key}.json`);
}

function files(): string[] {
  try {
    return readdirSync(bookFolder()).map((name) => join(bookFolder(), name));
  } catch {
    // No lab has run since the system started.
    return [];
  }
}

/** Null for what is no entry, or is gone by now. */
function read(file: string): z.infer<typeof entry> | null {
  try {
    const parsed = entry.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It lives, but belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
