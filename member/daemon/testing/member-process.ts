/** Real members for tests: the bundled program on loopback ports and in a folder of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { FromMember } from '../../api/private-channel.ts';
import { freePorts } from '../../shell/testing/free-ports.ts';
import { MemberApi } from './member-api.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

/** Bundles kapacitord as the build does, but for its launcher, into a folder that the caller removes. */
export async function bundleMember(): Promise<{ readonly program: string; dispose(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'kapacitord-'));
  const program = join(folder, 'kapacitord.js');
  await build({
    absWorkingDir: root,
    entryPoints: ['member/cli/kapacitord-main.ts'],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node18',
    external: ['lmdb'],
    logLevel: 'warning',
    define: { 'import.meta.url': '__entryUrl' },
    banner: { js: "const __entryUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
  writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}\n');
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return { program, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface MemberFolder {
  readonly dir: string;
  readonly config: string;
  /** Of whichever member runs in this folder. */
  readonly api: MemberApi;
  readonly ports: { readonly api: number; readonly gossip: number; readonly rpc: number };
  dispose(): void;
}

/**
 * A configuration on fixed free ports, so that a member comes back where it was. `extra` is TOML behind the rest; no
 * InfluxDB is asked unless it names one.
 */
export async function memberFolder(extra = ''): Promise<MemberFolder> {
  const dir = mkdtempSync(join(tmpdir(), 'member-'));
  const [api = 0, gossip = 0, rpc = 0] = await freePorts(3);
  const config = join(dir, 'kapacitor.conf');
  mkdirSync(join(dir, 'data'));
  const lines = [
    'hostname = "127.0.0.1"',
    `data_dir = "${dir}/data"`,
    `[http]\nbind-address = "127.0.0.1:${api}"\nlog-enabled = false\nallowed-origins = ["*"]`,
    `[cluster]\nbind-address = "127.0.0.1:${gossip}"`,
    `[rpc]\nbind-address = "127.0.0.1:${rpc}"`,
    `[storage]\nboltdb = "${dir}/data/kapacitor.db"`,
    `[replay]\ndir = "${dir}/data/replay"`,
    '[logging]\nlevel = "INFO"',
    '[stats]\nenabled = false',
    extra.includes('[[influxdb]]') ? '' : '[[influxdb]]\nenabled = false\nname = "default"',
    extra,
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  return {
    dir,
    config,
    api: new MemberApi(`http://127.0.0.1:${api}/kapacitor/v1`),
    ports: { api, gossip, rpc },
    dispose: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** TOML of one InfluxDB; `settings` are further options of the section. */
export function influxSection(urls: readonly string[], settings: Readonly<Record<string, string | boolean>>): string {
  const options = Object.entries({ enabled: true, name: 'default', default: true, urls, ...settings });
  return ['[[influxdb]]', ...options.map(([key, value]) => `${key} = ${JSON.stringify(value)}`)].join('\n');
}

export interface MemberProcess {
  readonly process: ChildProcess;
  /** What the member said over its private channel when it was ready. */
  readonly listening: Extract<FromMember, { kind: 'listening' }>;
  log(): string;
  /** Ends it and waits for its exit; the exit code, null after a signal. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Resolves when the member listens; rejects with its log when it does not. */
export function startMember(
  program: string,
  folder: MemberFolder,
  args: readonly string[] = [],
): Promise<MemberProcess> {
  const child = spawn(process.execPath, [program, '-config', folder.config, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let log = '';
  child.stdout?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return new Promise((resolve, reject) => {
    void exited.then((code) => reject(new Error(`the member ended with ${code}:\n${log}`)));
    child.on('message', (message: FromMember) => {
      if (message.kind !== 'listening') return;
      resolve({
        process: child,
        listening: message,
        log: () => log,
        end(signal) {
          child.kill(signal);
          return exited;
        },
      });
    });
  });
}
