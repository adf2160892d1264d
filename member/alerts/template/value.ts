/**
 * Values of templates, with the types Go would give them. A JavaScript number is a float64 and a bigint an int64,
 * so that a field prints as the original prints it; what has no such form is one of the classes below.
 */
export type TemplateValue =
  | null
  | string
  | boolean
  | number
  | bigint
  | GoInt
  | GoTime
  | GoDuration
  | GoMap
  | GoSlice
  | GoStruct
  | GoEnum
  | SafeText;

/** Go's `int`: literals in a template, lengths, counts. */
export class GoInt {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

/** `time.Time` in UTC. */
export class GoTime {
  readonly ns: bigint;
  constructor(ns: bigint) {
    this.ns = ns;
  }
}

/** `time.Duration`. */
export class GoDuration {
  readonly ns: bigint;
  constructor(ns: bigint) {
    this.ns = ns;
  }
}

/** A map with string keys; ranged over and printed in byte order of the keys. */
export class GoMap {
  readonly element: 'string' | 'interface {}';
  readonly entries: ReadonlyMap<string, TemplateValue>;
  /** Name of a defined type, such as `models.Tags`; a plain map type when absent. */
  readonly typeName: string;
  constructor(element: 'string' | 'interface {}', entries: ReadonlyMap<string, TemplateValue>, typeName?: string) {
    this.element = element;
    this.entries = entries;
    this.typeName = typeName ?? `map[string]${element}`;
  }
}

export class GoSlice {
  readonly typeName: string;
  readonly items: readonly TemplateValue[];
  constructor(typeName: string, items: readonly TemplateValue[]) {
    this.typeName = typeName;
    this.items = items;
  }
}

/** A defined integer type with names, such as `alert.Level`: printed by name, compared as an integer. */
export class GoEnum {
  readonly typeName: string;
  readonly value: bigint;
  readonly text: string;
  constructor(typeName: string, value: bigint, text: string) {
    this.typeName = typeName;
    this.value = value;
    this.text = text;
  }
}

/** A struct: fields in the order of declaration, names as templates write them. */
export class GoStruct {
  /** As Go prints it in errors: `kapacitor.messageInfo`. */
  readonly typeName: string;
  readonly fields: ReadonlyMap<string, TemplateValue>;
  /** Fields in JSON, in order; all by their own names when absent. */
  readonly json: readonly JsonField[];
  constructor(typeName: string, fields: ReadonlyMap<string, TemplateValue>, json?: readonly JsonField[]) {
    this.typeName = typeName;
    this.fields = fields;
    this.json = json ?? Array.from(fields.keys(), (name) => ({ field: name, name, omitEmpty: false }));
  }

  /** A field by name; one of an embedded struct (a field with its type's lower-case name) counts as its own. */
  field(name: string): TemplateValue | undefined {
    const own = this.fields.get(name);
    if (own !== undefined) return own;
    for (const [key, value] of this.fields) {
      if (!(value instanceof GoStruct) || !isEmbedded(key, value)) continue;
      const found = value.field(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** An embedded struct of an unexported type: its field has the type's name. */
export function isEmbedded(key: string, value: GoStruct): boolean {
  return value.typeName.endsWith(`.${key}`) && /^[a-z]/.test(key);
}

export interface JsonField {
  readonly field: string;
  readonly name: string;
  readonly omitEmpty: boolean;
}

/** Text that a function declared safe for one context of a page, as `html/template`'s types do. */
export class SafeText {
  readonly typeName: 'template.JS';
  readonly text: string;
  constructor(typeName: 'template.JS', text: string) {
    this.typeName = typeName;
    this.text = text;
  }
}

export function stringMap(record: Readonly<Record<string, string>>, typeName?: string): GoMap {
  return new GoMap('string', new Map(Object.entries(record)), typeName);
}

export function anyMap(record: Readonly<Record<string, TemplateValue>>, typeName?: string): GoMap {
  return new GoMap('interface {}', new Map(Object.entries(record)), typeName);
}

export function goStruct(
  typeName: string,
  fields: Readonly<Record<string, TemplateValue>>,
  json?: readonly JsonField[],
): GoStruct {
  return new GoStruct(typeName, new Map(Object.entries(fields)), json);
}
