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

/** A struct: fields in the order of declaration, names as templates write them. */
export class GoStruct {
  /** As Go prints it in errors: `kapacitor.messageInfo`. */
  readonly typeName: string;
  readonly fields: ReadonlyMap<string, TemplateValue>;
  /** Names of fields in JSON where they differ from the field's own; a null one is left out when it is empty. */
  readonly json: readonly JsonField[];
  constructor(typeName: string, fields: ReadonlyMap<string, TemplateValue>, json?: readonly JsonField[]) {
    this.typeName = typeName;
    this.fields = fields;
    this.json = json ?? Array.from(fields.keys(), (name) => ({ field: name, name, omitEmpty: false }));
  }
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

export function goStruct(typeName: string, fields: Readonly<Record<string, TemplateValue>>, json?: readonly JsonField[]): GoStruct {
  return new GoStruct(typeName, new Map(Object.entries(fields)), json);
}
