/**
 * A stand-in for kapacitord in tests of the lab: the private channel, the routes the lab calls, a crude membership by
 * probing over HTTP, and alerts on `usage_idle` with ranks and takeover. It keeps its ID; everything else is memory.
 * Run as `fake-member.cjs -config FILE`.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import toml from '@iarna/toml';

interface Known {
  id: string;
  api: string;
  rpc: string;
  gossip: string;
  status: 'alive' | 'suspect' | 'dead' | 'left';
  since: number;
}

const config = toml.parse(readFileSync(process.argv[process.argv.indexOf('-config') + 1] ?? '', 'utf8')) as unknown as {
  data_dir: string;
  http: { 'bind-address': string };
  rpc: { 'bind-address': string };
  cluster: { 'bind-address': string };
  alert: { redundancy: number; 'delay-per-member': string };
};
const addresses = {
  api: config.http['bind-address'],
  rpc: config.rpc['bind-address'],
  gossip: config.cluster['bind-address'],
};
const delayMs =
  Number.parseFloat(config.alert['delay-per-member']) * (config.alert['delay-per-member'].endsWith('ms') ? 1 : 1000);
const stateFile = `${config.data_dir}/fake.json`;
mkdirSync(config.data_dir, { recursive: true });
const stored = existsSync(stateFile)
  ? (JSON.parse(readFileSync(stateFile, 'utf8')) as { id: string; clusterId: string; members: Known[] })
  : null;
const id = stored?.id ?? randomUUID();
let clusterId = stored?.clusterId ?? randomUUID();
const self: Known = { id, ...addresses, status: 'alive', since: Date.now() };
const members = new Map<string, Known>([...(stored?.members ?? []), self].map((member) => [member.id, member]));
members.set(id, self);
const save = (): void => writeFileSync(stateFile, JSON.stringify({ id, clusterId, members: [...members.values()] }));
save();

const run = randomUUID();
const past: object[] = [];
const listeners = new Set<ServerResponse>();
function observe(observation: Record<string, unknown>): void {
  const stamped = { seq: past.length + 1, run, at: Date.now(), observer: id, ...observation };
  past.push(stamped);
  for (const listener of listeners) listener.write(`${JSON.stringify(stamped)}\n`);
}

function setStatus(member: Known, status: Known['status']): void {
  if (member.status === status) return;
  const previous = member.status;
  Object.assign(member, { status, since: Date.now() });
  observe({ kind: 'status', member: member.id, status, previous, from: null, incarnation: 1 });
  if (status === 'suspect') {
    observe({ kind: 'suspected', member: member.id, from: id, incarnation: 1, timeoutMs: 600 });
    setTimeout(() => member.status === 'suspect' && setStatus(member, 'dead'), 600);
  }
}

/** Who has crashed refuses at once; the limit is for who hangs, and generous to who is merely slow. */
async function call(address: string, path: string, body?: unknown): Promise<unknown> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`http://${address}${path}`, { ...init, signal: AbortSignal.timeout(10_000) });
  return response.json();
}

const others = (): Known[] => [...members.values()].filter((member) => member.id !== id);
setInterval(() => {
  for (const member of others()) {
    call(member.rpc, '/alive').then(
      () => setStatus(member, 'alive'),
      () => member.status === 'alive' && setStatus(member, 'suspect'),
    );
  }
}, 150);

function adopt(cluster: string, list: Known[]): void {
  clusterId = cluster;
  for (const member of list)
    if (!members.has(member.id)) members.set(member.id, { ...member, status: 'alive', since: Date.now() });
  for (const known of others()) if (!list.some((member) => member.id === known.id)) members.delete(known.id);
  save();
  observe({ kind: 'cluster-state', state: 'initialized', clusterId, cause: 'joined' });
}

const view = () => ({
  state: members.size > 1 ? 'initialized' : 'uninitialized',
  'cluster-id': clusterId,
  'member-id': id,
  members: [...members.values()].map((member) => ({
    ...member,
    roles: ['worker'],
    incarnation: 1,
    since: new Date(member.since).toISOString(),
  })),
});

