import { err, ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import type { Column } from '../../../tick/lambda/column.ts';
import type { LambdaRun } from '../../../tick/lambda/compiled.ts';
import { LambdaProgram } from '../../../tick/lambda/program.ts';
import type { LambdaNode } from '../../../tick/syntax/node.ts';
import { LambdaInput, mixed } from '../../engine/lambda-input.ts';
import type { Group } from '../../engine/groups.ts';
import type { Rows } from '../../engine/rows.ts';
import type { Clock, LambdaWorld } from '../../environment.ts';

/** The lambda that says how many replicas there are to be, with its state per group. */
export class ReplicasExpression {
  private readonly program: LambdaProgram;
  private readonly currentField: string;
  private readonly clock: Clock;
  private readonly run: LambdaRun;
  private readonly input = new LambdaInput();
  /** By row, as columns are; only the row at hand is set. */
  private current = new Float64Array(0);
  private results: ReadonlyMap<string, Column> | undefined;
  private readonly one = new Int32Array(1);
  private failure = '';

  private constructor(program: LambdaProgram, currentField: string, clock: Clock) {
    this.program = program;
    this.currentField = currentField;
    this.clock = clock;
    const onError = (_row: number, message: string): void => {
      this.failure = message;
    };
    this.run = { now: 0, groups: undefined, states: program.createStates(), onError };
  }

  static compile(
    lambda: LambdaNode | undefined,
    currentField: string,
    world: LambdaWorld,
  ): Result<ReplicasExpression, string> {
    if (lambda?.expression === undefined) return err('no expression');
    const program = LambdaProgram.compile(lambda.expression, { backEnd: world.lambdaBackEnd ?? 'generated' });
    return program.ok ? ok(new ReplicasExpression(program.value, currentField, world.clock)) : program;
  }

  /**
   * For one row, with the present number of replicas under the name of `currentField`, unless the point has a field
   * or tag of that name. In 1.5.4 that number is of a type which no operator takes, so that using it always fails.
   */
  evaluate(rows: Rows, row: number, current: number): Result<number, string> {
    this.setCurrent(row, current);
    this.one[0] = row;
    const columns = this.input.columns(this.program.references, rows, this.one, 1, this.results);
    if (columns === mixed) throw new Error('one row cannot differ from itself');
    this.run.now = this.clock.wallNs();
    this.run.groups = rows.groups;
    this.failure = '';
    const compiled = this.program.forColumns(columns);
    const value = compiled.value(columns, row, this.run);
    if (value === undefined) return err(this.failure);
    const type = compiled.resultType;
    if (type === 'int') return ok(Number(value));
    return err(`TypeGuard: expression returned unexpected type ${type === 'bool' ? 'boolean' : type}, expected int`);
  }

  private setCurrent(row: number, current: number): void {
    if (this.currentField === '') return;
    if (this.current.length <= row) {
      this.current = new Float64Array(2 * (row + 1));
      this.results = new Map([[this.currentField, { type: 'int', values: this.current }]]);
    }
    this.current[row] = current;
  }

  dropGroup(group: Group): void {
    this.run.states.drop(group.number);
  }
}
