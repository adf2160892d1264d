/** `GET /v1preview/logs`: a log session streams until its client goes (http-api.md 12). */
import type { ServerResponse } from 'node:http';
import type { Log } from '../../log/log.ts';
import { openLogSession } from '../../log/log-session.ts';
import { previewPath } from '../api-server.ts';
import { prettyJson } from '../go-json.ts';
import type { Route } from '../router.ts';

export interface LogsApi {
  readonly log: Log;
  newId(): string;
}

/** What a reader that does not keep up may make the member hold; past it the session ends. */
const backlogLimitBytes = 8 * 1024 * 1024;

export function logRoutes(api: LogsApi): readonly Route[] {
  return [
    {
      method: 'GET',
      pattern: `${previewPath}/logs`,
      isPlain: true,
      handle: (exchange) => {
        const opened = openLogSession(exchange.query.entries(), exchange.header('accept') ?? '');
        if (!opened.ok) {
          return {
            kind: 'text',
            status: 400,
            text: prettyJson({ error: opened.error }),
            contentType: 'text/plain; charset=utf-8',
          };
        }
        const session = opened.value;
        return {
          kind: 'stream',
          write: (response) =>
            stream(response, session.contentType, api, (send) => api.log.listen((event) => send(session.line(event)))),
        };
      },
    },
  ];
}

async function stream(
  response: ServerResponse,
  contentType: string,
  api: LogsApi,
  listen: (send: (line: string | undefined) => void) => { dispose(): void },
): Promise<void> {
  response.writeHead(200, { 'Content-Type': contentType });
  response.flushHeaders();
  const logger = api.log.with(['service', 'sessions']);
  const id = api.newId();
  const listening = listen((line) => {
    if (line === undefined || response.destroyed) return;
    response.write(line);
    if (response.writableLength > backlogLimitBytes) response.destroy();
  });
  logger.info('created log session', ['id', id], ['content-type', contentType]);
  await new Promise<void>((resolve) => response.once('close', resolve));
  listening.dispose();
  logger.info('deleted log session', ['id', id], ['content-type', contentType]);
}
