import { err, ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import type { LambdaWorld } from '../../environment.ts';
import { Predicate } from '../../engine/predicate.ts';
import type { Rows } from '../../engine/rows.ts';
import type { AlertNode } from './alert.ts';

/** OK 0, INFO 1, WARNING 2, CRITICAL 3. */
export type LevelRank = number;

export const critical: LevelRank = 3;

type OnLevelError = (level: LevelRank, message: string, isReset: boolean) => void;

/** Finds the level of a row by the node's expressions. */
export class Levels {
  private readonly levels: readonly (Condition | undefined)[];
  private readonly resets: readonly (Condition | undefined)[];

  private constructor(levels: readonly (Condition | undefined)[], resets: readonly (Condition | undefined)[]) {
    this.levels = levels;
    this.resets = resets;
  }

  /** A reset without its level's expression is left out, as in 1.5.4. */
  static compile(node: AlertNode, world: LambdaWorld): Result<Levels, string> {
    const levels: (Condition | undefined)[] = [undefined];
    const resets: (Condition | undefined)[] = [undefined];
    for (const name of ['info', 'warn', 'crit'] as const) {
      const level = node[name]?.expression;
      const reset = node[`${name}Reset`]?.expression;
      if (level === undefined) {
        levels.push(undefined);
        resets.push(undefined);
        continue;
      }
      const compiled = Predicate.compile(level, world);
      if (!compiled.ok) return err(`Failed to compile stateful expression for ${name}: ${compiled.error}`);
      levels.push(new Condition(compiled.value));
      const compiledReset = reset === undefined ? ok(undefined) : Predicate.compile(reset, world);
      if (!compiledReset.ok)
        return err(`Failed to compile stateful expression for ${name}Reset: ${compiledReset.error}`);
      resets.push(compiledReset.value === undefined ? undefined : new Condition(compiledReset.value));
    }
    return ok(new Levels(levels, resets));
  }

  /** Must be called before the rows of a block are asked for. */
  begin(rows: Rows, selected: Int32Array, count: number): void {
    for (const condition of this.levels) condition?.begin(rows, selected, count);
    for (const condition of this.resets) condition?.begin(rows, selected, count);
  }

  /**
   * From critical down to the present level; then the reset of the present level may hold it; else from there down.
   * The present level's expression may be evaluated twice, as in 1.5.4.
   */
  of(row: number, current: LevelRank, onError: OnLevelError): LevelRank {
    const higher = this.firstHolding(critical, current - 1, row, onError);
    if (higher > 0) return higher;
    const reset = this.resets[current];
    if (reset !== undefined) {
      const passes = reset.test(row, (message) => onError(current, message, true));
      if (passes === false) return current;
    }
    return this.firstHolding(current, 0, row, onError);
  }

  /** 0 when none holds. */
  private firstHolding(start: LevelRank, stop: LevelRank, row: number, onError: OnLevelError): LevelRank {
    for (let level = start; level > Math.max(0, stop); level--) {
      const condition = this.levels[level];
      if (condition === undefined) continue;
      if (condition.test(row, (message) => onError(level, message, false)) === true) return level;
    }
    return 0;
  }
}

const isFalse = 0;
const isTrue = 1;
const isError = 2;

/**
 * One expression over a block. Without state it is evaluated for all rows at once, when first asked; with state,
 * row by row as the rows are asked for. One state serves all groups, as in 1.5.4.
 */
class Condition {
  private readonly predicate: Predicate;
  private rows: Rows | undefined;
  private selected: Int32Array = new Int32Array(0);
  private count = 0;
  private isEvaluated = false;
  private outcomes = new Uint8Array(0);
  private kept = new Int32Array(0);
  private messages = new Map<number, string>();

  constructor(predicate: Predicate) {
    this.predicate = predicate;
    predicate.isGrouped = false;
  }

  begin(rows: Rows, selected: Int32Array, count: number): void {
    this.rows = rows;
    this.selected = selected;
    this.count = count;
    this.isEvaluated = false;
  }

  /** Undefined when it fails. */
  test(row: number, onError: (message: string) => void): boolean | undefined {
    const { rows } = this;
    if (rows === undefined) return undefined;
    if (this.predicate.program.isStateful) return this.testNow(rows, row, onError);
    if (!this.isEvaluated) this.evaluate(rows);
    const outcome = this.outcomes[row] ?? isFalse;
    if (outcome !== isError) return outcome === isTrue;
    onError(this.messages.get(row) ?? '');
    return undefined;
  }

  private testNow(rows: Rows, row: number, onError: (message: string) => void): boolean | undefined {
    let hasFailed = false;
    const holds = this.predicate.test(rows, row, (_row, message) => {
      hasFailed = true;
      onError(message);
    });
    return hasFailed ? undefined : holds;
  }

  private evaluate(rows: Rows): void {
    this.isEvaluated = true;
    if (this.outcomes.length < rows.length) this.outcomes = new Uint8Array(rows.length);
    else this.outcomes.fill(isFalse, 0, rows.length);
    if (this.kept.length < this.count) this.kept = new Int32Array(this.count);
    if (this.messages.size > 0) this.messages = new Map();
    const kept = this.predicate.filter(rows, this.selected, this.count, this.kept, this.onError);
    for (let i = 0; i < kept; i++) this.outcomes[this.kept[i] ?? 0] = isTrue;
  }

  private readonly onError = (row: number, message: string): void => {
    this.outcomes[row] = isError;
    this.messages.set(row, message);
  };
}
