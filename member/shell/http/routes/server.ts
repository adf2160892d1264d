/** Routes about the server itself: ping, the list of routes, the log's level, profiles (http-api.md 3). */
import { parseLogLevel, type LogLevel } from '../../log/log-event.ts';
import { isWireObject } from '../../../tasks/wire-value.ts';
import { basePath, previewPath } from '../api-server.ts';
import { failure, json, noContent, type PlainReply } from '../exchange.ts';
import { readJson } from '../json-body.ts';
import { methods, type Route } from '../router.ts';

export interface ServerApi {
  setLogLevel(level: LogLevel): void;
  /** Every route of the member, and those of running outputs. */
  routes(): ReadonlyMap<string, readonly string[]>;
  readonly commandLine: readonly string[];
}

export function serverRoutes(api: ServerApi): readonly Route[] {
  return [
    { method: 'GET', pattern: `${basePath}/ping`, handle: () => noContent },
    { method: 'HEAD', pattern: `${basePath}/ping`, handle: () => noContent },
    {
      method: 'GET',
      pattern: `${basePath}/:routes`,
      handle: () =>
        json(
          Object.fromEntries(
            [...allRoutes(api)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([pattern, verbs]) => [pattern, [...verbs]]),
          ),
        ),
    },
    {
      method: 'POST',
      pattern: `${basePath}/loglevel`,
      handle: async (exchange) => {
        const body = await readJson(exchange);
        if (!body.ok) return failure(400, `invalid json: ${body.error}`);
        const given = isWireObject(body.value) ? body.value['level'] : undefined;
        const level = parseLogLevel(typeof given === 'string' ? given : '');
        if (level === undefined) return failure(400, 'invalid log level');
        api.setLogLevel(level);
        return noContent;
      },
    },
    ...profileRoutes(api),
  ];
}

/** What no route takes is a 404 at `/`, and rewritten below the preview path: both are listed, with every method. */
function allRoutes(api: ServerApi): readonly (readonly [string, readonly string[]])[] {
  return [...api.routes(), ['/', methods], [`${previewPath}/`, methods]];
}

function profileRoutes(api: ServerApi): readonly Route[] {
  const pprof = `${basePath}/debug/pprof`;
  const index =
    '<html>\n<head>\n<title>/debug/pprof/</title>\n</head>\n<body>\n<a href="cmdline">cmdline</a>\n</body>\n</html>\n';
  const plain = 'text/plain; charset=utf-8';
  // Go's profiles do not exist here; the inspector of the runtime takes their place.
  const missing = (): PlainReply => ({ kind: 'text', status: 404, text: 'Unknown profile\n', contentType: plain });
  return [
    {
      method: 'GET',
      pattern: `${pprof}/`,
      isDebug: true,
      handle: (exchange) =>
        exchange.path === `${pprof}/`
          ? { kind: 'text', status: 200, text: index, contentType: 'text/html; charset=utf-8' }
          : missing(),
    },
    {
      method: 'GET',
      pattern: `${pprof}/cmdline`,
      isDebug: true,
      handle: () => ({ kind: 'text', status: 200, text: api.commandLine.join('\0'), contentType: plain }),
    },
    { method: 'GET', pattern: `${pprof}/profile`, isDebug: true, handle: missing },
    {
      method: 'GET',
      pattern: `${pprof}/symbol`,
      isDebug: true,
      handle: () => ({ kind: 'text', status: 200, text: 'num_symbols: 0\n', contentType: plain }),
    },
    { method: 'GET', pattern: `${pprof}/trace`, isDebug: true, handle: missing },
  ];
}
