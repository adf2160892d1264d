/** A real InfluxDB 1.x for tests, on loopback ports and in a folder of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from '../../shell/testing/free-ports.ts';

export const hasInfluxd = spawnSync('influxd', ['version'], { encoding: 'utf8' }).status === 0;

export interface InfluxdProcess {
  readonly url: string;
  /** The JSON answer of an InfluxQL statement. */
  query(statement: string): Promise<string>;
  write(db: string, lines: string): Promise<number>;
  /** SIGTERM or SIGKILL, then the same server on the same ports and data. */
  restart(signal: NodeJS.Signals): Promise<void>;
  dispose(): Promise<void>;
}

/** `httpOptions` is TOML of its `[http]` section behind the rest. */
export async function startInfluxd(httpOptions = ''): Promise<InfluxdProcess> {
  const dir = mkdtempSync(join(tmpdir(), 'influxd-'));
  const [http = 0, rpc = 0] = await freePorts(2);
  const config = join(dir, 'influxdb.conf');
  const lines = [
    'reporting-disabled = true',
    `bind-address = "127.0.0.1:${rpc}"`,
    `[meta]\ndir = "${dir}/meta"`,
    `[data]\ndir = "${dir}/data"\nwal-dir = "${dir}/wal"`,
    `[http]\nbind-address = "127.0.0.1:${http}"\nlog-enabled = false\n${httpOptions}`,
    '[monitor]\nstore-enabled = false',
    '[subscriber]\nenabled = true',
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  const url = `http://127.0.0.1:${http}`;
  let child = await launch(config, url);

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await exited;
  };
  return {
    url,
    async query(statement) {
      const response = await fetch(`${url}/query`, { method: 'POST', body: new URLSearchParams({ q: statement }) });
      return response.text();
    },
    async write(db, text) {
      const response = await fetch(`${url}/write?db=${db}`, { method: 'POST', body: text });
      await response.arrayBuffer();
      return response.status;
    },
    async restart(signal) {
      await end(signal);
      child = await launch(config, url);
    },
    async dispose() {
      await end('SIGKILL');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function launch(config: string, url: string): Promise<ReturnType<typeof spawn>> {
  const child = spawn('influxd', ['-config', config], { stdio: 'ignore' });
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) throw new Error(`influxd ended with ${child.exitCode}`);
    const status = await fetch(`${url}/ping`).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 204) return child;
    await delay(50);
  }
  child.kill('SIGKILL');
  throw new Error('influxd does not answer');
}
