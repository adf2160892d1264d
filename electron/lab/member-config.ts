/**
 * The kapacitor.conf of one lab member, as text. Pure. Everything is bound to literal 127.0.0.1 (D2), and nothing of
 * the vendor's is called. Values set by the user are checked by the member's own code before a file is written.
 */
import toml from '@iarna/toml';
import { loadConfig } from '../../member/config/config.ts';
import { formatGoDuration } from '../../member/base/duration.ts';
import { err, ok, type Result } from '../../member/base/result.ts';
import type { MemberSetting, SettingValue } from './member-setting.ts';
import type { Plan, PlannedMember } from './plan.ts';

type Table = { [key: string]: SettingValue | Table | Table[] };

/** Text of the file; the error names member, key, value and what is allowed. */
export function memberConfig(plan: Plan, member: PlannedMember): Result<string, string> {
  const config = labConfig(plan, member);
  for (const setting of plan.settings) {
    if (setting.member !== member.name && setting.member !== 'all') continue;
    const problem = apply(config, setting);
    if (problem !== null) return err(`--set ${setting.member}.${setting.key}: ${problem}`);
  }
  const text = `# ${member.name} of the lab ${plan.name}. Written again at each start of the lab.\n\n${toml.stringify(config)}`;
  if (plan.engine.kind === 'bundled') {
    const loaded = loadConfig({ file: text, dataDirWithoutFile: '', environment: {}, flags: {} });
    if (!loaded.ok) return err(`configuration of ${member.name}: ${loaded.error}`);
  }
  return ok(text);
}

/** `/` works in paths on every system Node runs on. */
export function memberDir(plan: { readonly dir: string }, name: string): string {
  return `${plan.dir}/${name}`;
}

function labConfig(plan: Plan, member: PlannedMember): Table {
  const dir = memberDir(plan, member.name);
  return {
    hostname: '127.0.0.1',
    data_dir: `${dir}/data`,
    http: { 'bind-address': `127.0.0.1:${member.api}`, 'log-enabled': false, 'allowed-origins': [] },
    cluster: { 'bind-address': `127.0.0.1:${member.gossip}` },
    rpc: { 'bind-address': `127.0.0.1:${member.rpc}` },
    alert: {
      redundancy: plan.redundancy,
      'delay-per-member': formatGoDuration(BigInt(plan.delayPerMemberMs) * 1_000_000n),
    },
    // The supervisor keeps what a member says on standard error, so that it has also what a dying one says.
    logging: { file: 'STDERR', level: 'INFO' },
    storage: { boltdb: `${dir}/data/kapacitor.db` },
    replay: { dir: `${dir}/data/replay` },
    task: { dir: `${dir}/data/tasks` },
    load: { enabled: false, dir: `${dir}/load` },
    // Its own statistics would arrive as data beside the sample data, every ten seconds.
    stats: { enabled: false },
    reporting: { enabled: false },
    influxdb: [influxConfig(plan)],
  };
}

function influxConfig(plan: Plan): Table {
  const url = influxUrl(plan);
  if (url === null) return { enabled: false, default: true, name: 'default', urls: ['http://127.0.0.1:8086'] };
  return {
    enabled: true,
    default: true,
    name: 'default',
    urls: [url],
    'kapacitor-hostname': '127.0.0.1',
    // Each member has a subscription of its own, and so receives every point.
    'subscription-mode': 'server',
    'subscription-protocol': 'http',
    'subscriptions-sync-interval': '10s',
    'startup-timeout': '30s',
  };
}

/** Where the members find InfluxDB; null when the lab has none. */
export function influxUrl(plan: Plan): string | null {
  if (plan.data.kind === 'url') return plan.data.url;
  if (plan.data.kind === 'spawn' && plan.influx !== null) return `http://127.0.0.1:${plan.influx.http}`;
  return null;
}

/** Sets one key; what is wrong with the path, or null. A number in the path is a place in a list of sections. */
function apply(config: Table, setting: MemberSetting): string | null {
  const path = setting.key.split('.');
  const last = path.pop();
  if (last === undefined || last === '') return 'no key is named';
  let table: Table = config;
  let found: SettingValue | Table | (Table | string)[] | undefined = config;
  for (const word of path) {
    if (Array.isArray(found)) found = found[Number(word)];
    else found = table[word] ??= {};
    if (Array.isArray(found)) continue;
    if (!isTable(found)) return `${path.join('.')} is no section`;
    table = found;
  }
  table[last] = setting.value;
  return null;
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
