/** What a member sets aside (D9, D11): files under `removed/` in its data folder, on disk before it goes on. */
import { mkdirSync } from 'node:fs';
import { open, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../base/result.ts';
import type { JsonValue } from '../base/store.ts';
import type { SetAsidePort } from './compose.ts';

export function createSetAside(dataDir: string): SetAsidePort {
  const folder = join(dataDir, 'removed');
  return {
    write(name, content, done) {
      void writeDurably(folder, name, content).then(done);
    },
  };
}

async function writeDurably(folder: string, name: string, content: JsonValue): Promise<Result<void, string>> {
  try {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${name}.json`);
    const file = await open(`${path}.new`, 'w', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(content, undefined, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
    return ok(undefined);
  } catch (error) {
    return err(`cannot set aside ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Names of what was set aside. */
export async function listSetAside(dataDir: string): Promise<readonly string[]> {
  try {
    const names = await readdir(join(dataDir, 'removed'));
    return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
  } catch {
    return [];
  }
}
