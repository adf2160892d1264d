/** The texts of sideload files as values. What a text means is as in 1.5.4, whose YAML is 1.1 made into JSON. */
import { parseAllDocuments } from 'yaml';
import { err, ok, type Result } from '../../base/result.ts';
import type { SideloadValue } from '../../pipeline/node-ports.ts';
import { goTags } from '../yaml/go-tags.ts';

export type Values = ReadonlyMap<string, SideloadValue>;

const none: Values = new Map();

/** The error is complete but for the file's name. Files of other names hold no values. */
export function readValues(path: string, text: string): Result<Values, string> {
  const extension = /\.[^./]*$/.exec(path)?.[0];
  if (extension === '.yaml' || extension === '.yml')
    return prefixed('failed to unmarshal yaml values', path, yaml(text));
  if (extension === '.json') return prefixed('failed to unmarshal json values', path, json(text));
  return ok(none);
}

function prefixed(what: string, path: string, values: Result<Values, string>): Result<Values, string> {
  return values.ok ? values : err(`${what} ${JSON.stringify(path)}: ${values.error}`);
}

function json(text: string): Result<Values, string> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return err(messageOf(error));
  }
  if (parsed === null) return ok(none);
  if (typeof parsed !== 'object' || Array.isArray(parsed)) return err(notAMap(parsed));
  return ok(new Map(Object.entries(parsed).map(([key, value]) => [key, valueOf(value)])));
}

/** Only the first document counts. */
function yaml(text: string): Result<Values, string> {
  const documents = parseAllDocuments(text, {
    version: '1.1',
    customTags: goTags,
    uniqueKeys: false,
    logLevel: 'silent',
  });
  const [first] = documents;
  if (first === undefined || !('toJS' in first)) return ok(none);
  const [problem] = first.errors;
  if (problem !== undefined) return err(`yaml: ${problem.message.split('\n')[0] ?? ''}`);
  let content: unknown;
  try {
    content = first.toJS({ mapAsMap: true });
  } catch (error) {
    return err(`yaml: ${messageOf(error)}`);
  }
  const wrong = notJson(content);
  if (wrong !== undefined) return err(`error converting YAML to JSON: ${wrong}`);
  if (content === null || content === undefined) return ok(none);
  if (!(content instanceof Map)) return err(`error unmarshaling JSON: ${notAMap(content)}`);
  return ok(new Map([...content].map(([key, value]) => [String(key), value === 0 ? 0 : valueOf(value)])));
}

function valueOf(value: unknown): SideloadValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  return { kind: Array.isArray(value) ? 'list' : 'map' };
}

/** What YAML can say and JSON cannot, anywhere in the file. */
function notJson(value: unknown): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    const name = Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
    return `json: unsupported value: ${name}`;
  }
  if (Array.isArray(value)) return firstOf(value, notJson);
  if (!(value instanceof Map)) return undefined;
  const isScalar = (key: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof key);
  return firstOf(value, ([key, held]) =>
    isScalar(key) ? notJson(held) : 'a key of a map must be a text, a number or a boolean',
  );
}

function firstOf<T>(items: Iterable<T>, problem: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = problem(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function notAMap(value: unknown): string {
  const name = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `json: cannot unmarshal ${name} into Go value of type map[string]interface {}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
