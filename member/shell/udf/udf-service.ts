/**
 * The functions of `[udf.functions]`. Each is asked at the start what it takes and gives, as 1.5.4 does: a member does
 * not start with a function that does not answer. Then every node that uses one gets a connection of its own.
 */
import type { UdfFunction } from '../../config/config.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Millis } from '../../base/deadline.ts';
import { UdfConversation, type UdfInstant } from '../../pipeline/nodes/udf/conversation.ts';
import type { UdfInfo } from '../../pipeline/nodes/udf/messages.ts';
import type { UdfConnection, UdfPort, UdfReceiver } from '../../pipeline/nodes/udf/udf-port.ts';
import type { Logger } from '../log/log.ts';
import type { OpenUdf, UdfEnds } from './open-udf.ts';
import { UdfProcess } from './udf-process.ts';
import { UdfSocket } from './udf-socket.ts';

/** At the end of the member, functions that stay behind the end of their input are killed after this time. */
const lastGraceMs = 5_000;

export interface UdfServiceOptions {
  readonly functions: ReadonlyMap<string, UdfFunction>;
  readonly logger: Logger;
  readonly nowMs: () => Millis;
  readonly wallNs: () => bigint;
}

export class UdfService implements UdfPort {
  /** What scripts may use: filled by `start`. */
  readonly infos = new Map<string, UdfInfo>();
  readonly #options: UdfServiceOptions;
  readonly #open = new Set<OpenUdf>();
  #whenNone: (() => void) | undefined;

  constructor(options: UdfServiceOptions) {
    this.#options = options;
  }

  /** Asks every function what it is. */
  async start(): Promise<Result<void, string>> {
    const { functions, logger } = this.#options;
    const asked = await Promise.all([...functions.keys()].map(async (name) => [name, await this.#ask(name)] as const));
    for (const [name, info] of asked) {
      if (!info.ok) return err(`failed to load process info for ${JSON.stringify(name)}: ${info.error}`);
      this.infos.set(name, info.value);
      logger.debug('loaded UDF info', ['udf', name]);
    }
    return ok(undefined);
  }

  open(name: string, receiver: UdfReceiver): Result<UdfConnection, string> {
    const wanted = this.#options.functions.get(name);
    if (wanted === undefined) return err(`no such UDF ${name}`);
    const ends: UdfEnds = {
      killing: (reason) => this.#options.logger.error('killing process', ['udf', name], ['err', reason]),
      gone: () => {
        if (opened.ok) this.#gone(opened.value);
      },
    };
    const opened: Result<OpenUdf, string> =
      wanted.socket === '' ? UdfProcess.start(wanted, receiver, ends) : ok(new UdfSocket(wanted, receiver, ends));
    if (opened.ok) this.#open.add(opened.value);
    return opened;
  }

  /** Connections that have not ended, those that were let go included. */
  get openCount(): number {
    return this.#open.size;
  }

  /** Lets go of what is open, and waits until it has ended. */
  async close(): Promise<void> {
    for (const opened of this.#open) opened.close();
    if (this.#open.size === 0) return;
    const timer = setTimeout(() => {
      for (const opened of this.#open) opened.kill();
    }, lastGraceMs);
    await new Promise<void>((resolve) => (this.#whenNone = resolve));
    clearTimeout(timer);
  }

  #gone(opened: OpenUdf): void {
    this.#open.delete(opened);
    if (this.#open.size === 0) this.#whenNone?.();
  }

  #ask(name: string): Promise<Result<UdfInfo, string>> {
    const { nowMs, wallNs, logger } = this.#options;
    const instant = (): UdfInstant => ({ nowMs: nowMs(), wallNs: wallNs() });
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      let connection: UdfConnection | undefined;
      const done = (result: Result<UdfInfo, string>): void => {
        clearTimeout(timer);
        conversation.stop();
        connection?.close();
        resolve(result);
      };
      const conversation = new UdfConversation(timeoutMsOf(this.#options.functions.get(name)), {
        write: (bytes) => connection?.write(bytes),
        ready: () => undefined,
        info: (info) => done(ok(info)),
        snapshot: () => undefined,
        data: () => 'data of a function that was only asked for its info',
        odd: (message, error) => logger.error(message, ['udf', name], ['err', error]),
        failed: (reason) => done(err(reason)),
      });
      const step = (work: () => void): void => {
        work();
        clearTimeout(timer);
        const next = conversation.nextDeadline();
        if (!Number.isFinite(next)) return;
        timer = setTimeout(() => step(() => conversation.wake(instant())), Math.max(0, next - nowMs()));
      };
      const opened = this.open(name, {
        opened: () => step(() => conversation.askInfo(instant())),
        received: (bytes) => step(() => conversation.received(bytes, instant())),
        drained: () => undefined,
        ended: (error) => step(() => conversation.ended(error)),
        logged: (text) => logger.info('UDF log', ['text', text]),
      });
      if (opened.ok) connection = opened.value;
      else done(opened);
    });
  }
}

function timeoutMsOf(of: UdfFunction | undefined): Millis {
  return of === undefined ? 0 : Number(of.timeoutNs) / 1e6;
}
