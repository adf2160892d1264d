/** Prints log events as logfmt or as JSON lines, in the layout of 1.5.4. Both end with a newline. */
import { formatGoDuration } from '../../base/duration.ts';
import { formatRfc3339 } from '../../base/rfc3339.ts';
import type { LogEvent, LogValue } from './log-event.ts';

export function logfmtLine(event: LogEvent): string {
  let line = `ts=${new Date(event.atMs).toISOString()} lvl=${event.level} msg=${quoted(event.message)}`;
  for (const [key, value] of event.fields) line += logfmtField(key, value);
  return `${line}\n`;
}

function logfmtField(key: string, value: LogValue): string {
  if (value instanceof Map) {
    let text = '';
    for (const [entry, inner] of value) text += ` ${key}_${entry}=${quoted(String(inner))}`;
    return text;
  }
  if (Array.isArray(value)) return ` ${key}=${quoted(value.join(','))}`;
  return ` ${key}=${quoted(scalarText(value))}`;
}

export function jsonLine(event: LogEvent): string {
  let line = `{"ts":"${new Date(event.atMs).toISOString()}","lvl":"${event.level}","msg":${JSON.stringify(event.message)}`;
  for (const [key, value] of event.fields) line += `,${JSON.stringify(key)}:${jsonValue(value)}`;
  return `${line}}\n`;
}

function jsonValue(value: LogValue): string {
  if (value instanceof Map) {
    const entries = [...value].map(([key, inner]) => `${JSON.stringify(key)}:${jsonValue(inner)}`);
    return `{${entries.join(',')}}`;
  }
  if (Array.isArray(value)) return JSON.stringify(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : JSON.stringify(String(value));
  return JSON.stringify(scalarText(value));
}

/** The text of a value that is no list and no map. */
function scalarText(value: LogValue): string {
  if (typeof value === 'object') {
    if ('timeNs' in value) return formatRfc3339(value.timeNs);
    if ('durationNs' in value) return formatGoDuration(value.durationNs);
    return '';
  }
  return String(value);
}

/** A value with blanks, `=`, quotes or control characters is quoted, so that a line stays one line. */
function quoted(text: string): string {
  return needsQuotes.test(text) ? JSON.stringify(text) : text;
}

const needsQuotes = /[\s"=\p{Cc}]/u;
