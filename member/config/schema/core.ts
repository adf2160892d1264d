import {
  addressOrEmpty,
  bindAddress,
  bool,
  duration,
  float,
  int,
  list,
  map,
  notNegative,
  notNegativeDuration,
  oneOf,
  positiveDuration,
  secret,
  tables,
  text,
  tlsClient,
} from '../fields.ts';

const tlsVersion = oneOf(
  '',
  'TLS1.0',
  'TLS1.1',
  'TLS1.2',
  'TLS1.3',
  '1.0',
  '1.1',
  '1.2',
  '1.3',
  'tls1.0',
  'tls1.1',
  'tls1.2',
  'tls1.3',
);

export const top = {
  hostname: text('localhost'),
  data_dir: text('', {
    check: (value) => (value === '' ? 'the path of the folder for the state of this member' : null),
  }),
  'skip-config-overrides': bool(),
  'default-retention-policy': text(),
} as const;

export const http = {
  'bind-address': text(':9092', { check: bindAddress }),
  'auth-enabled': bool(),
  'log-enabled': bool(true),
  'write-tracing': bool(),
  'pprof-enabled': bool(),
  'https-enabled': bool(),
  'https-certificate': text('/etc/ssl/kapacitor.pem'),
  'https-private-key': text(),
  'shutdown-timeout': duration('10s', { check: notNegativeDuration }),
  'shared-secret': secret(),
  // Ours (D26): origins of pages that may call this member; "*" behaves as 1.5.4 and allows any.
  'allowed-origins': list(),
} as const;

export const tls = {
  ciphers: list(),
  'min-version': text('', { check: tlsVersion }),
  'max-version': text('', { check: tlsVersion }),
} as const;

export const configOverride = { enabled: bool(true) } as const;

export const logging = {
  file: text('STDERR'),
  level: text('DEBUG', { check: oneOf('DEBUG', 'INFO', 'ERROR', 'debug', 'info', 'error') }),
} as const;

export const load = { enabled: bool(), dir: text('./load') } as const;
export const replay = { dir: text('./replay') } as const;
export const task = {
  dir: text('./tasks'),
  'snapshot-interval': duration('1m0s', { check: notNegativeDuration }),
} as const;
export const storage = { boltdb: text('./kapacitor.db') } as const;

export const deadman = {
  global: bool(),
  threshold: float(0),
  interval: duration('10s'),
  id: text("{{ .Group }}:NODE_NAME for task '{{ .TaskName }}'"),
  message: text(
    '{{ .ID }} is {{ if eq .Level "OK" }}alive{{ else }}dead{{ end }}: {{ index .Fields "emitted" | printf "%0.3f" }} points/INTERVAL.',
  ),
} as const;

export const alert = {
  'persist-topics': bool(true),
  redundancy: int(0, { check: notNegative }),
  'delay-per-member': duration('10s', { check: positiveDuration }),
  'full-sync-interval': duration('5m0s', { check: positiveDuration }),
  // Ours (D18): how long a failed attempt of a handler is repeated; 0 repeats nothing, as 1.5.4 does.
  'handler-retry-for': duration('0s', { check: notNegativeDuration }),
} as const;

export const cluster = {
  'bind-address': text(':9090', { check: bindAddress }),
  'advertise-address': text('', { check: addressOrEmpty }),
  roles: list(['worker'], {
    check: (roles) => (roles.length === 1 && roles[0] === 'worker' ? null : '["worker"], the only role there is'),
  }),
  'gossip-members': int(0, { check: notNegative }),
  'gossip-interval': duration('0s', { check: notNegativeDuration }),
  'gossip-sync-interval': duration('0s', { check: notNegativeDuration }),
  // Ours (D28): hex or base64 AES key of 16, 24 or 32 bytes, and memberlist's label; empty means none.
  'gossip-key': secret(),
  'gossip-label': text(),
} as const;

export const rpc = {
  'bind-address': text(':9091', { check: bindAddress }),
  'advertise-address': text('', { check: addressOrEmpty }),
  'enable-grpc-logging': bool(),
  // Ours (D28): what a newcomer must present to be adopted by, or to adopt, this member while it is uninitialized.
  'join-secret': secret(),
} as const;

export const enterprise = {
  'registration-enabled': bool(),
  'registration-server-url': text(),
  'license-key': secret(),
  'license-path': text(),
} as const;

export const auth = {
  'cache-expiration': duration('10m0s', { check: notNegativeDuration }),
  'bcrypt-cost': int(10, { check: (cost) => (cost >= 4 && cost <= 31 ? null : '4 to 31') }),
  'meta-addr': text(),
  'meta-use-tls': bool(),
  'meta-ca': text(),
  'meta-cert': text(),
  'meta-key': text(),
  'meta-insecure-skip-verify': bool(),
} as const;

export const influxdb = {
  enabled: bool(true),
  default: bool(),
  name: text('default', {
    check: (name) => (/^[-._\p{L}0-9]+$/u.test(name) ? null : 'letters, digits, ".", "-" and "_"'),
  }),
  urls: list(['http://localhost:8086']),
  username: text(),
  password: secret(),
  ...tlsClient,
  timeout: duration('0s', { check: notNegativeDuration }),
  'disable-subscriptions': bool(),
  'subscription-protocol': text('http', { check: oneOf('http', 'https', 'udp') }),
  'subscription-mode': text('cluster', { check: oneOf('cluster', 'server') }),
  'kapacitor-hostname': text(),
  'http-port': int(0, { check: notNegative }),
  'udp-bind': text(),
  'udp-buffer': int(1000, { check: notNegative }),
  'udp-read-buffer': int(0, { check: notNegative }),
  'startup-timeout': duration('5m0s', { check: notNegativeDuration }),
  'subscriptions-sync-interval': duration('1m0s', { check: positiveDuration }),
  subscriptions: map(),
  'excluded-subscriptions': map({ _kapacitor: ['autogen'] }),
} as const;

// The vendor's usage server is never called: the section is read so that a stock file is accepted.
export const reporting = { enabled: bool(false), url: text() } as const;

export const stats = {
  enabled: bool(true),
  'stats-interval': duration('10s', { check: positiveDuration }),
  database: text('_kapacitor'),
  'retention-policy': text('autogen'),
  'timing-sample-rate': float(0.1, { check: (rate) => (rate >= 0 && rate <= 1 ? null : '0 to 1') }),
  'timing-movavg-size': int(1000, { check: (size) => (size >= 1 ? null : '1 or more') }),
} as const;

export const udf = { functions: tables() } as const;
