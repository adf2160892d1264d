/** Alert handlers of this member: definitions checked against the configuration in force, attempts on real ports. */
import type { PrepareHandler } from '../alerts/event.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { MemberConfig } from '../config/config.ts';
import type { HandlerEnvironment } from '../handlers/environment.ts';
import { HandlerRunner, prepareForCore } from '../handlers/handlers.ts';
import type { HandlerPorts, HttpRequest } from '../handlers/ports.ts';
import type { Logger } from '../shell/log/log.ts';
import { runCommand } from '../shell/outgoing/command-runner.ts';
import { createFileAppender } from '../shell/outgoing/file-appender.ts';
import type { HttpSender } from '../shell/outgoing/http-sender.ts';
import { sendTcp } from '../shell/outgoing/tcp-sender.ts';
import type { HandlerPort } from './compose.ts';
import { compileMatch } from './match-lambda.ts';
import { endpointOf, texts } from './outgoing-ports.ts';
import { systemClock } from './system-clock.ts';

export interface AlertHandlersOptions {
  readonly sender: HttpSender;
  readonly config: () => MemberConfig;
  /** Empty until the member is there. */
  readonly memberId: () => string;
  readonly logger: Logger;
}

export interface AlertHandlers {
  readonly prepare: PrepareHandler;
  readonly port: HandlerPort;
  /** The configuration changed. */
  readonly reload: () => void;
}

/** A connection that cannot be made is given up after so long, where nothing else sets a limit. */
const dialLimitMs = 30_000;
const keptAnswerBytes = 64 * 1024;

export function createAlertHandlers(options: AlertHandlersOptions): AlertHandlers {
  const environment = (): HandlerEnvironment => environmentOf(options.config(), options.memberId());
  const runner = new HandlerRunner(handlerPorts(options.sender), environment());
  const logger = options.logger.with(['service', 'alert']);
  let hasStarted = false;
  return {
    prepare: prepareForCore(environment, compileMatch),
    port: {
      attempt(spec, event, limitMs, done) {
        // The member's ID, which posts carry, is known only once it runs.
        if (!hasStarted) {
          hasStarted = true;
          runner.setEnvironment(environment());
        }
        const startedAt = systemClock.nowMs();
        void runner.run(spec, event, limitMs).then((error) => {
          if (error !== null) {
            logger.error(
              'handler failed',
              ['topic', spec.topic],
              ['handler', spec.id],
              ['kind', spec.kind],
              ['event', event.id],
              ['err', error],
            );
          }
          done({ error, durationMs: systemClock.nowMs() - startedAt });
        });
      },
    },
    reload: () => runner.setEnvironment(environment()),
  };
}

function environmentOf(config: MemberConfig, memberId: string): HandlerEnvironment {
  return {
    endpoints: config.httppost.map((element) => {
      const { username, password } = element['basic-auth'];
      const endpoint = endpointOf(config, element.endpoint);
      return {
        endpoint: element.endpoint,
        url: element.url,
        headers: texts(element.headers),
        username: typeof username === 'string' ? username : '',
        password: typeof password === 'string' ? password : '',
        alertTemplate: endpoint?.alertTemplate ?? '',
        isTemplateFile: element['alert-template'] === '' && element['alert-template-file'] !== '',
      };
    }),
    kafkaClusters: config.kafka.filter((element) => element.enabled).map((element) => element.id),
    memberId: memberId === '' ? null : memberId,
  };
}

function handlerPorts(sender: HttpSender): HandlerPorts {
  const append = createFileAppender();
  return {
    http: (request, limitMs) =>
      new Promise((resolve) => {
        sender.send(
          {
            method: request.method,
            url: request.url,
            headers: Object.fromEntries(request.headers),
            body: request.body,
            timeoutMs: shorter(request, limitMs),
            ...(request.skipTlsVerification ? { tls: { isInsecure: true } } : {}),
          },
          (outcome) => {
            if (outcome.kind === 'failed') resolve(err(outcome.reason));
            else resolve(ok({ status: outcome.status, body: outcome.body.slice(0, keptAnswerBytes) }));
          },
        );
      }),
    tcp: (request, limitMs) => settled((done) => sendTcp(request.address, request.body, limitMs ?? dialLimitMs, done)),
    append: (request) => settled((done) => append(request.path, request.body, request.mode, done)),
    exec: ({ program, args, input }, limitMs) => runCommand({ program, args, input, limitMs }),
  };
}

function shorter(request: HttpRequest, limitMs: number | null): number | null {
  if (request.timeoutMs === null) return limitMs;
  return limitMs === null ? request.timeoutMs : Math.min(request.timeoutMs, limitMs);
}

function settled(start: (done: (error: string | null) => void) => void): Promise<Result<null, string>> {
  return new Promise((resolve) => start((error) => resolve(error === null ? ok(null) : err(error))));
}
