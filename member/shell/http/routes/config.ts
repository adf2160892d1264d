/** `/config`: overrides of sections of the configuration at run time (http-api.md 10). */
import type { Result } from '../../../base/result.ts';
import type { WireValue } from '../../../tasks/wire-value.ts';
import { basePath } from '../api-server.ts';
import { compact, failure, noContent, type Exchange, type PlainReply } from '../exchange.ts';
import type { GoJson } from '../go-json.ts';
import { readJson } from '../json-body.ts';
import type { Route } from '../router.ts';
import { selfLink } from './task-view.ts';

export interface ConfigElement {
  /** Empty for a plain section. */
  readonly element: string;
  readonly options: Readonly<Record<string, WireValue>>;
  readonly redacted: readonly string[];
}

export interface ConfigApi {
  /** `[config-override] enabled`. */
  readonly isEnabled: boolean;
  readonly sections: readonly string[];
  /** Undefined for a section that is none, or cannot be overridden. */
  section(name: string): readonly ConfigElement[] | undefined;
  /** Resolves when the change is durable and in force. `element` is undefined for a path without trailing slash. */
  update(
    path: { readonly section: string; readonly element: string | undefined },
    body: WireValue,
  ): Promise<Result<void, { readonly status: 400 | 500; readonly message: string }>>;
}

const configPath = `${basePath}/config`;

export function configRoutes(api: ConfigApi): readonly Route[] {
  const guarded =
    (handle: (exchange: Exchange) => PlainReply | Promise<PlainReply>) =>
    (exchange: Exchange): PlainReply | Promise<PlainReply> =>
      api.isEnabled ? handle(exchange) : failure(403, 'config override service is not enabled');
  return [
    { method: 'GET', pattern: configPath, handle: guarded(() => allSections(api)) },
    { method: 'GET', pattern: `${configPath}/`, handle: guarded((exchange) => get(exchange, api)) },
    { method: 'POST', pattern: `${configPath}/`, handle: guarded((exchange) => post(exchange, api)) },
  ];
}

function allSections(api: ConfigApi): PlainReply {
  const shown: Record<string, GoJson> = {};
  for (const name of [...api.sections].sort()) {
    const elements = api.section(name) ?? [];
    if (elements.length > 0) shown[name] = sectionJson(name, elements);
  }
  return compact({ link: selfLink(configPath), sections: shown });
}

function get(exchange: Exchange, api: ConfigApi): PlainReply {
  const { section, element } = pathOf(exchange);
  if (section === '') return failure(400, "section not specified, do you have an extra trailing '/'?");
  const elements = api.section(section);
  if (element === undefined) {
    return elements === undefined
      ? failure(404, `unknown section: ${section}`)
      : compact(sectionJson(section, elements));
  }
  const found = elements?.find((candidate) => candidate.element === element);
  return found === undefined
    ? failure(404, `unknown section/element: ${section}/${element}`)
    : compact(elementJson(section, found));
}

async function post(exchange: Exchange, api: ConfigApi): Promise<PlainReply> {
  const body = await readJson(exchange);
  if (!body.ok) return failure(400, `failed to decode JSON: ${body.error}`);
  const updated = await api.update(pathOf(exchange), body.value);
  return updated.ok ? noContent : failure(updated.error.status, updated.error.message);
}

function pathOf(exchange: Exchange): { readonly section: string; readonly element: string | undefined } {
  const rest = exchange.path.slice(configPath.length + 1);
  const slash = rest.indexOf('/');
  return slash < 0
    ? { section: rest, element: undefined }
    : { section: rest.slice(0, slash), element: rest.slice(slash + 1) };
}

function sectionJson(name: string, elements: readonly ConfigElement[]): GoJson {
  return { link: selfLink(`${configPath}/${name}`), elements: elements.map((element) => elementJson(name, element)) };
}

function elementJson(section: string, element: ConfigElement): GoJson {
  return {
    link: selfLink(`${configPath}/${section}/${element.element}`),
    options: element.options,
    redacted: element.redacted.length === 0 ? null : element.redacted,
  };
}
