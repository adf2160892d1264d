// A built member of its own for a tool: on loopback ports of the system's choice, in a folder that the caller removes.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const logLimit = 100_000;

/**
 * Runs `node ...args -config …` and resolves when the member listens. `ask` calls its API, with a text or with JSON, and
 * gives the JSON of its answer, or null; `ended` resolves with the exit code; `log` is what it has said, up to a limit.
 */
export async function startMember(folder, args, environment = {}) {
  const config = join(folder, 'kapacitor.conf');
  writeFileSync(config, configIn(folder));
  const child = spawn(process.execPath, [...args, '-config', config], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = await new Promise((ready, failed) => {
    void ended.then((code) => failed(new Error(`the member ended with ${code}:\n${log}`)));
    child.stderr.setEncoding('utf8').on('data', (text) => {
      if (log.length < logLimit) log += text;
      const [, address] = /msg="listening on" service=http addr=(\S+)/.exec(log) ?? [];
      if (address !== undefined) ready(`http://${address}/kapacitor/v1/`);
    });
  });
  return { process: child, ended, log: () => log, ask: (method, path, body) => ask(method, url + path, body) };
}

async function ask(method, url, body) {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await fetch(url, { method, body: text });
  const answered = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${url} answered ${answer.status}: ${answered}`);
  return answered === '' ? null : JSON.parse(answered);
}

function configIn(folder) {
  const at = (name) => JSON.stringify(join(folder, name));
  return [
    'hostname = "localhost"',
    `data_dir = ${JSON.stringify(folder)}`,
    '[http]\nbind-address = "127.0.0.1:0"\nlog-enabled = false',
    `[replay]\ndir = ${at('replay')}`,
    `[storage]\nboltdb = ${at('kapacitor.db')}`,
    `[load]\ndir = ${at('load')}`,
    '[logging]\nlevel = "INFO"',
    '[[influxdb]]\nname = "default"\nenabled = false',
    '[cluster]\nbind-address = "127.0.0.1:0"',
    '[rpc]\nbind-address = "127.0.0.1:0"',
  ].join('\n');
}
