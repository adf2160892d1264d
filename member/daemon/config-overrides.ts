/**
 * Overrides of the configuration through the API (http-api.md 10): what was set, laid over what the file and the
 * environment say. Pure: a request gives the next overrides and the rows to write, or a refusal that changes nothing.
 */
import { formatGoDuration } from '../base/duration.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { JsonValue, StoreRows, StoreWrite } from '../base/store.ts';
import { crossChecks } from '../config/cross-checks.ts';
import {
  isSectionName,
  readValue,
  sections,
  type Field,
  type MemberConfig,
  type SectionName,
} from '../config/config.ts';
import { isWireList, isWireObject, type WireObject, type WireValue } from '../tasks/wire-value.ts';

export const overrideTable = 'overrides';

/** What was set on one element; an added element exists through its override alone. */
export interface Override {
  readonly section: SectionName;
  /** The value of the section's element key; empty for a plain section. */
  readonly element: string;
  readonly isAdded: boolean;
  readonly options: Readonly<Record<string, JsonValue>>;
}

export type Overrides = ReadonlyMap<string, Override>;

export interface ElementView {
  readonly section: SectionName;
  readonly element: string;
  readonly options: Readonly<Record<string, WireValue>>;
  readonly redacted: readonly string[];
}

export interface OverridePlan {
  readonly overrides: Overrides;
  readonly config: MemberConfig;
  readonly writes: readonly StoreWrite[];
}

/** A duration text or a table stands for more than the schema's own secret texts. */
const secretTables: ReadonlySet<string> = new Set(['basic-auth']);

export function loadOverrides(rows: StoreRows): {
  readonly overrides: Overrides;
  readonly unreadable: readonly string[];
} {
  const overrides = new Map<string, Override>();
  const unreadable: string[] = [];
  for (const [key, row] of rows) {
    const override = overrideOfRow(row);
    if (override === undefined) unreadable.push(key);
    else overrides.set(key, override);
  }
  return { overrides, unreadable };
}

function overrideOfRow(row: JsonValue): Override | undefined {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return undefined;
  const { section, element, isAdded, options } = row as { readonly [key: string]: JsonValue };
  if (typeof section !== 'string' || !isSectionName(section) || typeof element !== 'string') return undefined;
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return undefined;
  return {
    section,
    element,
    isAdded: isAdded === true,
    options: { ...(options as { readonly [key: string]: JsonValue }) },
  };
}

/** The file's configuration with the overrides on it; the error says which value is not allowed. */
export function effectiveConfig(base: MemberConfig, overrides: Overrides): Result<MemberConfig, string> {
  const config: Record<string, unknown> = { ...base };
  for (const name of new Set([...overrides.values()].map((override) => override.section))) {
    const elements = overriddenElements(base, overrides, name);
    if (!elements.ok) return elements;
    config[name] = sections[name].repeats ? elements.value : elements.value[0];
  }
  // Every section keeps the shape that its fields have given it.
  const effective = config as MemberConfig;
  const conflict = crossChecks(effective);
  return conflict === null ? ok(effective) : err(`failed validation: ${conflict}`);
}

type Element = Readonly<Record<string, unknown>>;

function overriddenElements(
  base: MemberConfig,
  overrides: Overrides,
  name: SectionName,
): Result<readonly Element[], string> {
  const elements: Element[] = [];
  for (const element of elementsOf(base, name)) {
    const override = overrides.get(overrideKey(name, elementName(name, element)));
    const laid = override === undefined ? ok(element) : lay(name, element, override.options);
    if (!laid.ok) return laid;
    elements.push(laid.value);
  }
  for (const override of overrides.values()) {
    if (override.section !== name || !override.isAdded) continue;
    const defaults = Object.fromEntries(Object.entries(fieldsOf(name)).map(([key, field]) => [key, field.default]));
    const laid = lay(name, defaults, override.options);
    if (!laid.ok) return laid;
    elements.push(laid.value);
  }
  return ok(elements);
}

function lay(
  name: SectionName,
  element: Element,
  options: Readonly<Record<string, JsonValue>>,
): Result<Element, string> {
  const fields = fieldsOf(name);
  const unknown = Object.keys(options).filter((key) => !Object.hasOwn(fields, key));
  if (unknown.length > 0) return err(`unknown options [${unknown.join(' ')}] in section ${name}`);
  const laid: Record<string, unknown> = { ...element };
  for (const [key, value] of Object.entries(options)) {
    const field = fields[key];
    if (field === undefined) continue;
    const read = readValue(field, numberOfText(field, value));
    if (!read.ok) return err(`cannot set option ${key}: ${read.error}`);
    laid[key] = read.value;
  }
  return ok(laid);
}