const tasks = new Map<string, { id: string; status: string }>();
const handlers = new Map<string, { id: string; kind: string; options: { url?: string } }>();
const levels = new Map<string, string>();
const topic = 'cpu-alerts';
const complete = new Set<string>();
const owners = (): Known[] =>
  [...members.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, config.alert.redundancy || members.size);

type Event = { topic: string; event: string; level: string; eventTime: string; key: string };
async function handle(event: Event, rank: number): Promise<void> {
  complete.add(event.key);
  observe({ kind: 'handled', ...event, rank, latencyMs: 1 });
  for (const handler of handlers.values()) {
    const body = {
      id: event.event,
      level: event.level,
      time: event.eventTime,
      message: `${event.event} is ${event.level}`,
      data: {},
    };
    await fetch(handler.options.url ?? '', {
      method: 'POST',
      headers: { 'X-Kapacitor-Member': id },
      body: JSON.stringify(body),
    }).catch(() => null);
    observe({
      kind: 'handler-attempt',
      ...event,
      handler: handler.id,
      handlerKind: handler.kind,
      durationMs: 1,
      error: null,
    });
  }
  for (const member of owners())
    if (member.id !== id) call(member.rpc, '/complete', { ...event, by: id }).catch(() => null);
}

const received = new Set<string>();
function receive(event: Event, from: string): void {
  const rank = owners().findIndex((member) => member.id === id);
  if (received.has(event.key)) return observe({ kind: 'duplicate-dropped', ...event, from, reason: 'same-event' });
  received.add(event.key);
  observe({ kind: 'publication-received', ...event, from, rank });
  if (rank === 0) return void handle(event, 0);
  observe({ kind: 'owner-waiting', ...event, rank, waitMs: rank * delayMs });
  setTimeout(() => {
    if (complete.has(event.key)) return;
    observe({ kind: 'owner-took-over', ...event, rank, waitedMs: rank * delayMs, silent: [] });
    void handle(event, rank);
  }, rank * delayMs);
}

