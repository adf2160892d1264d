/** `/alerts/topics`: topics, their events, and their standalone handlers (http-api.md 9). */
import type { EventState } from '../../../alerts/alerts-io.ts';
import type { HandlerSpec, PrepareHandler } from '../../../alerts/event.ts';
import { levels, type Level } from '../../../alerts/publication.ts';
import { formatRfc3339 } from '../../../base/rfc3339.ts';
import { formatGoDuration } from '../../../base/duration.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import type { JsonValue } from '../../../base/store.ts';
import { checkHandlerSpec } from '../../../handlers/handlers.ts';
import { compileGlob } from '../../../tasks/glob.ts';
import { isWireList, isWireObject, type WireValue } from '../../../tasks/wire-value.ts';
import { basePath } from '../api-server.ts';
import { failure, json, noContent, type Exchange, type PlainReply } from '../exchange.ts';
import type { GoJson } from '../go-json.ts';
import { readJson } from '../json-body.ts';
import { applyJsonPatch } from '../json-patch.ts';
import type { Route } from '../router.ts';
import { selfLink } from './task-view.ts';

interface OperationError {
  readonly status: number;
  readonly message: string;
}

interface TopicSummary {
  readonly id: string;
  readonly level: Level;
  readonly collected: number;
}

/** The part of a member that these routes need. Errors carry the whole text of the answer. */
export interface TopicApi {
  readonly topics: {
    list(filter: { readonly pattern: string; readonly minLevel: Level }): Result<readonly TopicSummary[], string>;
    get(topic: string): TopicSummary | undefined;
    events(topic: string, minLevel: Level): readonly (EventState & { readonly id: string })[] | undefined;
    event(topic: string, event: string): EventState | undefined;
    delete(topic: string): void;
  };
  readonly handlers: {
    list(topic: string): readonly HandlerSpec[];
    get(topic: string, id: string): HandlerSpec | undefined;
    create(spec: HandlerSpec): Promise<Result<HandlerSpec, OperationError>>;
    replace(topic: string, id: string, spec: HandlerSpec): Promise<Result<HandlerSpec, OperationError>>;
    delete(topic: string, id: string): Promise<Result<void, OperationError>>;
  };
  readonly prepareHandler: PrepareHandler;
}

const topicsPath = `${basePath}/alerts/topics`;

export function topicRoutes(api: TopicApi): readonly Route[] {
  const below = `${topicsPath}/`;
  return [
    { method: 'GET', pattern: topicsPath, handle: (exchange) => listTopics(exchange, api) },
    { method: 'GET', pattern: below, handle: (exchange) => get(exchange, pathBelow(exchange), api) },
    { method: 'POST', pattern: below, handle: (exchange) => createHandler(exchange, pathBelow(exchange).topic, api) },
    { method: 'PUT', pattern: below, handle: (exchange) => putHandler(exchange, pathBelow(exchange), api) },
    { method: 'PATCH', pattern: below, handle: (exchange) => patchHandler(exchange, pathBelow(exchange), api) },
    { method: 'DELETE', pattern: below, handle: (exchange) => remove(pathBelow(exchange), api) },
    { method: 'OPTIONS', pattern: below, handle: () => noContent },
  ];
}

/** The first path element is the topic; what is not `events`, `events/ID`, `handlers` or `handlers/ID` behind it counts for nothing. */
interface TopicPath {
  readonly topic: string;
  readonly part: 'topic' | 'events' | 'event' | 'handlers' | 'handler';
  readonly id: string;
}

function pathBelow(exchange: Exchange): TopicPath {
  const [topic = '', collection, id, ...more] = exchange.path.slice(topicsPath.length + 1).split('/');
  if (more.length === 0 && (collection === 'events' || collection === 'handlers')) {
    if (id === undefined) return { topic, part: collection, id: '' };
    return { topic, part: collection === 'events' ? 'event' : 'handler', id };
  }
  return { topic, part: 'topic', id: '' };
}

function listTopics(exchange: Exchange, api: TopicApi): PlainReply {
  const minLevel = levelParameter(exchange.query.get('min-level'));
  if (!minLevel.ok) return failure(400, minLevel.error);
  const topics = api.topics.list({ pattern: exchange.query.get('pattern'), minLevel: minLevel.value });
  if (!topics.ok) return failure(400, `invalid pattern: ${topics.error}`);
  return json({ link: selfLink(exchange.uri), topics: topics.value.map(topicJson) });
}

