import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { quote } from '../text/quote.ts';
import type { DynamicMethod, GlobalFunction, Scope } from './describe.ts';
import type { ScriptValue } from './value.ts';

/** The names a running script sees: those it started with and its own variables, in order of appearance. */
export class RunningScope {
  private readonly names = new Set<string>();
  private readonly values = new Map<string, ScriptValue>();
  private readonly start: Scope;

  constructor(start: Scope) {
    this.start = start;
    for (const name of start.functions.keys()) this.names.add(name);
    for (const [name, value] of start.values) this.set(name, value);
  }

  has(name: string): boolean {
    return this.names.has(name);
  }

  set(name: string, value: ScriptValue): void {
    this.names.add(name);
    this.values.set(name, value);
  }

  /** The error is the original's. */
  get(name: string): Result<ScriptValue, string> {
    const value = this.values.get(name);
    if (value !== undefined) return ok(value);
    if (this.names.has(name)) return ok({ type: 'nil' });
    return err(`name ${quote(name)} is undefined. Names in scope: ${[...this.names].join(',')}`);
  }

  globalFunction(name: string): GlobalFunction | undefined {
    return this.start.functions.get(name);
  }

  dynamicMethod(name: string): DynamicMethod | undefined {
    return this.start.dynamicMethods.get(name);
  }
}
