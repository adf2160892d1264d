import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeWhole } from '../lab/lab-files.ts';
import type { CallGroup } from './call-group.ts';
import { HostFailure } from './host-failure.ts';

const limitBytes = 64 * 1024;

/** What the page wants to find again after a restart: one JSON file, replaced as a whole. */
export function settingsCalls(file: string): CallGroup<'settings'> {
  let writing: Promise<void> = Promise.resolve();
  return {
    'settings.read': async () => {
      await writing;
      const text = await readFile(file, 'utf8').catch(() => '{}');
      return settingsIn(text);
    },
    'settings.write': async (settings) => {
      const text = JSON.stringify(settings);
      if (Buffer.byteLength(text) > limitBytes)
        throw new HostFailure('invalid-input', `settings have at most ${limitBytes} bytes`);
      // One after another: the last one asked for is the one that stays.
      writing = writing.then(async () => {
        await mkdir(dirname(file), { recursive: true, mode: 0o700 });
        await writeWhole(file, text);
      });
      await writing;
      return null;
    },
  };
}

/** A broken file means the settings are lost, not that the page does not open. */
function settingsIn(text: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...json } : {};
  } catch {
    return {};
  }
}