/** Numbers may be text, as in the original. */
function numberOfText(field: Field<unknown>, value: JsonValue): JsonValue {
  if (typeof value !== 'string' || (field.kind !== 'int' && field.kind !== 'float')) return value;
  return value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value;
}

/** Applies the body of a POST; the error is the text of a 400. */
export function planOverride(
  base: MemberConfig,
  overrides: Overrides,
  path: { readonly section: string; readonly element: string | undefined },
  body: WireValue,
): Result<OverridePlan, string> {
  if (!isWireObject(body)) return err('failed to decode JSON: expected an object');
  const action = readAction(path, body);
  if (!action.ok) return err(`failed to apply update: ${action.error}`);
  const { section, element } = path;
  if (!isSectionName(section) || !sections[section].overridable) {
    const options = Object.keys(action.value.set);
    if (element === undefined) return err(`failed to apply update: unknown section ${JSON.stringify(section)}`);
    return err(
      `failed to override configuration ${section}/${element}: unknown options [${options.join(' ')}] in section ${section}`,
    );
  }
  const changed =
    element === undefined
      ? changedElements(base, overrides, section, action.value)
      : changedOptions(base, overrides, section, element, action.value);
  if (!changed.ok) return changed;
  const next = new Map(overrides);
  const writes: StoreWrite[] = [];
  for (const [key, override] of changed.value) {
    if (override === null) next.delete(key);
    else next.set(key, override);
    writes.push({ table: overrideTable, key, value: override === null ? null : { ...override } });
  }
  const config = effectiveConfig(base, next);
  if (!config.ok) return err(`failed to override configuration ${section}/${element ?? ''}: ${config.error}`);
  return ok({ overrides: next, config: config.value, writes });
}

interface Action {
  readonly set: WireObject;
  readonly delete: readonly string[];
  readonly add: WireObject | undefined;
  readonly remove: readonly string[] | undefined;
}

function readAction(
  path: { readonly section: string; readonly element: string | undefined },
  body: WireObject,
): Result<Action, string> {
  const { set, delete: deleted, add, remove } = body;
  const isElement = set !== undefined || deleted !== undefined;
  const isList = add !== undefined || remove !== undefined;
  if (isElement && isList) {
    return err('invalid update action: cannot provide both set/delete and add/remove actions in the same update');
  }
  if (path.section === '') return err('invalid update action: must provide section name');
  if (!/^[-._\p{L}0-9]+$/u.test(path.section))
    return err(`invalid update action: invalid section name ${JSON.stringify(path.section)}`);
  if (isElement && path.element === undefined) {
    return err("invalid update action: element not specified, are you missing a trailing '/'?");
  }
  if (isList && path.element !== undefined && path.element !== '') {
    return err('invalid update action: must not provide an element when adding or removing');
  }
  if (isList && path.element === '')
    return err("invalid update action: elements are added and removed without a trailing '/'");
  const names = textList(deleted);
  const removed = textList(remove);
  if (set !== undefined && set !== null && !isWireObject(set)) return err('set must be an object');
  if (add !== undefined && add !== null && !isWireObject(add)) return err('add must be an object');
  if (names === undefined || removed === undefined) return err('delete and remove must be lists of texts');
  return ok({
    set: set ?? {},
    delete: names,
    add: add ?? undefined,
    remove: remove === undefined ? undefined : removed,
  });
}

function textList(value: WireValue | undefined): readonly string[] | undefined {
  if (value === undefined || value === null) return [];
  if (!isWireList(value)) return undefined;
  const texts = value.filter((item) => typeof item === 'string');
  return texts.length === value.length ? texts : undefined;
}

type Changed = Result<ReadonlyMap<string, Override | null>, string>;

