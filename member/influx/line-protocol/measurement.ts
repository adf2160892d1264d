import { TagTable } from '../tag-table.ts';
import { viewOf } from './same-bytes.ts';

/** A field name of a measurement, as bytes to compare with and as text. */
export interface KnownField {
  readonly name: string;
  /** Its bytes, as they stand in a line; undefined when it can only stand there with escapes. */
  readonly bytes: DataView | undefined;
}

/** What a parser remembers of a measurement from body to body. */
export class Measurement {
  readonly name: string;
  readonly tagTable = new TagTable();
  /** In order of first appearance: lines mostly repeat it, so the next field is guessed, not looked up. */
  readonly fields: KnownField[] = [];
  private readonly indexes = new Map<string, number>();

  constructor(name: string) {
    this.name = name;
  }

  fieldIndex(name: string): number {
    const known = this.indexes.get(name);
    if (known !== undefined) return known;
    const index = this.fields.length;
    this.fields.push({ name, bytes: plainName.test(name) ? viewOf(new TextEncoder().encode(name)) : undefined });
    this.indexes.set(name, index);
    return index;
  }
}

/** No control character, blank, comma, equals sign, quote or backslash. */
const plainName = /^[!#-+\--<>-[\]-~\u0080-\uffff]+$/;