function get(exchange: Exchange, path: TopicPath, api: TopicApi): PlainReply {
  const { topic, part, id } = path;
  switch (part) {
    case 'topic': {
      const summary = api.topics.get(topic);
      return summary === undefined ? failure(404, `unknown topic: ${JSON.stringify(topic)}`) : json(topicJson(summary));
    }
    case 'events':
      return listEvents(exchange, topic, api);
    case 'event': {
      const state = api.topics.event(topic, id);
      return state === undefined
        ? failure(404, `unknown event ${JSON.stringify(id)} in topic ${JSON.stringify(topic)}`)
        : json(eventJson(topic, id, state));
    }
    case 'handlers':
      return listHandlers(exchange, topic, api);
    case 'handler': {
      const spec = api.handlers.get(topic, id);
      return spec === undefined ? unknownHandler(id) : json(handlerJson(spec));
    }
  }
}

function listEvents(exchange: Exchange, topic: string, api: TopicApi): PlainReply {
  const minLevel = levelParameter(exchange.query.get('min-level'));
  if (!minLevel.ok) return failure(400, minLevel.error);
  const events = api.topics.events(topic, minLevel.value);
  // 500, as 1.5.4 answers.
  if (events === undefined) return failure(500, `failed to get topic events: unknown topic ${JSON.stringify(topic)}`);
  const link = selfLink(`${topicsPath}/${topic}/events`);
  return json({ link, topic, events: events.map((event) => eventJson(topic, event.id, event)) });
}

function listHandlers(exchange: Exchange, topic: string, api: TopicApi): PlainReply {
  const pattern = compileGlob(exchange.query.get('pattern'));
  if (!pattern.ok) return failure(400, `invalid pattern: ${pattern.error}`);
  const specs = api.handlers.list(topic).filter((spec) => pattern.value(spec.id));
  return json({ link: selfLink(exchange.uri), topic, handlers: [...specs].sort(byId).map(handlerJson) });
}

async function createHandler(exchange: Exchange, topic: string, api: TopicApi): Promise<PlainReply> {
  const body = await readJson(exchange);
  if (!body.ok) return failure(400, `invalid handler json: ${body.error}`);
  return answer(await createTopicHandler(topic, body.value, api));
}

type HandlerChanges = Pick<TopicApi, 'handlers' | 'prepareHandler'>;

/** A definition as the body of a request. */
export async function createTopicHandler(
  topic: string,
  body: WireValue,
  api: HandlerChanges,
): Promise<Result<HandlerSpec, OperationError>> {
  const spec = readSpec(topic, body);
  if (!spec.ok) return err({ status: 400, message: spec.error });
  const prepared = api.prepareHandler(spec.value);
  if (!prepared.ok) return err({ status: 500, message: `failed to create handler: ${prepared.error}` });
  return api.handlers.create(spec.value);
}

async function putHandler(exchange: Exchange, path: TopicPath, api: TopicApi): Promise<PlainReply> {
  if (api.handlers.get(path.topic, path.id) === undefined) return unknownHandler(path.id);
  const body = await readJson(exchange);
  if (!body.ok) return failure(400, `failed to unmarshal JSON: ${body.error}`);
  return update(path, body.value, api);
}

async function patchHandler(exchange: Exchange, path: TopicPath, api: TopicApi): Promise<PlainReply> {
  const held = api.handlers.get(path.topic, path.id);
  if (held === undefined) return unknownHandler(path.id);
  const body = await readJson(exchange);
  if (!body.ok) return failure(400, `invalid patch json: ${body.error}`);
  if (!Array.isArray(body.value)) return failure(400, 'invalid patch json: a list of operations is needed');
  const document: WireValue = {
    id: held.id,
    topic: held.topic,
    kind: held.kind,
    options: held.options,
    match: held.match,
  };
  const patched = applyJsonPatch(document, body.value);
  if (!patched.ok) return failure(400, `failed to apply patch: ${patched.error}`);
  const topic = isWireObject(patched.value) ? patched.value['topic'] : undefined;
  if (topic !== undefined && topic !== path.topic)
    return failure(500, 'failed to update handler: cannot change topic in update');
  return update(path, patched.value, api);
}

