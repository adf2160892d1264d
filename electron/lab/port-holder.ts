/** Who holds a busy port, with what the system has; "unknown process" where it does not say. No rights are needed. */
import { execFile } from 'node:child_process';
import { readFile, readdir, readlink } from 'node:fs/promises';

const unknownHolder = 'unknown process';

/** `kafka (pid 2114)`, or `unknown process`. */
export async function portHolder(port: number, udp: boolean): Promise<string> {
  const found = await (process.platform === 'linux'
    ? fromProc(port, udp)
    : process.platform === 'win32'
      ? fromNetstat(port)
      : fromLsof(port));
  return found === null ? unknownHolder : `${found.name} (pid ${found.pid})`;
}

interface Holder {
  readonly name: string;
  readonly pid: number;
}

async function fromProc(port: number, udp: boolean): Promise<Holder | null> {
  const tables = udp ? ['tcp', 'tcp6', 'udp', 'udp6'] : ['tcp', 'tcp6'];
  const inodes = new Set<string>();
  for (const table of tables) {
    const text = await readFile(`/proc/net/${table}`, 'utf8').catch(() => '');
    for (const inode of socketInodes(text, port, table.startsWith('tcp'))) inodes.add(`socket:[${inode}]`);
  }
  if (inodes.size === 0) return null;
  for (const pid of await readdir('/proc')) {
    if (/^\d+$/.test(pid) && (await holdsOne(pid, inodes))) return { name: await processName(pid), pid: Number(pid) };
  }
  return null;
}

/** Inodes of sockets bound to the port, out of a table of /proc/net. Of TCP only listening ones (state 0A). */
export function socketInodes(table: string, port: number, tcp: boolean): string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((cells) => cells[1]?.endsWith(`:${hexPort}`) === true && (!tcp || cells[3] === '0A'))
    .flatMap((cells) => (cells[9] === undefined ? [] : [cells[9]]));
}

async function holdsOne(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  // Processes of other users, and those that have just ended, cannot be read; they are not ours to name.
  const descriptors = await readdir(`/proc/${pid}/fd`).catch((): string[] => []);
  for (const descriptor of descriptors) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
    if (inodes.has(target)) return true;
  }
  return false;
}

/** The program's name; for an interpreter the script it runs, as `node` alone says little. */
async function processName(pid: string): Promise<string> {
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))
    .split('\0')
    .filter((word) => word !== '');
  const program = lastPart(words[0] ?? '') || 'process';
  const script = words.slice(1).find((word) => !word.startsWith('-'));
  return /^(node|nodejs|python[\d.]*|java|ruby|perl|bash|sh)$/.test(program) && script !== undefined
    ? `${program} ${lastPart(script)}`
    : program;
}

function lastPart(path: string): string {
  return path.split('/').at(-1) ?? path;
}

async function fromLsof(port: number): Promise<Holder | null> {
  const output = await run('lsof', ['-nP', `-i:${port}`, '-Fpc']);
  const pid = /^p(\d+)$/m.exec(output)?.[1];
  return pid === undefined ? null : { pid: Number(pid), name: /^c(.+)$/m.exec(output)?.[1] ?? 'process' };
}

async function fromNetstat(port: number): Promise<Holder | null> {
  const output = await run('netstat', ['-ano']);
  const pid = new RegExp(`:${port}\\s.*?(\\d+)\\s*$`, 'm').exec(output)?.[1];
  if (pid === undefined) return null;
  const tasks = await run('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']);
  return { pid: Number(pid), name: /^"([^"]+)"/.exec(tasks.trim())?.[1] ?? 'process' };
}

/** Standard output; empty when the program is missing or fails, which then means "unknown". */
function run(program: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, words, { timeout: 3_000 }, (error, stdout) => resolve(error === null ? stdout : ''));
  });
}
