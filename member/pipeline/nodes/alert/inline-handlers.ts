/**
 * The inline handlers of an alert node, as scripts write them, and the options of topic handlers they become. The
 * alerts layer runs both kinds alike.
 */
import type { HandlerSpec } from '../../../alerts/event.ts';
import type { JsonValue } from '../../../base/store.ts';
import { field, method, variadicMethod } from '../../../tick/evaluate/describe.ts';
import type {
  MethodDefinition,
  ObjectDefinition,
  PropertyDefinition,
  ScriptObject,
} from '../../../tick/evaluate/describe.ts';
import type { ScriptValue } from '../../../tick/evaluate/value.ts';
import { boolValue, durationValue, intValue, nilValue, stringValue } from '../../graph/script-values.ts';
import type { AlertNode } from './alert.ts';

/** A handler while a script defines it. */
export class InlineHandler implements ScriptObject {
  readonly definition: ObjectDefinition;
  readonly alert: AlertNode;
  readonly kind: string;
  readonly options: Record<string, JsonValue>;

  constructor(definition: ObjectDefinition, alert: AlertNode, kind: string, options: Record<string, JsonValue>) {
    this.definition = definition;
    this.alert = alert;
    this.kind = kind;
    this.options = options;
  }

  /** What is wrong with it; the original's text. */
  validate(): string | undefined {
    if (this.kind === 'post') {
      const names = Object.keys(recordOf(this.options['headers']));
      return names.some((name) => name.toUpperCase() === 'AUTHENTICATE')
        ? "invalid post: cannot set 'authenticate' header"
        : undefined;
    }
    if (this.kind !== 'snmptrap') return undefined;
    const oid = textOf(this.options['trap-oid']);
    if (oid === '') return 'invalid SNMP trap "": you must supply a trap Oid';
    const bad = listOf(this.options['data-list'])
      .map(recordOf)
      .find((data) => !snmpTypes.has(textOf(data['type'])));
    if (bad === undefined) return undefined;
    return `invalid SNMP trap "${oid}": unsupported data type "${textOf(bad['type'])}" for data entry "${textOf(bad['oid'])}"`;
  }

  toSpec(topic: string, id: string): HandlerSpec {
    return { id, topic, kind: this.kind, options: this.options, match: '' };
  }
}

const snmpTypes: ReadonlySet<string> = new Set(['c', 'i', 'n', 's', 't']);

/** An option that the definition has typed as text; one that is not given is empty. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

type HandlerProperties = Readonly<Record<string, PropertyDefinition<InlineHandler>>>;

/** Sets an option; as in the original an empty one counts as not given. */
function setOption(handler: InlineHandler, key: string, value: JsonValue): void {
  if (value === '' || value === 0 || value === false) delete handler.options[key];
  else handler.options[key] = value;
}

function text(key: string): PropertyDefinition<InlineHandler> {
  return field(
    'string',
    (handler, value) => setOption(handler, key, value),
    (handler) => stringValue(textOf(handler.options[key])),
  );
}

function whole(key: string): PropertyDefinition<InlineHandler> {
  return field(
    'int',
    (handler, value) => setOption(handler, key, Number(value)),
    (handler) => intValue(BigInt(numberOf(handler.options[key]))),
  );
}

function flag(key: string): PropertyDefinition<InlineHandler> {
  return field(
    'bool',
    (handler, value) => setOption(handler, key, value),
    (handler) => boolValue(handler.options[key] === true),
  );
}

function span(key: string): PropertyDefinition<InlineHandler> {
  return field(
    'duration',
    (handler, value) => setOption(handler, key, Number(value)),
    (handler) => durationValue(BigInt(numberOf(handler.options[key]))),
  );
}

function switchOn(key: string): PropertyDefinition<InlineHandler> {
  return method([], (handler) => setOption(handler, key, true));
}

function list(key: string): PropertyDefinition<InlineHandler> {
  return variadicMethod([], 'string', (handler, _args, values) => {
    handler.options[key] = [...values];
  });
}

/** A property without effect in 1.5.4. */
const ignoredText: PropertyDefinition<InlineHandler> = field(
  'string',
  () => {},
  () => nilValue,
);

