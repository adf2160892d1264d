/** `post`: the event as JSON, or as an endpoint's template makes it, to a URL. */
import { err, ok, type Result } from '../../base/result.ts';
import { eventJson, eventTemplateData } from '../../alerts/event-json.ts';
import type { AlertEvent } from '../../alerts/event.ts';
import { bodyJson, compileTemplate, renderTemplate, type Template } from '../../alerts/template/template.ts';
import { encodeBase64 } from '../../base/base64.ts';
import type { HandlerEnvironment, HttpPostEndpoint } from '../environment.ts';
import { send, type HandlerKind } from '../handler-kind.ts';
import { duration, flag, readOptions, text, textMap, type ReadOptions } from '../options.ts';
import type { ExecAnswer, HttpAnswer, HttpRequest } from '../ports.ts';

const schema = {
  url: text(),
  endpoint: text(),
  headers: textMap(),
  'capture-response': flag(),
  timeout: duration(),
  'skip-ssl-verification': flag(),
};
type PostOptions = ReadOptions<typeof schema>;

export const post: HandlerKind = {
  kind: 'post',
  prepare: (spec) => {
    const options = readOptions('*httppost.HandlerConfig', schema, spec.options);
    if (!options.ok) return options;
    return ok({
      effect: send,
      render: (event, environment) => render(event, options.value, environment),
      judge: (answer) => judge(answer, options.value['capture-response']),
      failure: 'failed to POST alert data',
    });
  },
};

function render(event: AlertEvent, options: PostOptions, environment: HandlerEnvironment): Result<HttpRequest, string> {
  const endpoint = environment.endpoints.find((candidate) => candidate.endpoint === options.endpoint);
  const body =
    endpoint === undefined || endpoint.alertTemplate === '' ? jsonBody(event) : templateBody(event, endpoint);
  if (!body.ok) return body;
  const headers = new Headers();
  if (endpoint !== undefined && endpoint.username !== '' && endpoint.password !== '') {
    headers.set(
      'Authorization',
      `Basic ${encodeBase64(new TextEncoder().encode(`${endpoint.username}:${endpoint.password}`))}`,
    );
  }
  for (const [name, value] of Object.entries(endpoint?.headers ?? {})) headers.set(name, value);
  for (const [name, value] of Object.entries(options.headers)) headers.set(name, value);
  if (body.value.contentType !== null) headers.set('Content-Type', body.value.contentType);
  if (environment.memberId !== null) headers.set('X-Kapacitor-Member', environment.memberId);
  return ok({
    port: 'http',
    method: 'POST',
    url: endpoint?.url ?? options.url,
    headers: headers.list(),
    body: body.value.text,
    timeoutMs: options.timeout > 0n ? Math.max(1, Number(options.timeout / 1_000_000n)) : null,
    skipTlsVerification: options['skip-ssl-verification'],
  });
}

interface Body {
  readonly text: string;
  /** Null leaves it to the headers of the endpoint, as 1.5.4 does for its templates. */
  readonly contentType: string | null;
}

function jsonBody(event: AlertEvent): Result<Body, string> {
  const json = eventJson(event);
  return json.ok
    ? ok({ text: `${json.value}\n`, contentType: 'application/json' })
    : err(`failed to marshal alert data json: ${json.error}`);
}

/** Body templates compiled so far; they go with their endpoint's configuration. */
const compiled = new WeakMap<HttpPostEndpoint, Result<Template, string>>();

/** The compiled `alert-template` of an endpoint; also the check of its configuration. */
export function bodyTemplate(endpoint: HttpPostEndpoint): Result<Template, string> {
  const known = compiled.get(endpoint);
  if (known !== undefined) return known;
  const functions = endpoint.isTemplateFile ? {} : { functions: new Map([['json', bodyJson]]) };
  const template = compileTemplate(endpoint.alertTemplate, { name: 'body', html: false, ...functions });
  compiled.set(endpoint, template);
  return template;
}

function templateBody(event: AlertEvent, endpoint: HttpPostEndpoint): Result<Body, string> {
  const template = bodyTemplate(endpoint);
  const rendered = template.ok ? renderTemplate(template.value, eventTemplateData(event)) : template;
  return rendered.ok
    ? ok({ text: rendered.value, contentType: null })
    : err(`failed to execute alert template: ${rendered.error}`);
}

/** One value per name, without regard to case; the last one counts. */
class Headers {
  readonly #values = new Map<string, readonly [string, string]>();

  set(name: string, value: string): void {
    this.#values.set(name.toLowerCase(), [name, value]);
  }

  list(): readonly (readonly [string, string])[] {
    return [...this.#values.values()];
  }
}

function judge(answer: HttpAnswer | ExecAnswer | null, isCaptured: boolean): string | null {
  if (answer === null || !('status' in answer) || Math.floor(answer.status / 100) === 2) return null;
  const reason = isCaptured ? answer.body : 'unknown error, use .captureResponse() to capture the HTTP response';
  return `POST returned non 2xx status code ${answer.status}: ${reason}`;
}
