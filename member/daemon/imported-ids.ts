/** D1: `server.id` and `cluster.id` that an original left in the data folder, for a store without an identity. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterId, isUuid, memberId, type ClusterId, type MemberId } from '../base/ids.ts';

export function importedIds(dataDir: string): { readonly memberId: MemberId; readonly clusterId: ClusterId } | null {
  const server = readId(join(dataDir, 'server.id'));
  const cluster = readId(join(dataDir, 'cluster.id'));
  if (server === undefined || cluster === undefined) return null;
  return { memberId: memberId(server), clusterId: clusterId(cluster) };
}

function readId(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim().toLowerCase();
    return isUuid(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
