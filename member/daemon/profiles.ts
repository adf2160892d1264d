/** `-cpuprofile` and `-memprofile`: profiles of the runtime, written at the end of the process. */
import { writeFileSync } from 'node:fs';
import type { Session } from 'node:inspector/promises';

export interface Profiles {
  write(): Promise<void>;
}

export function startProfiles(cpuFile: string | undefined, heapFile: string | undefined): Profiles {
  const session = cpuFile === undefined ? undefined : startSession();
  return {
    async write() {
      if (heapFile !== undefined) (await import('node:v8')).writeHeapSnapshot(heapFile);
      if (session === undefined || cpuFile === undefined) return;
      const { profile } = await (await session).post('Profiler.stop');
      writeFileSync(cpuFile, JSON.stringify(profile));
    },
  };
}

async function startSession(): Promise<Session> {
  const inspector = await import('node:inspector/promises');
  const session = new inspector.Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  return session;
}
