/** Flags of gossip-peer, which are those of memberlist-peer, in the style of Go's `flag` package. */
import { parseGoDuration } from '../base/duration.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Endpoint } from '../gossip/input.ts';
import { lanSettings, limits, type GossipSettings } from '../gossip/settings.ts';

export interface GossipPeerFlags {
  readonly name: string;
  readonly bind: string;
  /** 0: whichever is free. */
  readonly port: number;
  readonly advertise: Endpoint | null;
  readonly join: readonly string[];
  /** 0: one try. */
  readonly joinRetryMs: number;
  /** The first encrypts. */
  readonly keys: readonly Uint8Array[];
  readonly meta: Uint8Array;
  readonly userState: Uint8Array;
  readonly label: string;
  readonly log: 'none' | 'json' | 'stderr';
  readonly isTracing: boolean;
  /** 0: off. */
  readonly watchMs: number;
  readonly settings: GossipSettings;
}

type FlagKind = 'text' | 'duration' | 'count' | 'boolean';

/** Name, what its value looks like, what it is for. Defaults are the LAN values, or stand in the text. */
const flagTable: readonly (readonly [name: string, kind: FlagKind, help: string])[] = [
  ['name', 'text', 'member name (required)'],
  ['bind', 'text', 'IP address to bind, UDP and TCP (default 127.0.0.1)'],
  ['port', 'count', 'port to bind; 0 picks a free one (default 0)'],
  ['advertise', 'text', 'address to advertise, host:port (default: the bound one)'],
  ['join', 'text', 'comma-separated host:port list to join at start'],
  ['join-retry', 'duration', 'retry a failed initial join at this interval (default 0s: try once)'],
  ['key', 'text', 'encryption key, 16/24/32 bytes in hex or base64; further keys after commas are for decryption only'],
  ['meta', 'text', 'metadata (text)'],
  ['state', 'text', 'user state to send in a full sync (text)'],
  ['label', 'text', 'label of packets and streams'],
  ['log', 'text', 'none, json (as events) or stderr (default none)'],
  ['trace', 'boolean', 'print every packet sent and every stream dialled, in hex'],
  ['watch', 'duration', 'print changes of members’ states, looked at in this interval (default 0s: off)'],
  ['protocol', 'count', 'protocol version to speak'],
  ['tcp-timeout', 'duration', 'stream time-out'],
  ['indirect-checks', 'count', 'members asked for an indirect probe'],
  ['retransmit-mult', 'count', 'retransmit multiplier'],
  ['suspicion-mult', 'count', 'suspicion multiplier'],
  ['suspicion-max-mult', 'count', 'maximum suspicion time-out multiplier'],
  ['push-pull-interval', 'duration', 'full sync interval'],
  ['probe-interval', 'duration', 'probe interval'],
  ['probe-timeout', 'duration', 'probe time-out'],
  ['disable-tcp-pings', 'boolean', 'no fallback ping over a stream'],
  ['awareness-max', 'count', 'awareness maximum multiplier'],
  ['gossip-interval', 'duration', 'gossip interval'],
  ['gossip-nodes', 'count', 'gossip fan-out'],
  ['gossip-to-the-dead', 'duration', 'time a dead member is still gossiped to'],
  ['verify-incoming', 'boolean', 'refuse unencrypted input when a key is set (default true)'],
  ['verify-outgoing', 'boolean', 'encrypt output when a key is set (default true)'],
  ['compress', 'boolean', 'compress messages (default true)'],
  ['udp-buffer', 'count', 'packet size budget in bytes'],
  ['dead-node-reclaim', 'duration', 'time after which a dead name may move to another address'],
];

export const gossipPeerUsage = [
  'usage: gossip-peer -name NAME [flags]',
  ...flagTable.map(([name, kind, help]) => `  -${name}${kind === 'boolean' ? '' : ` ${kind}`}\n    \t${help}`),
].join('\n');

const maxCount = 2 ** 31 - 1;

