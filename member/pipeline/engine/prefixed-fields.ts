import type { Cell, ValueType } from '../../tick/lambda/column.ts';
import type { KeptPoint } from './kept-points.ts';
import type { FieldSource } from './row-output.ts';
import { isPresent } from './rows.ts';
import type { RowsBuilder } from './rows-builder.ts';

/** What stands for each field of a point that is missing. */
export interface Filler {
  readonly type: ValueType;
  readonly value: Cell;
}

/** Names behind a prefix, each made once. */
export class PrefixedNames {
  private readonly prefix: string;
  private readonly known = new Map<string, string>();
  /** By place in a list of names: the last one seen there. Lists are mostly the same from point to point. */
  private readonly last: string[] = [];
  private readonly lastFull: string[] = [];

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  at(place: number, name: string): string {
    const full = this.last[place] === name ? this.lastFull[place] : undefined;
    if (full !== undefined) return full;
    const found = this.of(name);
    // Places are visited in any order where some of the fields are absent.
    for (let i = this.last.length; i < place; i++) {
      this.last.push(name);
      this.lastFull.push(found);
    }
    this.last[place] = name;
    this.lastFull[place] = found;
    return found;
  }

  private of(name: string): string {
    let full = this.known.get(name);
    if (full === undefined) {
      full = this.prefix + name;
      this.known.set(name, full);
    }
    return full;
  }
}

/** The fields of several points as those of one, the names of each behind a prefix. Used again from point to point. */
export class PrefixedFields implements FieldSource {
  /** As many as there are prefixes; undefined where a point is missing. */
  readonly points: (KeptPoint | undefined)[];
  /** The point whose fields a missing one is taken to have. */
  like: KeptPoint | undefined;
  private readonly names: readonly PrefixedNames[];
  private readonly filler: Filler | undefined;

  /** Without a filler a missing point has no fields. */
  constructor(prefixes: readonly string[], filler?: Filler) {
    this.names = prefixes.map((prefix) => new PrefixedNames(prefix));
    this.points = prefixes.map(() => undefined);
    this.filler = filler;
  }

  writeTo(block: RowsBuilder): boolean {
    for (let part = 0; part < this.names.length; part++) {
      const names = this.names[part];
      if (names !== undefined && !this.writePart(block, names, this.points[part])) return false;
    }
    return true;
  }

  /** Lets go of the points. */
  release(): void {
    this.points.fill(undefined);
    this.like = undefined;
  }

  private writePart(block: RowsBuilder, names: PrefixedNames, point: KeptPoint | undefined): boolean {
    const { filler } = this;
    const shown = point ?? (filler === undefined ? undefined : this.like);
    if (shown === undefined) return true;
    const { rows, row } = shown;
    const { fields } = rows;
    for (let place = 0; place < fields.length; place++) {
      const field = fields[place];
      if (field === undefined || !isPresent(field.column, row)) continue;
      const name = names.at(place, field.name);
      const { column } = field;
      const fits =
        point === undefined && filler !== undefined
          ? block.setField(name, filler.type, filler.value)
          : block.setField(name, column.type, column.values[row] ?? 0);
      if (!fits) return false;
    }
    return true;
  }
}