interface HandlerKind {
  /** As scripts call it. */
  readonly name: string;
  readonly kind: string;
  readonly goType: string;
  readonly properties: HandlerProperties;
  readonly create: (
    make: (alert: ScriptObject, options: Record<string, JsonValue>) => InlineHandler,
  ) => MethodDefinition;
}

type Make = Parameters<HandlerKind['create']>[0];

const withoutArguments = (make: Make): MethodDefinition => method([], (alert) => make(alert, {}));
const withText =
  (key: string) =>
  (make: Make): MethodDefinition =>
    method(['string'], (alert, [value]) => make(alert, { [key]: value }));

const kinds: readonly HandlerKind[] = [
  {
    name: 'tcp',
    kind: 'tcp',
    goType: '*pipeline.TcpHandler',
    properties: { address: text('address') },
    create: withText('address'),
  },
  {
    name: 'email',
    kind: 'smtp',
    goType: '*pipeline.EmailHandler',
    properties: {
      to: variadicMethod([], 'string', (handler, _args, to) => {
        handler.options['to'] = [...listOf(handler.options['to']), ...to];
      }),
    },
    create: (make) =>
      variadicMethod([], 'string', (alert, _args, to) => make(alert, to.length === 0 ? {} : { to: [...to] })),
  },
  {
    name: 'exec',
    kind: 'exec',
    goType: '*pipeline.ExecHandler',
    properties: {},
    create: (make) =>
      variadicMethod(['string'], 'string', (alert, [prog], args) => make(alert, { prog, args: [...args] })),
  },
  {
    name: 'log',
    kind: 'log',
    goType: '*pipeline.LogHandler',
    properties: { filePath: text('path'), mode: whole('mode') },
    create: withText('path'),
  },
  {
    name: 'victorOps',
    kind: 'victorops',
    goType: '*pipeline.VictorOpsHandler',
    properties: { routingKey: text('routing-key') },
    create: withoutArguments,
  },
  {
    name: 'pagerDuty',
    kind: 'pagerduty',
    goType: '*pipeline.PagerDutyHandler',
    properties: { serviceKey: text('service-key') },
    create: withoutArguments,
  },
  {
    name: 'pagerDuty2',
    kind: 'pagerduty2',
    goType: '*pipeline.PagerDuty2Handler',
    properties: {
      routingKey: text('routing-key'),
      serviceKey: method(['string'], (handler, [key]) => setOption(handler, 'routing-key', key)),
      link: variadicMethod(['string'], 'string', (handler, [href], [label]) => {
        handler.options['links'] = [...listOf(handler.options['links']), { href, text: label ?? '' }];
      }),
    },
    create: withoutArguments,
  },
  {
    name: 'sensu',
    kind: 'sensu',
    goType: '*pipeline.SensuHandler',
    properties: {
      source: text('source'),
      handlers: list('handlers'),
      metadata: method(['string', 'any'], (handler, [key, value]) => {
        handler.options['metadata'] = { ...recordOf(handler.options['metadata']), [key]: jsonOf(value) };
      }),
    },
    create: withoutArguments,
  },
  {
    name: 'slack',
    kind: 'slack',
    goType: '*pipeline.SlackHandler',
    properties: {
      workspace: text('workspace'),
      channel: text('channel'),
      username: text('username'),
      iconEmoji: text('icon-emoji'),
    },
    create: withoutArguments,
  },
  {
    name: 'telegram',
    kind: 'telegram',
    goType: '*pipeline.TelegramHandler',
    properties: {
      chatId: text('chat-id'),
      parseMode: text('parse-mode'),
      disableWebPagePreview: switchOn('disable-web-page-preview'),
      disableNotification: switchOn('disable-notification'),
    },
    create: withoutArguments,
  },
  {
    name: 'snmpTrap',
    kind: 'snmptrap',
    goType: '*pipeline.SNMPTrapHandler',
    properties: {
      trapOid: text('trap-oid'),
      data: method(['string', 'string', 'string'], (handler, [oid, type, value]) => {
        handler.options['data-list'] = [...listOf(handler.options['data-list']), { oid, type, value }];
      }),
    },
    create: withText('trap-oid'),
  },
  {
    name: 'hipChat',
    kind: 'hipchat',
    goType: '*pipeline.HipChatHandler',
    properties: { room: text('room'), token: text('token') },
    create: withoutArguments,
  },
  {
    name: 'kafka',
    kind: 'kafka',
    goType: '*pipeline.KafkaHandler',
    properties: { cluster: text('cluster'), kafkaTopic: text('topic'), template: text('template') },
    create: withoutArguments,
  },
  {
    name: 'alerta',
    kind: 'alerta',
    goType: '*pipeline.AlertaHandler',
    properties: {
      token: text('token'),
      resource: text('resource'),
      event: text('event'),
      environment: text('environment'),
      group: text('group'),
      value: text('value'),
      origin: text('origin'),
      services: list('service'),
      timeout: span('timeout'),
    },
    create: withoutArguments,
  },
  {
    name: 'pushover',
    kind: 'pushover',
    goType: '*pipeline.PushoverHandler',
    properties: {
      userKey: ignoredText,
      device: text('device'),
      title: text('title'),
      uRL: text('url'),
      uRLTitle: text('url-title'),
      sound: text('sound'),
    },
    create: withoutArguments,
  },
  {
    name: 'post',
    kind: 'post',
    goType: '*pipeline.AlertHTTPPostHandler',
    properties: {
      uRL: text('url'),
      endpoint: text('endpoint'),
      header: method(['string', 'string'], (handler, [name, value]) => {
        handler.options['headers'] = { ...recordOf(handler.options['headers']), [name]: value };
      }),
      captureResponse: switchOn('capture-response'),
      timeout: span('timeout'),
      // Accepted, and without effect in 1.5.4.
      skipSSLVerification: method([], () => {}),
    },
    create: (make) =>
      variadicMethod([], 'string', (alert, _args, [url]) =>
        make(alert, url === undefined || url === '' ? {} : { url }),
      ),
  },
  {
    name: 'opsGenie',
    kind: 'opsgenie',
    goType: '*pipeline.OpsGenieHandler',
    properties: { teams: list('teams-list'), recipients: list('recipients-list') },
    create: withoutArguments,
  },
  {
    name: 'opsGenie2',
    kind: 'opsgenie2',
    goType: '*pipeline.OpsGenie2Handler',
    properties: { teams: list('teams-list'), recipients: list('recipients-list') },
    create: withoutArguments,
  },
  { name: 'talk', kind: 'talk', goType: '*pipeline.TalkHandler', properties: {}, create: withoutArguments },
  {
    name: 'mqtt',
    kind: 'mqtt',
    goType: '*pipeline.MQTTHandler',
    properties: {
      brokerName: text('broker-name'),
      topic: text('topic'),
      qos: whole('qos'),
      retained: flag('retained'),
    },
    create: withText('topic'),
  },
];