export function parseGossipPeerFlags(args: readonly string[]): Result<GossipPeerFlags, string> {
  const given = readFlags(args);
  if (!given.ok) return given;
  const values = given.value;
  const text = (name: string, fallback = ''): string => values.get(name) ?? fallback;
  const count = (name: string, fallback: number): number => Number(values.get(name) ?? fallback);
  const isSet = (name: string, fallback: boolean): boolean => (values.get(name) ?? String(fallback)) === 'true';
  const durationMs = (name: string, fallbackMs: number): number => {
    const ns = parseGoDuration(values.get(name) ?? `${fallbackMs}ms`);
    return ns === undefined ? fallbackMs : Number(ns / 1_000_000n);
  };

  const advertise = parseAdvertise(values.get('advertise'));
  const keys = parseKeys(text('key'));
  const log = text('log', 'none');
  const meta = new TextEncoder().encode(text('meta'));
  if (text('name') === '') return err('name: needed');
  if (count('port', 0) > 65_535) return err('port: not between 0 and 65535');
  if (!advertise.ok) return advertise;
  if (!keys.ok) return keys;
  if (log !== 'none' && log !== 'json' && log !== 'stderr')
    return err(`log: unknown mode "${log}"; allowed are none, json and stderr`);
  if (meta.length > limits.metaBytes) return err(`meta: longer than ${limits.metaBytes} bytes`);
  return ok({
    name: text('name'),
    bind: text('bind', '127.0.0.1'),
    port: count('port', 0),
    advertise: advertise.value,
    join: splitList(text('join')),
    joinRetryMs: durationMs('join-retry', 0),
    keys: keys.value,
    meta,
    userState: new TextEncoder().encode(text('state')),
    label: text('label'),
    log,
    isTracing: isSet('trace', false),
    watchMs: durationMs('watch', 0),
    settings: {
      gossipMembers: count('gossip-nodes', lanSettings.gossipMembers),
      gossipIntervalMs: durationMs('gossip-interval', lanSettings.gossipIntervalMs),
      fullSyncIntervalMs: durationMs('push-pull-interval', lanSettings.fullSyncIntervalMs),
      probeIntervalMs: durationMs('probe-interval', lanSettings.probeIntervalMs),
      probeTimeoutMs: durationMs('probe-timeout', lanSettings.probeTimeoutMs),
      indirectChecks: count('indirect-checks', lanSettings.indirectChecks),
      suspicionMult: count('suspicion-mult', lanSettings.suspicionMult),
      suspicionMaxTimeoutMult: count('suspicion-max-mult', lanSettings.suspicionMaxTimeoutMult),
      retransmitMult: count('retransmit-mult', lanSettings.retransmitMult),
      awarenessMaxMultiplier: count('awareness-max', lanSettings.awarenessMaxMultiplier),
      gossipToTheDeadMs: durationMs('gossip-to-the-dead', lanSettings.gossipToTheDeadMs),
      deadNodeReclaimMs: durationMs('dead-node-reclaim', lanSettings.deadNodeReclaimMs),
      streamTimeoutMs: durationMs('tcp-timeout', lanSettings.streamTimeoutMs),
      packetSizeLimit: count('udp-buffer', lanSettings.packetSizeLimit),
      isCompressing: isSet('compress', lanSettings.isCompressing),
      isVerifyingIncoming: isSet('verify-incoming', lanSettings.isVerifyingIncoming),
      isEncryptingOutgoing: isSet('verify-outgoing', lanSettings.isEncryptingOutgoing),
      isStreamPinging: !isSet('disable-tcp-pings', !lanSettings.isStreamPinging),
      protocolVersion: count('protocol', lanSettings.protocolVersion),
    },
  });
}

export function splitList(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** `-x` and `--x`, `x=v` and `x v`; a boolean stands alone or takes `=`. */
function readFlags(args: readonly string[]): Result<ReadonlyMap<string, string>, string> {
  const kinds = new Map(flagTable.map(([name, kind]) => [name, kind] as const));
  const values = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const argument = args[i] ?? '';
    const match = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(argument);
    const name = match?.[1];
    const kind = name === undefined ? undefined : kinds.get(name);
    if (name === undefined) return err(`unexpected argument: ${argument}`);
    if (kind === undefined) return err(`flag provided but not defined: -${name}`);
    const value = match?.[2] ?? (kind === 'boolean' ? 'true' : args[++i]);
    if (value === undefined) return err(`flag needs an argument: -${name}`);
    const normal = normalize(kind, value);
    if (normal === null) return err(`invalid value "${value}" for flag -${name}: not a ${kind}`);
    values.set(name, normal);
  }
  return ok(values);
}

function normalize(kind: FlagKind, value: string): string | null {
  switch (kind) {
    case 'text':
      return value;
    case 'count':
      return /^\d+$/.test(value) && Number(value) <= maxCount ? value : null;
    case 'duration': {
      const ns = parseGoDuration(value);
      return ns !== undefined && ns >= 0n ? value : null;
    }
    case 'boolean':
      if (/^(1|t|T|true|TRUE|True)$/.test(value)) return 'true';
      return /^(0|f|F|false|FALSE|False)$/.test(value) ? 'false' : null;
  }
}

function parseAdvertise(text: string | undefined): Result<Endpoint | null, string> {
  if (text === undefined || text === '') return ok(null);
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535) return err(`advertise: "${text}" is not host:port`);
  return ok({ host, port });
}

function parseKeys(text: string): Result<readonly Uint8Array[], string> {
  const keys: Uint8Array[] = [];
  for (const part of splitList(text)) {
    const key = [Buffer.from(part, 'hex'), Buffer.from(part, 'base64')].find(
      (bytes, index) =>
        [16, 24, 32].includes(bytes.length) &&
        bytes.toString(index === 0 ? 'hex' : 'base64').toLowerCase() === part.toLowerCase(),
    );
    if (key === undefined) return err('key: not 16, 24 or 32 bytes in hex or base64');
    keys.push(new Uint8Array(key));
  }
  return ok(keys);
}
