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
import type { Rows } from './rows.ts';

/** What a list of expressions made of some rows of a block. */
export interface Evaluated {
  /** Rows in which every expression succeeded, in order. Whoever is given this owns it. */
  readonly selected: Int32Array;
  count: number;
  /** By name. A result named like a field is the field again once a later expression asked for that name. */
  readonly results: ReadonlyMap<string, Column>;
  /** Fields and tags that were asked for, by name. */
  readonly references: ReadonlyMap<string, Column>;
}

interface Expression {
  readonly name: string;
  readonly program: LambdaProgram;
  readonly run: LambdaRun;
}

type OnError = (row: number, message: string) => void;

/** The lambdas of an `eval`: evaluated in order, each seeing the results of those before. */
export class Expressions {
  private readonly expressions: readonly Expression[];
  private readonly clock: Clock;
  private readonly input = new LambdaInput();

  private constructor(expressions: readonly Expression[], clock: Clock) {
    this.expressions = expressions;
    this.clock = clock;
  }

  static compile(
    lambdas: readonly LambdaNode[],
    names: readonly string[],
    world: LambdaWorld,
  ): Result<Expressions, string> {
    const expressions: Expression[] = [];
    for (const [index, lambda] of lambdas.entries()) {
      const name = names[index];
      if (name === undefined) return err("must provide one name per expression via the 'As' property");
      if (lambda.expression === undefined) return err(`Failed to compile ${index} expression: no expression`);
      const program = LambdaProgram.compile(lambda.expression, { backEnd: world.lambdaBackEnd ?? 'generated' });
      if (!program.ok) return err(`Failed to compile ${index} expression: ${program.error}`);
      const run: LambdaRun = { now: 0, groups: undefined, states: program.value.createStates(), onError: () => {} };
      expressions.push({ name, program: program.value, run });
    }
    return ok(new Expressions(expressions, world.clock));
  }

  refersTo(name: string): boolean {
    return this.expressions.some(({ program }) => program.references.includes(name));
  }

  /** Calls `done` once, or several times when the rows do not mean the same by a name; always in row order. */
  evaluate(
    rows: Rows,
    selected: Int32Array,
    count: number,
    onError: OnError,
    done: (evaluated: Evaluated) => void,
  ): void {
    const now = this.clock.wallNs();
    for (const { run } of this.expressions) {
      run.now = now;
      run.groups = rows.groups;
      run.onError = onError;
    }
    this.evaluatePart(rows, selected, count, done);
  }

  dropGroup(group: Group): void {
    for (const { run } of this.expressions) run.states.drop(group.number);
  }

  private evaluatePart(rows: Rows, selected: Int32Array, count: number, done: (evaluated: Evaluated) => void): void {
    if (count > 1 && this.isMixed(rows, selected, count)) {
      inHalves(selected, count, (part, length) => this.evaluatePart(rows, part, length, done));
      return;
    }
    const chosen = new Int32Array(count);
    const results = new Map<string, Column>();
    const references = new Map<string, Column>();
    let source = selected;
    let left = count;
    for (const { name, program, run } of this.expressions) {
      const columns = program.references.map((reference) =>
        this.columnOf(reference, rows, source, left, results, references),
      );
      const compiled = program.forColumns(columns);
      const output = new OutputColumn();
      output.reset(compiled.resultType, rows.length);
      left = compiled.map(columns, source, left, output, chosen, run);
      source = chosen;
      results.set(name, output);
    }
    if (source === selected) chosen.set(selected.subarray(0, count));
    // Every row that is left has every result: nothing downstream needs to look.
    for (const [name, column] of results)
      if (column instanceof OutputColumn) results.set(name, { type: column.type, values: column.values });
    done({ selected: chosen, count: left, results, references });
  }

  private columnOf(
    name: string,
    rows: Rows,
    selected: Int32Array,
    count: number,
    results: Map<string, Column>,
    references: Map<string, Column>,
  ): Column {
    const meaning = this.input.meaning(name, rows, selected, count, results.get(name));
    if (meaning === mixed) throw new Error('rows that differ were not taken apart');
    if (meaning.isOfPoint && meaning.column.type !== 'missing' && name !== 'time') {
      references.set(name, meaning.column);
      // As 1.5.4 does: the point's own value overwrites the result.
      if (results.has(name)) results.set(name, meaning.column);
    }
    return meaning.column;
  }

  /** Whether a name means different things in different rows, now or once it is the name of a result. */
  private isMixed(rows: Rows, selected: Int32Array, count: number): boolean {
    const earlier = new Set<string>();
    for (const { name, program } of this.expressions) {
      for (const reference of program.references) {
        const result = earlier.has(reference) ? someResult : undefined;
        if (this.input.meaning(reference, rows, selected, count, result) === mixed) return true;
      }
      earlier.add(name);
    }
    return false;
  }
}

const someResult: Column = { type: 'float', values: [] };
