import { formatGoDuration } from '../base/duration.ts';
import type { MemberConfig } from './schema.ts';
import { udfFunctions } from './udf-functions.ts';

/** What must hold between several keys. One line naming the keys and what is allowed; null when all is well. */
export function crossChecks(config: MemberConfig): string | null {
  return (
    license(config) ??
    influxdb(config) ??
    load(config) ??
    deadman(config) ??
    httppost(config) ??
    udf(config) ??
    kubernetes(config) ??
    swarm(config) ??
    ec2(config)
  );
}

function license({ enterprise }: MemberConfig): string | null {
  if (enterprise['license-key'] === '' || enterprise['license-path'] === '') return null;
  return '[enterprise] license-key and license-path are both set: only one of the two is allowed';
}

function influxdb({ influxdb }: MemberConfig): string | null {
  const names = new Set<string>();
  for (const element of influxdb) {
    if (names.has(element.name))
      return `[[influxdb]] name = ${JSON.stringify(element.name)}: must be unique, it stands twice`;
    names.add(element.name);
  }
  const enabled = influxdb.filter((element) => element.enabled);
  const defaults = enabled.filter((element) => element.default);
  if (defaults.length > 1)
    return `[[influxdb]] default: must be true for exactly one enabled element, it is for ${defaults.length}`;
  if (enabled.length > 1 && defaults.length === 0)
    return '[[influxdb]] default: must be true for exactly one of several enabled elements';
  for (const element of enabled) {
    if (element.urls.length === 0)
      return `[[influxdb]] ${JSON.stringify(element.name)} urls = []: must be a list of at least one URL`;
  }
  return null;
}

function load({ load: { enabled, dir } }: MemberConfig): string | null {
  if (!enabled || dir.startsWith('/') || /^[A-Za-z]:[\\/]/.test(dir)) return null;
  return `[load] dir = ${JSON.stringify(dir)}: must be an absolute path when enabled`;
}

/** As every task would have one. */
function deadman({ deadman: { global, interval } }: MemberConfig): string | null {
  if (!global || interval > 0n) return null;
  return `[deadman] interval = "${formatGoDuration(interval)}": must be longer than 0s when global`;
}

function udf(config: MemberConfig): string | null {
  const functions = udfFunctions(config);
  return functions.ok ? null : functions.error;
}

function httppost({ httppost }: MemberConfig): string | null {
  const endpoints = new Set<string>();
  for (const { endpoint } of httppost) {
    if (endpoints.has(endpoint))
      return `[[httppost]] endpoint = ${JSON.stringify(endpoint)}: must be unique, it stands twice`;
    endpoints.add(endpoint);
  }
  return null;
}

function kubernetes({ kubernetes }: MemberConfig): string | null {
  for (const element of kubernetes.filter(({ enabled }) => enabled)) {
    const name = `[[kubernetes]] ${JSON.stringify(element.id)}`;
    if (!element['in-cluster']) {
      if (element['api-servers'].length === 0) return `${name} api-servers = []: must be a list of at least one URL`;
      continue;
    }
    for (const key of ['api-servers', 'token', 'ca-path', 'namespace'] as const)
      if (element[key].length > 0) return `${name} ${key}: must be empty together with in-cluster = true`;
  }
  const isUnnamed = kubernetes.length > 1 && kubernetes.some(({ id }) => id === '');
  return isUnnamed ? '[[kubernetes]] id = "": must be set for each of several elements' : null;
}

function swarm({ swarm }: MemberConfig): string | null {
  const bare = swarm.find(({ enabled, servers }) => enabled && servers.length === 0);
  return bare === undefined
    ? null
    : `[[swarm]] ${JSON.stringify(bare.id)} servers = []: must be a list of at least one URL`;
}

function ec2({ ec2 }: MemberConfig): string | null {
  for (const { enabled, id, region } of ec2) {
    if (!enabled) continue;
    if (id === '') return '[[ec2]] id = "": must be set when enabled';
    if (region === '') return `[[ec2]] ${JSON.stringify(id)} region = "": must be set when enabled`;
  }
  return null;
}