function changedOptions(
  base: MemberConfig,
  overrides: Overrides,
  section: SectionName,
  element: string,
  action: Action,
): Changed {
  const key = overrideKey(section, element);
  const held = overrides.get(key);
  const place = `failed to override configuration ${section}/${element}`;
  const isKnown =
    held !== undefined || elementsOf(base, section).some((item) => elementName(section, item) === element);
  if (!isKnown) {
    if (Object.keys(action.set).length === 0) return ok(new Map());
    return err(`${place}: unknown options [${Object.keys(action.set).join(' ')}] in section ${section}`);
  }
  const elementKey = sections[section].elementKey;
  if (elementKey !== null && Object.hasOwn(action.set, elementKey))
    return err(`${place}: cannot set option ${elementKey}: it names the element`);
  const options: Record<string, JsonValue> = { ...held?.options };
  for (const name of action.delete) delete options[name];
  for (const [name, value] of Object.entries(action.set)) options[name] = plain(value);
  if (Object.keys(options).length === 0 && held?.isAdded !== true)
    return ok(new Map(held === undefined ? [] : [[key, null]]));
  return ok(new Map([[key, { section, element, isAdded: held?.isAdded ?? false, options }]]));
}

function changedElements(base: MemberConfig, overrides: Overrides, section: SectionName, action: Action): Changed {
  if (action.add !== undefined) return addedElement(base, overrides, section, action.add);
  const changed = new Map<string, null>();
  for (const element of action.remove ?? []) {
    const key = overrideKey(section, element);
    if (overrides.has(key)) changed.set(key, null);
  }
  return ok(changed);
}

function addedElement(base: MemberConfig, overrides: Overrides, section: SectionName, add: WireObject): Changed {
  const { repeats, elementKey } = sections[section];
  if (!repeats || elementKey === null) {
    return err(`failed to apply update: section ${JSON.stringify(section)} is not a list, cannot add new element`);
  }
  const element = add[elementKey];
  if (element === undefined)
    return err(`failed to apply update: missing key ${JSON.stringify(elementKey)} in "add" map`);
  if (typeof element !== 'string')
    return err(`failed to apply update: expected ${JSON.stringify(elementKey)} key to be a string`);
  const key = overrideKey(section, element);
  if (overrides.has(key) || elementsOf(base, section).some((item) => elementName(section, item) === element)) {
    return err(`failed to apply update: element ${JSON.stringify(element)} of section ${section} exists already`);
  }
  const options = Object.fromEntries(Object.entries(add).map(([name, value]) => [name, plain(value)]));
  return ok(new Map([[key, { section, element, isAdded: true, options }]]));
}

function plain(value: WireValue): JsonValue {
  if (typeof value === 'bigint') return Number(value);
  if (isWireList(value)) return value.map(plain);
  if (isWireObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
  return value;
}

/** Elements as the API shows them: every option, secrets as whether they are set. */
export function sectionView(config: MemberConfig, section: SectionName): readonly ElementView[] {
  return elementsOf(config, section).map((element) => {
    const options: Record<string, WireValue> = {};
    const redacted: string[] = [];
    for (const [key, field] of Object.entries(fieldsOf(section)).sort(([a], [b]) => (a < b ? -1 : 1))) {
      const value = element[key];
      if (field.secret || secretTables.has(key)) {
        redacted.push(key);
        options[key] = !isEmpty(value);
      } else options[key] = shownValue(field, value, key);
    }
    return { section, element: elementName(section, element), options, redacted };
  });
}

export function overridableSections(): readonly SectionName[] {
  return Object.keys(sections).filter((name): name is SectionName => isSectionName(name) && sections[name].overridable);
}

/** Lists and tables that hold nothing are Go's nil, which prints as null. */
function shownValue(field: Field<unknown>, value: unknown, key: string): WireValue {
  if (typeof value === 'bigint') return field.kind === 'duration' ? formatGoDuration(value) : value;
  if (isEmpty(value) && field.kind !== 'string') return key === 'subscriptions' ? {} : null;
  // The schema holds texts, numbers, booleans, lists of texts and tables of those.
  return value as WireValue;
}

function isEmpty(value: unknown): boolean {
  if (value === '' || value === null || value === undefined) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function elementsOf(config: MemberConfig, name: SectionName): readonly Element[] {
  const value: unknown = config[name];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item): item is Element => typeof item === 'object' && item !== null);
}

function elementName(name: SectionName, element: Element): string {
  const { repeats, elementKey } = sections[name];
  const value = repeats && elementKey !== null ? element[elementKey] : '';
  return typeof value === 'string' ? value : '';
}

function fieldsOf(name: SectionName): Readonly<Record<string, Field<unknown>>> {
  return sections[name].fields;
}

function overrideKey(section: SectionName, element: string): string {
  return `${section}/${element}`;
}
