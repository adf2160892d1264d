import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { Clock, LambdaWorld } from '../environment.ts';
import { LambdaProgram } from '../../tick/lambda/program.ts';
import type { LambdaRun } from '../../tick/lambda/compiled.ts';
import type { Node } from '../../tick/syntax/node.ts';
import type { Group } from './groups.ts';
import { inHalves, LambdaInput, mixed } from './lambda-input.ts';
import type { Rows } from './rows.ts';

type OnError = (row: number, message: string) => void;

const ignoreError: OnError = () => {};

/** A lambda used as a condition, with its state. */
export class Predicate {
  readonly program: LambdaProgram;
  /** Whether `count()` and its like are kept per group or once. */
  isGrouped = true;
  private readonly input = new LambdaInput();
  private readonly clock: Clock;
  private readonly run: LambdaRun;
  /** The selection of the row that is tested. */
  private readonly single = new Int32Array(1);

  private constructor(program: LambdaProgram, clock: Clock) {
    this.program = program;
    this.clock = clock;
    this.run = { now: 0, groups: undefined, states: program.createStates(), onError: ignoreError };
  }

  /** The error is the original's, without its prefix. */
  static compile(expression: Node, world: LambdaWorld): Result<Predicate, string> {
    const program = LambdaProgram.compile(expression, { backEnd: world.lambdaBackEnd ?? 'generated' });
    return program.ok ? ok(new Predicate(program.value, world.clock)) : err(program.error);
  }

  /** Keeps the rows for which the condition holds in `into`, which may be `selected`; returns how many. */
  filter(rows: Rows, selected: Int32Array, count: number, into: Int32Array, onError: OnError): number {
    this.prepare(rows, onError);
    return this.filterPart(rows, selected, count, into);
  }

  /** One row. False, and reported, when it fails. */
  test(rows: Rows, row: number, onError: OnError): boolean {
    this.prepare(rows, onError);
    this.single[0] = row;
    const columns = this.input.columns(this.program.references, rows, this.single, 1);
    return columns !== mixed && this.program.forColumns(columns).test(columns, row, this.run);
  }

  dropGroup(group: Group): void {
    if (this.isGrouped) this.run.states.drop(group.number);
  }

  private prepare(rows: Rows, onError: OnError): void {
    if (this.program.needsClock) this.run.now = this.clock.wallNs();
    this.run.groups = this.isGrouped ? rows.groups : undefined;
    this.run.onError = onError;
  }

  private filterPart(rows: Rows, selected: Int32Array, count: number, into: Int32Array): number {
    const columns = this.input.columns(this.program.references, rows, selected, count);
    if (columns !== mixed) return this.program.forColumns(columns).filter(columns, selected, count, into, this.run);
    let kept = 0;
    const parts: Int32Array[] = [];
    inHalves(selected, count, (part, length) => {
      const found = new Int32Array(length);
      parts.push(found.subarray(0, this.filterPart(rows, part, length, found)));
    });
    for (const part of parts) {
      into.set(part, kept);
      kept += part.length;
    }
    return kept;
  }
}
