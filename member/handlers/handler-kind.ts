import { err, ok, type Result } from '../base/result.ts';
import type { AlertEvent, HandlerEffect, HandlerSpec } from '../alerts/event.ts';
import { compileTemplate } from '../alerts/template/template.ts';
import type { HandlerEnvironment } from './environment.ts';
import type { ExecAnswer, HttpAnswer, OutgoingRequest } from './ports.ts';

/** A kind of handler. Adding one: a folder with such a value, and a line in `registry.ts`. */
export interface HandlerKind {
  readonly kind: string;
  /** Checks the options as 1.5.4 does when a handler is defined, with its texts; the result can run. */
  readonly prepare: (spec: HandlerSpec, environment: HandlerEnvironment) => Result<RunnableHandler, string>;
}

export interface RunnableHandler {
  readonly effect: HandlerEffect;
  /** The request of an event; pure. Never called unless the effect is `send`. */
  readonly render: (event: AlertEvent, environment: HandlerEnvironment) => Result<OutgoingRequest, string>;
  /** What is wrong with the answer to it; null when the event counts as sent. */
  readonly judge: (answer: HttpAnswer | ExecAnswer | null) => string | null;
  /** Put before the text of a port's error. */
  readonly failure: string;
}

export const send: HandlerEffect = { kind: 'send' };

/** A handler whose events never leave the core. */
export function internal(effect: HandlerEffect): RunnableHandler {
  return { effect, render: () => err('this kind of handler sends nothing'), judge: () => null, failure: '' };
}

/** A kind that is known and checked, and that this member cannot send yet. */
export function notYetSent(kind: string): RunnableHandler {
  return {
    effect: send,
    render: () => err(`failed to send event: this member has no sender for ${kind} yet`),
    judge: () => null,
    failure: '',
  };
}

/** Checks templates among the options; the name is what Go calls the template. */
export function checkTemplates(templates: readonly (readonly [name: string, text: string])[]): Result<null, string> {
  for (const [name, text] of templates) {
    const compiled = compileTemplate(text, { name, html: false });
    if (!compiled.ok) return compiled;
  }
  return ok(null);
}
