import type { Observation } from '../base/observation.ts';
import type { JsonValue, StoreWrite } from '../base/store.ts';
import type { AlertsOutput, AlertsTable } from './alerts-io.ts';

/**
 * Gathers the outputs of one step in their order: what need not wait for the disk, then the one batch of writes,
 * then what depends on it (D21).
 */
export class Outgoing {
  readonly #before: AlertsOutput[] = [];
  /** Most steps write nothing. */
  #writes: Map<string, StoreWrite> | null = null;
  readonly #after: AlertsOutput[] = [];
  #mustSync = false;

  now(output: AlertsOutput): void {
    this.#before.push(output);
  }

  observe(observation: Observation): void {
    this.#before.push({ kind: 'observe', observation });
  }

  /** After the writes of this step are on disk. */
  afterDisk(output: AlertsOutput): void {
    this.#after.push(output);
    this.#mustSync = true;
  }

  /** A later write of the same row in the same step replaces the earlier one. */
  write(table: AlertsTable, key: string, value: JsonValue | null): void {
    this.#writes ??= new Map();
    this.#writes.set(`${table} ${key}`, { table, key, value });
  }

  finish(): readonly AlertsOutput[] {
    if (this.#writes === null) return this.#after.length === 0 ? this.#before : [...this.#before, ...this.#after];
    const durability = this.#mustSync ? 'sync' : 'group';
    // In place: the outputs of a step are short, and there are many steps.
    const outputs = this.#before;
    outputs.push({ kind: 'persist', batch: { durability, writes: Array.from(this.#writes.values()) } });
    for (const output of this.#after) outputs.push(output);
    return outputs;
  }
}
