/** What a log line is made of, before anyone decides how it looks (logfmt or JSON) and who reads it. */

export type LogLevel = 'debug' | 'info' | 'error';

/** Instants and durations are marked, so that each form prints them in its own way and log sessions do not match them. */
export interface LogTime {
  readonly timeNs: bigint;
}
export interface LogDuration {
  readonly durationNs: bigint;
}
/** logfmt prints one pair per entry, `key_entry=value`; JSON an object. */
export type LogMap = ReadonlyMap<string, string | number | bigint | boolean>;

export type LogValue = string | number | bigint | boolean | readonly string[] | LogTime | LogDuration | LogMap;
export type LogField = readonly [key: string, value: LogValue];

export interface LogEvent {
  /** Wall clock, milliseconds since 1970. */
  readonly atMs: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: readonly LogField[];
}

const severity: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, error: 2 };

/** True when `level` is at least as severe as `floor`. */
export function isAtLeast(level: LogLevel, floor: LogLevel): boolean {
  return severity[level] >= severity[floor];
}

/** In any case, as 1.5.4 takes it. */
export function parseLogLevel(text: string): LogLevel | undefined {
  const level = text.toLowerCase();
  return level === 'debug' || level === 'info' || level === 'error' ? level : undefined;
}
