/** One reader of `v1preview/logs`: which events it asked for and in which form it gets them (http-api.md 12). */
import { err, ok, type Result } from '../../base/result.ts';
import { isAtLeast, type LogEvent, type LogLevel } from './log-event.ts';
import { jsonLine, logfmtLine } from './log-text.ts';

export interface LogSession {
  readonly form: 'json' | 'logfmt';
  readonly contentType: string;
  /** The line for this event, or undefined when the session did not ask for it. */
  line(event: LogEvent): string | undefined;
}

/**
 * `query` are the decoded parameters in order. `lvl=info+` means that level and above, `lvl=info` that level only;
 * any other key must equal a field of the event. A repeated key is an error, as in 1.5.4.
 */
export function openLogSession(
  query: readonly (readonly [string, string])[],
  accept: string,
): Result<LogSession, string> {
  const filters: (readonly [string, string])[] = [];
  let floor: LogLevel = 'debug';
  const seen = new Set<string>();
  for (const [key, value] of query) {
    if (seen.has(key)) return err('query params cannot contain duplicate params');
    seen.add(key);
    const level = key === 'lvl' && value.endsWith('+') ? levelOf(value.slice(0, -1)) : undefined;
    if (level !== undefined) floor = level;
    else filters.push([key, value]);
  }
  const isJson = accept === 'application/json';
  return ok({
    form: isJson ? 'json' : 'logfmt',
    contentType: isJson ? 'application/json' : 'application/logfmt',
    line(event) {
      if (!isAtLeast(event.level, floor)) return undefined;
      if (!filters.every(([key, value]) => matches(event, key, value))) return undefined;
      return isJson ? jsonLine(event) : logfmtLine(event);
    },
  });
}

function levelOf(text: string): LogLevel | undefined {
  return text === 'debug' || text === 'info' || text === 'error' ? text : undefined;
}

/** Durations, times, lists and maps do not match, as in 1.5.4. */
function matches(event: LogEvent, key: string, value: string): boolean {
  if (key === 'msg' && event.message === value) return true;
  if (key === 'lvl' && event.level === value) return true;
  return event.fields.some(([name, held]) => name === key && typeof held !== 'object' && String(held) === value);
}