function write(body: string): void {
  for (const line of body.split('\n')) {
    const match = /^cpu,cpu=cpu-total,host=([^, ]+) .*?usage_idle=([\d.]+)\S* (\d+)$/.exec(line);
    if (match === null || tasks.get('cpu_high')?.status !== 'enabled') continue;
    const [, host = '', idle = '', timeNs = ''] = match;
    const level = Number(idle) < 10 ? 'CRITICAL' : 'OK';
    if ((levels.get(host) ?? 'OK') === level) continue;
    levels.set(host, level);
    const eventTime = new Date(Number(timeNs) / 1e6).toISOString().replace('.000Z', 'Z');
    const event = { topic, event: `cpu_high:${host}`, level, eventTime, key: `${topic}|${host}|${eventTime}|${level}` };
    observe({ kind: 'published', ...event, task: 'cpu_high', owners: owners().map((owner) => owner.id) });
    for (const owner of owners()) {
      if (owner.id === id) receive(event, id);
      else call(owner.rpc, '/publication', { event, from: id }).catch(() => null);
    }
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function answer(response: ServerResponse, status: number, body?: unknown): void {
  response
    .writeHead(status, { 'Content-Type': 'application/json' })
    .end(body === undefined ? '' : JSON.stringify(body));
}

async function add(rpc: string, response: ServerResponse): Promise<void> {
  try {
    const newcomer = { ...((await call(rpc, '/alive')) as Known), status: 'alive' as const, since: Date.now() };
    members.set(newcomer.id, newcomer);
    save();
    observe({ kind: 'member-added', member: newcomer.id, by: id });
    for (const member of others()) await call(member.rpc, '/adopt', { clusterId, members: [...members.values()] });
    for (const handler of handlers.values()) await call(newcomer.rpc, '/handler', handler);
    answer(response, 200, view());
  } catch {
    answer(response, 502, { error: `failed to dial ${rpc}` });
  }
}

async function remove(memberId: string, response: ServerResponse): Promise<void> {
  const member = members.get(memberId);
  if (member === undefined) return answer(response, 404, { error: `unknown member ${memberId}` });
  members.delete(memberId);
  save();
  for (const other of others())
    await call(other.rpc, '/adopt', { clusterId, members: [...members.values()] }).catch(() => null);
  await call(member.rpc, '/adopt', { clusterId: randomUUID(), members: [] }).catch(() => null);
  answer(response, 204);
}

function observations(request: IncomingMessage, response: ServerResponse): void {
  const after = Number(new URL(request.url ?? '', 'http://x').searchParams.get('after') ?? 0);
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
  for (const line of past.slice(after)) response.write(`${JSON.stringify(line)}\n`);
  listeners.add(response);
  response.on('close', () => listeners.delete(response));
}

async function api(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '').replace('/kapacitor/v1', '').split('?')[0] ?? '';
  const body = await bodyOf(request);
  const route = `${request.method ?? ''} ${path}`;
  if (route === 'GET /ping') return answer(response, 204);
  if (route === 'GET /cluster') return answer(response, 200, view());
  if (route === 'POST /cluster/members') return add((JSON.parse(body) as { rpc: string }).rpc, response);
  if (route.startsWith('DELETE /cluster/members/')) return remove(path.split('/').at(-1) ?? '', response);
  if (route === 'GET /cluster/observations') return observations(request, response);
  if (route === 'GET /cluster/topics') {
    const ranked = owners().map((owner, rank) => ({ id: owner.id, rank, status: owner.status }));
    return answer(response, 200, {
      topics: handlers.size === 0 ? [] : [{ topic, level: 'OK', owners: ranked, pending: 0 }],
    });
  }
  if (route === 'POST /write') {
    write(body);
    return answer(response, 204);
  }
  if (route === 'POST /tasks') {
    const task = JSON.parse(body) as { id: string; status: string };
    if (tasks.has(task.id)) return answer(response, 400, { error: `task ${task.id} already exists` });
    tasks.set(task.id, task);
    return answer(response, 200, task);
  }
  if (path.startsWith('/tasks/'))
    return answer(
      response,
      tasks.has(path.slice(7)) ? 200 : 404,
      tasks.get(path.slice(7)) ?? { error: 'no task exists' },
    );
  if (path.startsWith(`/alerts/topics/${topic}/handlers`)) {
    if (request.method === 'GET')
      return answer(
        response,
        handlers.has(path.split('/').at(-1) ?? '') ? 200 : 404,
        handlers.get(path.split('/').at(-1) ?? '') ?? {},
      );
    const handler = JSON.parse(body) as { id: string; kind: string; options: { url?: string } };
    handlers.set(handler.id, handler);
    for (const member of others()) await call(member.rpc, '/handler', handler).catch(() => null);
    return answer(response, 200, handler);
  }
  answer(response, 404, { error: 'Not Found' });
}

async function rpc(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = await bodyOf(request);
  const body: unknown = text === '' ? {} : JSON.parse(text);
  if (request.url === '/adopt') {
    const { clusterId: cluster, members: list } = body as { clusterId: string; members: Known[] };
    adopt(cluster, list.some((member) => member.id === id) ? list : [self]);
  }
  if (request.url === '/handler') {
    const handler = body as { id: string; kind: string; options: { url?: string } };
    handlers.set(handler.id, handler);
  }
  if (request.url === '/publication') receive((body as { event: Event }).event, (body as { from: string }).from);
  if (request.url === '/complete') {
    complete.add((body as Event).key);
    observe({ kind: 'completion-received', ...(body as Event & { by: string }) });
  }
  answer(response, 200, self);
}

function listen(
  address: string,
  serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<void> {
  const [host = '', port = ''] = address.split(':');
  const server = createServer((request, response) => void serve(request, response));
  return new Promise((resolve) => {
    server.on('error', (error) => {
      process.stderr.write(`run: listen ${address}: ${error.message}\n`);
      process.exit(1);
    });
    server.listen(Number(port), host, resolve);
  });
}

process.on('disconnect', () => process.exit(0));
process.on('message', (message: { kind: string }) => {
  if (message.kind !== 'stop')
    return process.stderr.write(`ts=now lvl=info msg="channel" kind=${message.kind} body=${JSON.stringify(message)}\n`);
  process.stderr.write('ts=now lvl=info msg="clean stop"\n');
  process.exit(0);
});
await Promise.all([listen(addresses.api, api), listen(addresses.rpc, rpc)]);
process.stderr.write(`ts=now lvl=info msg="listening on" addr=${addresses.api}\n`);
process.send?.({ kind: 'listening', memberId: id, clusterId, ...addresses });
