import { bool, duration, int, list, map, oneOf, secret, text, tlsClient } from '../fields.ts';

export const udp = {
  enabled: bool(),
  'bind-address': text(),
  database: text(),
  'retention-policy': text(),
  buffer: int(1000),
  'read-buffer': int(0),
} as const;

export const collectd = {
  enabled: bool(),
  'bind-address': text(':25826'),
  database: text('collectd'),
  'retention-policy': text(),
  'batch-size': int(5000),
  'batch-pending': int(10),
  'batch-timeout': duration('10s'),
  'read-buffer': int(0),
  typesdb: text('/usr/share/collectd/types.db'),
} as const;

export const opentsdb = {
  enabled: bool(),
  'bind-address': text(':4242'),
  database: text('opentsdb'),
  'retention-policy': text(),
  'consistency-level': text('one'),
  'tls-enabled': bool(),
  certificate: text('/etc/ssl/influxdb.pem'),
  'batch-size': int(1000),
  'batch-pending': int(5),
  'batch-timeout': duration('1s'),
  'log-point-errors': bool(true),
} as const;

export const graphite = {
  enabled: bool(),
  'bind-address': text(':2003'),
  protocol: text('tcp', { check: oneOf('tcp', 'udp') }),
  database: text('graphite'),
  'retention-policy': text(),
  'batch-size': int(5000),
  'batch-pending': int(10),
  'batch-timeout': duration('1s'),
  'consistency-level': text('one'),
  templates: list(),
  tags: list(),
  separator: text('.'),
  'udp-read-buffer': int(0),
} as const;

const discovery = { enabled: bool(), id: text() } as const;

export const scraper = {
  enabled: bool(),
  name: text(),
  type: text('prometheus'),
  db: text(),
  rp: text(),
  scheme: text('http'),
  'metrics-path': text('/metrics'),
  params: map(),
  'scrape-interval': duration('1m0s'),
  'scrape-timeout': duration('10s'),
  username: text(),
  password: secret(),
  ...tlsClient,
  'ssl-server-name': text(),
  'bearer-token': secret(),
  'proxy-url': text(),
  'discoverer-id': text(),
  'discoverer-service': text(),
  blacklist: list(),
} as const;

export const azure = {
  ...discovery,
  port: int(80),
  'subscription-id': text(),
  'tenant-id': text(),
  'client-id': text(),
  'client-secret': secret(),
  'refresh-interval': duration('5m0s'),
} as const;

export const consul = {
  ...discovery,
  address: text('127.0.0.1:8500'),
  token: secret(),
  datacenter: text(),
  'tag-separator': text(','),
  scheme: text('http'),
  username: text(),
  password: secret(),
  services: list(),
  ...tlsClient,
  'ssl-server-name': text(),
} as const;

export const dns = {
  ...discovery,
  'record-names': list(),
  'refresh-interval': duration('30s'),
  type: text('SRV', { check: oneOf('SRV', 'A', 'AAAA') }),
  port: int(0),
} as const;

export const ec2 = {
  ...discovery,
  region: text(),
  'access-key': text(),
  'secret-key': secret(),
  profile: text(),
  'refresh-interval': duration('1m0s'),
  port: int(80),
} as const;

export const fileDiscovery = { ...discovery, files: list(), 'refresh-interval': duration('5m0s') } as const;

export const gce = {
  ...discovery,
  project: text(),
  zone: text(),
  filter: text(),
  'refresh-interval': duration('1m0s'),
  port: int(80),
  'tag-separator': text(','),
} as const;

export const marathon = {
  ...discovery,
  servers: list(),
  timeout: duration('30s'),
  'refresh-interval': duration('30s'),
  'bearer-token': secret(),
  ...tlsClient,
  'ssl-server-name': text(),
} as const;

export const nerve = { ...discovery, servers: list(), paths: list(), timeout: duration('10s') } as const;
export const serverset = { ...discovery, servers: list(), paths: list(), timeout: duration('10s') } as const;
export const staticDiscovery = { ...discovery, targets: list(), labels: map() } as const;

export const triton = {
  ...discovery,
  account: text(),
  'dns-suffix': text(),
  endpoint: text(),
  port: int(9163),
  'refresh-interval': duration('1m0s'),
  version: int(1),
  ...tlsClient,
  'ssl-server-name': text(),
} as const;

export const kubernetes = {
  ...discovery,
  'in-cluster': bool(),
  'api-servers': list(),
  token: secret(),
  'ca-path': text(),
  namespace: text(),
  resource: text(),
} as const;

export const swarm = { ...discovery, servers: list(), ...tlsClient } as const;
