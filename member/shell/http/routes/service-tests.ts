/** `/service-tests`: whether a configured service can be used (http-api.md 11). */
import { compileGlob } from '../../../tasks/glob.ts';
import { isWireObject, type WireObject } from '../../../tasks/wire-value.ts';
import { basePath } from '../api-server.ts';
import { compact, failure, type Exchange, type PlainReply } from '../exchange.ts';
import type { GoJson } from '../go-json.ts';
import { parseLenientJson } from '../lenient-json.ts';
import type { Route } from '../router.ts';
import { serviceTestOptions } from './service-test-options.ts';
import { selfLink } from './task-view.ts';

export interface ServiceTestApi {
  /** Runs the test of a service that is known; what it misses is given by the defaults. */
  run(service: string, options: WireObject): Promise<{ readonly success: boolean; readonly message: string }>;
}

const testsPath = `${basePath}/service-tests`;

export function serviceTestRoutes(api: ServiceTestApi): readonly Route[] {
  return [
    { method: 'GET', pattern: testsPath, handle: list },
    { method: 'GET', pattern: `${testsPath}/`, handle: (exchange) => named(exchange, show) },
    {
      method: 'POST',
      pattern: `${testsPath}/`,
      handle: (exchange) => named(exchange, (name) => run(exchange, name, api)),
    },
  ];
}

function list(exchange: Exchange): PlainReply {
  const pattern = compileGlob(exchange.query.get('pattern'));
  if (!pattern.ok) return failure(400, `bad pattern: ${pattern.error}`);
  const names = Object.keys(serviceTestOptions).sort().filter(pattern.value);
  return compact({ link: selfLink(testsPath), services: names.length === 0 ? null : names.map(serviceJson) });
}

async function named(
  exchange: Exchange,
  answer: (name: string) => PlainReply | Promise<PlainReply>,
): Promise<PlainReply> {
  const name = exchange.path.slice(testsPath.length + 1).replace(/\/$/, '');
  if (name === '') return failure(400, 'must provide service name');
  if (!Object.hasOwn(serviceTestOptions, name)) return failure(404, `service ${JSON.stringify(name)} not found`);
  return answer(name);
}

function show(name: string): PlainReply {
  return compact(serviceJson(name));
}

async function run(exchange: Exchange, name: string, api: ServiceTestApi): Promise<PlainReply> {
  const text = (await exchange.body()).toString('utf8');
  if (text.trim() === '') return failure(400, 'failed to decode JSON body: EOF');
  const body = parseLenientJson(text);
  if (!body.ok) return failure(400, `failed to decode JSON body: ${body.error}`);
  // The original's client sends null for options that it leaves at their defaults.
  const options = body.value ?? {};
  if (!isWireObject(options)) return failure(400, 'failed to decode JSON body: expected an object');
  const { success, message } = await api.run(name, options);
  return compact({ success, message });
}

function serviceJson(name: string): GoJson {
  return { link: selfLink(`${testsPath}/${name}`), name, options: serviceTestOptions[name] };
}
