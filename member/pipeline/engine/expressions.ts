import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { Clock, LambdaWorld } from '../environment.ts';
import type { Column } from '../../tick/lambda/column.ts';
import type { LambdaRun } from '../../tick/lambda/compiled.ts';
import { OutputColumn } from '../../tick/lambda/output-column.ts';
import { LambdaProgram } from '../../tick/lambda/program.ts';
import type { LambdaNode } from '../../tick/syntax/node.ts';
import type { Group } from './groups.ts';
import { inHalves, LambdaInput, mixed } from './lambda-input.ts';
import type { RowField, Rows } from './rows.ts';

/** What a list of expressions made of some rows of a block. */
export interface Evaluated {
  /** Rows in which every expression succeeded, in order: the `into` that was given, else a new array. */
  readonly selected: Int32Array;
  count: number;
  /** Each name once. A result named like a field is the field again once a later expression asked for that name. */
  readonly results: readonly RowField[];
  /** Fields and tags that were asked for, each name once. */
  readonly references: readonly RowField[];
}

interface Expression {
  readonly name: string;
  readonly program: LambdaProgram;
  readonly run: LambdaRun;
  /** Where its result stands: the place of the first expression of that name. */
  readonly place: number;
  /** Places of earlier results with the names of its references; -1 where there is none. */
  readonly earlier: readonly number[];
  /** What its references mean in the block at hand. */
  readonly columns: Column[];
}

type OnError = (row: number, message: string) => void;

/** The lambdas of an `eval`: evaluated in order, each seeing the results of those before. */
export class Expressions {
  private readonly expressions: readonly Expression[];
  private readonly clock: Clock;
  private readonly needsClock: boolean;
  private readonly input = new LambdaInput();

  private constructor(expressions: readonly Expression[], clock: Clock) {
    this.expressions = expressions;
    this.clock = clock;
    this.needsClock = expressions.some(({ program }) => program.needsClock);
  }

  static compile(
    lambdas: readonly LambdaNode[],
    names: readonly string[],
    world: LambdaWorld,
  ): Result<Expressions, string> {
    const expressions: Expression[] = [];
    const places = new Map<string, number>();
    for (const [index, lambda] of lambdas.entries()) {
      const name = names[index];
      if (name === undefined) return err("must provide one name per expression via the 'As' property");
      if (lambda.expression === undefined) return err(`Failed to compile ${index} expression: no expression`);
      const program = LambdaProgram.compile(lambda.expression, { backEnd: world.lambdaBackEnd ?? 'generated' });
      if (!program.ok) return err(`Failed to compile ${index} expression: ${program.error}`);
      const run: LambdaRun = { now: 0, groups: undefined, states: program.value.createStates(), onError: () => {} };
      const earlier = program.value.references.map((reference) => places.get(reference) ?? -1);
      const place = places.get(name) ?? places.size;
      places.set(name, place);
      expressions.push({ name, program: program.value, run, place, earlier, columns: [] });
    }
    return ok(new Expressions(expressions, world.clock));
  }

  refersTo(name: string): boolean {
    return this.expressions.some(({ program }) => program.references.includes(name));
  }

  /**
   * Calls `done` once, or several times when the rows do not mean the same by a name; always in row order. `into` has
   * room for the rows that are left; without it there is a new array for each call.
   */
  evaluate(
    rows: Rows,
    selected: Int32Array,
    count: number,
    into: Int32Array | undefined,
    onError: OnError,
    done: (rows: Rows, evaluated: Evaluated) => void,
  ): void {
    const now = this.needsClock ? this.clock.wallNs() : 0;
    const { expressions } = this;
    for (let i = 0; i < expressions.length; i++) {
      const run = expressions[i]?.run;
      if (run === undefined) continue;
      run.now = now;
      run.groups = rows.groups;
      run.onError = onError;
    }
    this.evaluatePart(rows, selected, count, into, done);
  }

  dropGroup(group: Group): void {
    for (const { run } of this.expressions) run.states.drop(group.number);
  }

  private evaluatePart(
    rows: Rows,
    selected: Int32Array,
    count: number,
    into: Int32Array | undefined,
    done: (rows: Rows, evaluated: Evaluated) => void,
  ): void {
    if (count > 1 && this.isMixed(rows, selected, count)) {
      inHalves(selected, count, (part, length) => this.evaluatePart(rows, part, length, into, done));
      return;
    }
    const kept = into ?? new Int32Array(count);
    const results: RowField[] = [];
    const references: RowField[] = [];
    const { expressions } = this;
    let source = selected;
    let left = count;
    for (let i = 0; i < expressions.length; i++) {
      const expression = expressions[i];
      if (expression === undefined) continue;
      this.readColumns(expression, rows, source, left, results, references);
      const compiled = expression.program.forColumns(expression.columns);
      // Every row that is left has every result: nothing downstream needs to look.
      const output = new OutputColumn(compiled.resultType, rows.length);
      left = compiled.map(expression.columns, source, left, output, kept, expression.run);
      source = kept;
      results[expression.place] = { name: expression.name, column: output };
    }
    if (source === selected) kept.set(selected.subarray(0, count));
    done(rows, { selected: kept, count: left, results, references });
  }

  /** Finds the columns of an expression's references. */
  private readColumns(
    { program, earlier, columns }: Expression,
    rows: Rows,
    selected: Int32Array,
    count: number,
    results: RowField[],
    references: RowField[],
  ): void {
    const names = program.references;
    for (let i = 0; i < names.length; i++) {
      const name = names[i] ?? '';
      const place = earlier[i] ?? -1;
      const result = place < 0 ? undefined : results[place]?.column;
      const column = this.input.column(name, rows, selected, count, result);
      if (column === mixed) throw new Error('rows that differ were not taken apart');
      columns[i] = column;
      if (column === result || column.type === 'missing' || name === 'time') continue;
      setField(references, name, column);
      // As 1.5.4 does: the point's own value overwrites the result.
      if (place >= 0) results[place] = { name, column };
    }
  }

  /** Whether a name means different things in different rows, now or once it is the name of a result. */
  private isMixed(rows: Rows, selected: Int32Array, count: number): boolean {
    const { expressions } = this;
    for (let i = 0; i < expressions.length; i++) {
      const expression = expressions[i];
      if (expression === undefined) continue;
      const names = expression.program.references;
      for (let j = 0; j < names.length; j++) {
        const result = (expression.earlier[j] ?? -1) < 0 ? undefined : someResult;
        if (this.input.column(names[j] ?? '', rows, selected, count, result) === mixed) return true;
      }
    }
    return false;
  }
}

const someResult: Column = { type: 'float', values: [] };

function setField(fields: RowField[], name: string, column: Column): void {
  for (let i = 0; i < fields.length; i++) {
    if (fields[i]?.name !== name) continue;
    fields[i] = { name, column };
    return;
  }
  fields.push({ name, column });
}
