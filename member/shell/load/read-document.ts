/** A YAML or JSON file of the `[load]` folder as a value, with 64-bit integers kept whole. */
import { parseAllDocuments } from 'yaml';
import { err, ok, type Result } from '../../base/result.ts';
import type { WireValue } from '../../tasks/wire-value.ts';
import { parseLenientJson } from '../http/lenient-json.ts';
import { goTags } from '../yaml/go-tags.ts';

export function readDocument(format: 'yaml' | 'json', text: string): Result<WireValue, string> {
  return format === 'json' ? parseLenientJson(text) : readYaml(text);
}

/** Only the first document counts. */
function readYaml(text: string): Result<WireValue, string> {
  const documents = parseAllDocuments(text, {
    version: '1.1',
    customTags: goTags,
    intAsBigInt: true,
    logLevel: 'silent',
  });
  const [first] = documents;
  if (first === undefined || !('toJS' in first)) return ok(null);
  const [problem] = first.errors;
  if (problem !== undefined)
    return err(`error converting YAML to JSON: yaml: ${(problem.message.split('\n')[0] ?? '').replace(/:$/, '')}`);
  try {
    return wireValue(first.toJS());
  } catch (error) {
    return err(`error converting YAML to JSON: yaml: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function wireValue(value: unknown): Result<WireValue, string> {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return ok(Number.isSafeInteger(number) ? number : value);
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return err(`json: unsupported value: ${value}`);
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return ok(value);
  if (value === null || value === undefined) return ok(null);
  if (Array.isArray(value)) {
    const items: WireValue[] = [];
    for (const item of value) {
      const read = wireValue(item);
      if (!read.ok) return read;
      items.push(read.value);
    }
    return ok(items);
  }
  const entries: [string, WireValue][] = [];
  for (const [key, member] of Object.entries(value)) {
    const read = wireValue(member);
    if (!read.ok) return read;
    entries.push([key, read.value]);
  }
  return ok(Object.fromEntries(entries));
}
