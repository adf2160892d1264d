/**
 * The member's log: one stream of events, printed to the configured file at or above its level, and to every
 * log session that asked for it whatever the level is. Nothing is formatted unless somebody reads it.
 */
import { isAtLeast, type LogEvent, type LogField, type LogLevel } from './log-event.ts';
import { logfmtLine } from './log-text.ts';
import type { LineSink } from './line-sink.ts';

export interface Logger {
  debug(message: string, ...fields: LogField[]): void;
  info(message: string, ...fields: LogField[]): void;
  error(message: string, ...fields: LogField[]): void;
  /** A logger whose lines carry these fields first. */
  with(...fields: LogField[]): Logger;
  /** False when nobody would see an event of this level: callers on hot paths ask first. */
  isHeard(level: LogLevel): boolean;
}

/** Receives every event, whatever the log's level. */
export type LogListener = (event: LogEvent) => void;

export interface Log extends Logger {
  setLevel(level: LogLevel): void;
  listen(listener: LogListener): { dispose(): void };
  /** Writes what is buffered and closes the file. */
  close(): Promise<void>;
}

export function createLog(options: {
  readonly sink: LineSink;
  readonly level: LogLevel;
  readonly now: () => number;
}): Log {
  let floor = options.level;
  const listeners = new Set<LogListener>();

  const isHeard = (level: LogLevel): boolean => listeners.size > 0 || isAtLeast(level, floor);
  const emit = (level: LogLevel, message: string, fields: readonly LogField[]): void => {
    if (!isHeard(level)) return;
    const event: LogEvent = { atMs: options.now(), level, message, fields };
    if (isAtLeast(level, floor)) options.sink.write(logfmtLine(event));
    for (const listener of listeners) listener(event);
  };
  const loggerOf = (context: readonly LogField[]): Logger => ({
    debug: (message, ...fields) => emit('debug', message, [...context, ...fields]),
    info: (message, ...fields) => emit('info', message, [...context, ...fields]),
    error: (message, ...fields) => emit('error', message, [...context, ...fields]),
    with: (...fields) => loggerOf([...context, ...fields]),
    isHeard,
  });

  return {
    ...loggerOf([]),
    setLevel(level) {
      floor = level;
    },
    listen(listener) {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
    close: () => options.sink.close(),
  };
}
