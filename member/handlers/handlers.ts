/**
 * Alert handlers: what may be defined, what an event becomes for the outside, and sending it.
 *
 * Guarantees: a definition is accepted or refused as 1.5.4 does, with its texts; rendering is pure; sending goes
 * through ports and ends with a text or null, never with an exception. It does not know topics, owners or queues:
 * those are the alerts core's, which gets `prepareForCore`.
 */
import { err, ok, type Result } from '../base/result.ts';
import type { AlertEvent, HandlerSpec, Matcher, PrepareHandler } from '../alerts/event.ts';
import { goQuote } from '../alerts/go-quote.ts';
import type { HandlerEnvironment } from './environment.ts';
import type { RunnableHandler } from './handler-kind.ts';
import type { ExecAnswer, HandlerPorts, HttpAnswer, OutgoingRequest } from './ports.ts';
import { handlerKind } from './registry.ts';

/** Compiles a `match` expression; injected, as lambdas are the language's. */
export type CompileMatch = (text: string) => Result<Matcher, string>;

const idPattern = /^[-._\p{L}0-9]+$/u;
const topicPattern = /^[-:._\p{L}0-9]+$/u;

/** Form of a definition: the API answers 400 with these texts. */
export function checkHandlerSpec(spec: HandlerSpec): Result<null, string> {
  if (!topicPattern.test(spec.topic))
    return err(`handler topic must contain only letters, numbers, '-', '.' and '_'. ${goQuote(spec.id)}`);
  if (!idPattern.test(spec.id))
    return err(`handler ID must contain only letters, numbers, '-', '.' and '_'. ${goQuote(spec.id)}`);
  return spec.kind === '' ? err('handler Kind must not be empty') : ok(null);
}

/** Content of a definition: the API answers 500 with `failed to create handler: ` and these texts. */
export function prepareHandler(spec: HandlerSpec, environment: HandlerEnvironment): Result<RunnableHandler, string> {
  const kind = handlerKind(spec.kind);
  return kind === undefined ? err(`unsupported action kind ${goQuote(spec.kind)}`) : kind.prepare(spec, environment);
}

/** `prepareHandler` and the compiled `match`, in the core's terms; also the full check of a definition. */
export function prepareForCore(environment: () => HandlerEnvironment, compileMatch: CompileMatch): PrepareHandler {
  return (spec) => {
    const runnable = prepareHandler(spec, environment());
    if (!runnable.ok) return runnable;
    if (spec.match === '') return ok({ effect: runnable.value.effect, matches: null });
    const matches = compileMatch(spec.match);
    return matches.ok ? ok({ effect: runnable.value.effect, matches: matches.value }) : matches;
  };
}

/** Runs attempts; definitions are prepared once per environment. */
export class HandlerRunner {
  readonly #ports: HandlerPorts;
  #environment: HandlerEnvironment;
  #prepared = new WeakMap<HandlerSpec, Result<RunnableHandler, string>>();

  constructor(ports: HandlerPorts, environment: HandlerEnvironment) {
    this.#ports = ports;
    this.#environment = environment;
  }

  /** The configuration changed: the next attempts are made under the new one. */
  setEnvironment(environment: HandlerEnvironment): void {
    this.#environment = environment;
    this.#prepared = new WeakMap();
  }

  /** One attempt: renders the event, sends it, judges the answer. Null means sent. */
  async run(spec: HandlerSpec, event: AlertEvent, limitMs: number | null): Promise<string | null> {
    const known = this.#prepared.get(spec);
    const runnable = known ?? prepareHandler(spec, this.#environment);
    if (known === undefined) this.#prepared.set(spec, runnable);
    if (!runnable.ok) return runnable.error;
    const request = runnable.value.render(event, this.#environment);
    if (!request.ok) return request.error;
    const answer = await this.#send(request.value, limitMs);
    return answer.ok ? runnable.value.judge(answer.value) : `${runnable.value.failure}: ${answer.error}`;
  }

  async #send(
    request: OutgoingRequest,
    limitMs: number | null,
  ): Promise<Result<HttpAnswer | ExecAnswer | null, string>> {
    switch (request.port) {
      case 'http':
        return await this.#ports.http(request, limitMs);
      case 'exec':
        return await this.#ports.exec(request, limitMs);
      case 'tcp':
        return await this.#ports.tcp(request, limitMs);
      case 'append':
        return await this.#ports.append(request);
      default:
        return request satisfies never;
    }
  }
}
