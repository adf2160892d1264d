import { bool, duration, int, list, map, oneOf, secret, text, tlsClient } from '../fields.ts';

const enabled = { enabled: bool() } as const;
const global = { global: bool() } as const;
const globalWithState = { global: bool(), 'state-changes-only': bool() } as const;

export const alerta = {
  ...enabled,
  url: text(),
  'insecure-skip-verify': bool(),
  token: secret(),
  'token-prefix': text(),
  environment: text(),
  origin: text(),
  timeout: duration('0s'),
} as const;

export const hipchat = { ...enabled, url: text(), token: secret(), room: text(), ...globalWithState } as const;

export const httppost = {
  endpoint: text('example'),
  url: text('http://example.com'),
  headers: map(),
  'basic-auth': map(),
  'alert-template': text(),
  'alert-template-file': text(),
  'row-template': text(),
  'row-template-file': text(),
} as const;

export const kafka = {
  ...enabled,
  id: text('default'),
  brokers: list(),
  timeout: duration('0s'),
  'batch-size': int(0),
  'batch-timeout': duration('0s'),
  'use-ssl': bool(),
  ...tlsClient,
} as const;

export const mqtt = {
  ...enabled,
  name: text('default'),
  default: bool(),
  url: text(),
  ...tlsClient,
  'client-id': text(),
  username: text(),
  password: secret(),
} as const;

export const opsgenie = {
  ...enabled,
  'api-key': secret(),
  teams: list(),
  recipients: list(),
  url: text('https://api.opsgenie.com/v1/json/alert'),
  recovery_url: text('https://api.opsgenie.com/v1/json/alert/note'),
  ...global,
} as const;

export const opsgenie2 = {
  ...enabled,
  'api-key': secret(),
  teams: list(),
  recipients: list(),
  url: text('https://api.opsgenie.com/v2/alerts'),
  recovery_action: text('notes', { check: oneOf('notes', 'close') }),
  ...global,
} as const;

export const pagerduty = {
  ...enabled,
  url: text('https://events.pagerduty.com/generic/2010-04-15/create_event.json'),
  'service-key': secret(),
  ...global,
} as const;

export const pagerduty2 = {
  ...enabled,
  url: text('https://events.pagerduty.com/v2/enqueue'),
  'routing-key': secret(),
  ...global,
} as const;
export const pushover = {
  ...enabled,
  token: secret(),
  'user-key': secret(),
  url: text('https://api.pushover.net/1/messages.json'),
} as const;
export const sensu = { ...enabled, addr: text(), source: text('Kapacitor'), handlers: list() } as const;

export const slack = {
  ...enabled,
  default: bool(true),
  workspace: text(),
  url: secret(),
  channel: text(),
  username: text('kapacitor'),
  'icon-emoji': text(),
  ...globalWithState,
  ...tlsClient,
} as const;

export const smtp = {
  ...enabled,
  host: text('localhost'),
  port: int(25, { check: (port) => (port >= 0 && port <= 65_535 ? null : 'a port from 0 to 65535') }),
  username: text(),
  password: secret(),
  'no-verify': bool(),
  from: text(),
  to: list(),
  'idle-timeout': duration('30s'),
  ...globalWithState,
} as const;

export const snmptrap = {
  ...enabled,
  addr: text('localhost:162'),
  community: secret('kapacitor'),
  retries: int(1),
} as const;
export const talk = { ...enabled, url: secret(), author_name: text() } as const;

export const telegram = {
  ...enabled,
  url: text('https://api.telegram.org/bot'),
  token: secret(),
  'chat-id': text(),
  'parse-mode': text('', { check: oneOf('', 'Markdown', 'HTML') }),
  'disable-web-page-preview': bool(),
  'disable-notification': bool(),
  ...globalWithState,
} as const;

export const victorops = {
  ...enabled,
  'api-key': secret(),
  'routing-key': text(),
  url: text('https://alert.victorops.com/integrations/generic/20131114/alert'),
  ...global,
  'json-data': bool(),
} as const;
