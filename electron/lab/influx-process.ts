/** A real influxd 1.x as one more process of the lab: its configuration, and what must exist in it before members start. */
import { join } from 'node:path';
import { accessSync, constants } from 'node:fs';
import { err, ok, type Result } from '../../member/base/result.ts';
import { childEnvironment } from './child-environment.ts';
import { httpCall } from './http-call.ts';
import type { ProcessSpec } from './supervisor.ts';

export interface InfluxPorts {
  readonly http: number;
  readonly rpc: number;
}

export function influxConfigText(dir: string, ports: InfluxPorts): string {
  const path = (name: string): string => JSON.stringify(join(dir, 'influxd', name));
  return [
    '# influxd of this lab. Written again at each start of the lab.',
    'reporting-disabled = true',
    `bind-address = "127.0.0.1:${ports.rpc}"`,
    '[meta]',
    `  dir = ${path('meta')}`,
    '[data]',
    `  dir = ${path('data')}`,
    `  wal-dir = ${path('wal')}`,
    '  index-version = "inmem"',
    '  query-log-enabled = false',
    '[http]',
    `  bind-address = "127.0.0.1:${ports.http}"`,
    '  log-enabled = false',
    '[monitor]',
    '  store-enabled = false',
    '[subscriber]',
    '  enabled = true',
    '  http-timeout = "30s"',
    '',
  ].join('\n');
}

export function influxSpec(dir: string, ports: InfluxPorts, program: string): ProcessSpec {
  return {
    name: 'influxd',
    file: program,
    words: ['-config', join(dir, 'influxd', 'influxdb.conf')],
    cwd: join(dir, 'influxd'),
    environment: childEnvironment(),
    hasChannel: false,
    isServing: async () => {
      const answer = await httpCall(`http://127.0.0.1:${ports.http}/ping`, { timeoutMs: 1_000 });
      return answer.ok && answer.value.status === 204;
    },
    logFile: join(dir, 'influxd', 'influxd.log'),
  };
}

/** The database of the sample data; members subscribe to what exists. */
export async function createDatabase(ports: InfluxPorts): Promise<Result<void, string>> {
  const url = `http://127.0.0.1:${ports.http}/query?q=${encodeURIComponent('CREATE DATABASE telegraf')}`;
  const answer = await httpCall(url, { method: 'POST' });
  if (!answer.ok) return err(`influxd did not create the database: ${answer.error}`);
  return answer.value.status === 200
    ? ok(undefined)
    : err(`influxd did not create the database: ${answer.value.body.trim()}`);
}

/** Full path of a program on PATH; null when there is none. */
export function onPath(program: string): string | null {
  const separator = process.platform === 'win32' ? ';' : ':';
  const names = process.platform === 'win32' ? [`${program}.exe`, `${program}.cmd`] : [program];
  for (const folder of (process.env['PATH'] ?? '').split(separator)) {
    for (const name of names) {
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        continue;
      }
    }
  }
  return null;
}
