/** The documents of the `[load]` folder, as Go's JSON decoder reads them: names in any case, others are ignored. */
import { err, ok, type Result } from '../../base/result.ts';
import { readVars } from '../task-vars.ts';
import { isWireList, isWireObject, type WireObject, type WireValue } from '../wire-value.ts';

/** The body of a request that makes a task of a template, or changes one. An empty document says nothing. */
export function taskDefinition(document: WireValue): Result<WireObject, string> {
  if (document === null) return ok({});
  if (!isWireObject(document)) return err(`expected template-id, dbrps and vars, got ${describe(document)}`);
  const { 'template-id': templateId, dbrps, vars } = folded(document, ['template-id', 'dbrps', 'vars']);
  if (templateId !== undefined && textOf(templateId) === undefined) return err('template-id must be a text');
  const places = dbrps === undefined || dbrps === null ? [] : dbrps;
  if (!isWireList(places)) return err('dbrps must be a list of {db, rp}');
  const readPlaces: WireObject[] = [];
  for (const place of places) {
    if (!isWireObject(place)) return err('each of dbrps must be {db, rp}');
    const { db, rp } = folded(place, ['db', 'rp']);
    readPlaces.push({ db: textOf(db ?? '') ?? null, rp: textOf(rp ?? '') ?? null });
  }
  const readValues = isWireObject(vars)
    ? Object.fromEntries(Object.entries(vars).map(([name, value]) => [name, varOf(value)]))
    : (vars ?? {});
  const checked = readVars(readValues);
  if (!checked.ok) return checked;
  return ok({
    ...(templateId === undefined ? {} : { 'template-id': textOf(templateId) ?? '' }),
    ...(readPlaces.length === 0 ? {} : { dbrps: readPlaces }),
    ...(checked.value.size === 0 ? {} : { vars: readValues }),
  });
}

function varOf(value: WireValue): WireValue {
  if (!isWireObject(value)) return value;
  return folded(value, ['type', 'value', 'description']);
}

export interface LoadedHandler {
  readonly topic: string;
  readonly id: string;
  /** The body of a request that makes or changes it. */
  readonly body: WireObject;
}

export function handlerDefinition(document: WireValue): Result<LoadedHandler, string> {
  const given = document ?? {};
  if (!isWireObject(given)) return err(`expected topic, id, kind, options and match, got ${describe(document)}`);
  const read = folded(given, ['topic', 'id', 'kind', 'options', 'match']);
  const texts: Record<string, string> = {};
  for (const name of ['topic', 'id', 'kind', 'match']) {
    const text = textOf(read[name] ?? '');
    if (text === undefined) return err(`${name} must be a text`);
    texts[name] = text;
  }
  const { topic = '', id = '', kind = '', match = '' } = texts;
  return ok({ topic, id, body: { id, kind, options: read['options'] ?? null, match } });
}

/** The wanted members by their names in small letters. */
function folded(object: WireObject, names: readonly string[]): WireObject {
  const entries = Object.entries(object).flatMap(([key, value]): [string, WireValue][] => {
    const name = key.toLowerCase();
    return names.includes(name) ? [[name, value]] : [];
  });
  return Object.fromEntries(entries);
}

/** A number or a boolean where a text is wanted is its text: YAML needs no quotes. */
function textOf(value: WireValue): string | undefined {
  if (value === null) return '';
  return typeof value === 'object' ? undefined : String(value);
}

function describe(value: WireValue): string {
  return isWireList(value) ? 'a list' : `a ${typeof value}`;
}