async function update(path: TopicPath, body: WireValue, api: TopicApi): Promise<PlainReply> {
  return answer(await replaceTopicHandler(path, body, api));
}

export async function replaceTopicHandler(
  { topic, id }: { readonly topic: string; readonly id: string },
  body: WireValue,
  api: HandlerChanges,
): Promise<Result<HandlerSpec, OperationError>> {
  const spec = readSpec(topic, body);
  if (!spec.ok) return err({ status: 400, message: spec.error });
  const prepared = api.prepareHandler(spec.value);
  if (!prepared.ok) return err({ status: 500, message: `failed to update handler: ${prepared.error}` });
  return api.handlers.replace(topic, id, spec.value);
}

async function remove(path: TopicPath, api: TopicApi): Promise<PlainReply> {
  if (path.part !== 'handler') {
    api.topics.delete(path.topic);
    return noContent;
  }
  const removed = await api.handlers.delete(path.topic, path.id);
  return removed.ok ? noContent : failure(removed.error.status, removed.error.message);
}

function answer(result: Result<HandlerSpec, OperationError>): PlainReply {
  return result.ok ? json(handlerJson(result.value)) : failure(result.error.status, result.error.message);
}

/** A definition of a request body. Kind and options are checked afterwards, by the handler itself. */
function readSpec(topic: string, body: WireValue): Result<HandlerSpec, string> {
  if (!isWireObject(body)) return err('invalid handler json: expected an object');
  const id = body['id'] ?? '';
  const kind = body['kind'] ?? '';
  const match = body['match'] ?? '';
  const options = body['options'] ?? null;
  if (typeof id !== 'string' || typeof kind !== 'string' || typeof match !== 'string') {
    return err('invalid handler json: id, kind and match must be texts');
  }
  if (options !== null && !isWireObject(options)) return err('invalid handler json: options must be an object');
  const plain =
    options === null
      ? null
      : Object.fromEntries(Object.entries(options).map(([key, value]) => [key, plainJson(value)]));
  const spec: HandlerSpec = { id, topic, kind, options: plain, match };
  const form = checkHandlerSpec(spec);
  return form.ok ? ok(spec) : err(`invalid handler spec: ${form.error}`);
}

/** Options are plain JSON: an integer beyond 2^53 means a duration nobody can live to see. */
function plainJson(value: WireValue): JsonValue {
  if (typeof value === 'bigint') return Number(value);
  if (isWireList(value)) return value.map(plainJson);
  if (isWireObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plainJson(member)]));
  return value;
}

/** Words in any case and prefixes of them, as 1.5.4 accepts; empty is OK. */
function levelParameter(text: string): Result<Level, string> {
  const word = text.toUpperCase();
  const level = word === '' ? 'OK' : levels.find((candidate) => candidate.startsWith(word));
  return level === undefined ? err(`unknown alert level '${word}'`) : ok(level);
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function unknownHandler(id: string): PlainReply {
  return failure(404, `unknown handler: ${JSON.stringify(id)}`);
}

function topicJson(topic: TopicSummary): GoJson {
  const href = `${topicsPath}/${topic.id}`;
  return {
    link: selfLink(href),
    id: topic.id,
    level: topic.level,
    collected: topic.collected,
    'events-link': { rel: 'events', href: `${href}/events` },
    'handlers-link': { rel: 'handlers', href: `${href}/handlers` },
  };
}

function eventJson(topic: string, id: string, state: EventState): GoJson {
  return {
    link: selfLink(`${topicsPath}/${topic}/events/${id}`),
    id,
    state: {
      message: state.message,
      details: state.details,
      time: formatRfc3339(state.timeNs),
      duration: formatGoDuration(state.durationNs),
      level: state.level,
    },
  };
}

function handlerJson(spec: HandlerSpec): GoJson {
  return {
    link: selfLink(`${topicsPath}/${spec.topic}/handlers/${spec.id}`),
    id: spec.id,
    kind: spec.kind,
    options: spec.options === null ? null : sorted(spec.options),
    match: spec.match,
  };
}

/** Options are a Go map: keys in byte order at every depth. */
function sorted(value: JsonValue): GoJson {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}