/** Place of a kind in the order in which the original makes a node's handlers. */
export function handlerRank(kind: string): number {
  return kinds.findIndex((known) => known.kind === kind);
}

/** The properties of an alert node that add handlers; `embedded` is the definition handlers embed. */
export function handlerMethods(
  embedded: () => ObjectDefinition,
): Readonly<Record<string, MethodDefinition<AlertNode>>> {
  return Object.fromEntries(
    kinds.map((kind) => {
      const definition: ObjectDefinition<InlineHandler> = {
        goType: kind.goType,
        isNode: true,
        get embeds() {
          return [embedded()];
        },
        properties: kind.properties,
        chainMethods: {},
      };
      const create = kind.create((alert, options) => {
        // The method stands on alert nodes alone.
        const owner = alert as AlertNode;
        const handler = new InlineHandler(definition, owner, kind.kind, options);
        owner.handlers.push(handler);
        return handler;
      });
      return [kind.name, create];
    }),
  );
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function recordOf(value: JsonValue | undefined): Readonly<Record<string, JsonValue>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, JsonValue>>)
    : {};
}

function numberOf(value: JsonValue | undefined): number {
  return typeof value === 'number' ? value : 0;
}

/** Lambdas, nodes and their like have no JSON. */
function jsonOf(value: ScriptValue): JsonValue {
  if (value.type === 'bool' || value.type === 'float' || value.type === 'string' || value.type === 'regex')
    return value.value;
  if (value.type === 'int' || value.type === 'duration') return Number(value.value);
  return value.type === 'list' ? value.value.map(jsonOf) : null;
}
