import { quote } from '../text/quote.ts';
import { closureOf } from './closures.ts';
import type { RowClosure } from './closures.ts';
import type { Cell, Column, ValueType } from './column.ts';
import type { CompiledLambda, LambdaRun } from './compiled.ts';
import { generate } from './generate.ts';
import type { GeneratedFunction } from './generate.ts';
import type { KernelContext } from './kernel.ts';
import type { OutputColumn } from './output-column.ts';
import { sourceFor } from './source.ts';
import type { LoopKind } from './source.ts';
import type { Typed } from './typed.ts';

/** What a specialization asks of its program. */
export interface SpecializationHost {
  readonly references: readonly string[];
  readonly isStateful: boolean;
  /** The same lambda for other types. */
  specialize(types: readonly ValueType[]): Specialized;
}

/** The lambda typed once for its value and once as a predicate. */
export interface TypedForms {
  readonly value: Typed;
  readonly predicate: Typed;
}

/** What both back ends share: rows in which a reference is absent, reported errors, the type of the result. */
export abstract class Specialized implements CompiledLambda {
  readonly resultType: ValueType;
  readonly isPredicate: boolean;
  protected readonly types: readonly ValueType[];
  protected readonly forms: TypedForms;
  protected readonly host: SpecializationHost;
  protected readonly context: KernelContext;

  constructor(forms: TypedForms, types: readonly ValueType[], host: SpecializationHost, context: KernelContext) {
    this.forms = forms;
    this.types = types;
    this.host = host;
    this.context = context;
    this.resultType = forms.value.op === 'fail' ? 'missing' : forms.value.type;
    this.isPredicate = forms.predicate.op !== 'fail';
  }

  abstract filter(
    columns: readonly Column[],
    selection: Int32Array,
    count: number,
    into: Int32Array,
    run: LambdaRun,
  ): number;
  abstract map(
    columns: readonly Column[],
    selection: Int32Array,
    count: number,
    output: OutputColumn,
    into: Int32Array,
    run: LambdaRun,
  ): number;
  protected abstract testComplete(columns: readonly Column[], row: number, run: LambdaRun): boolean;
  protected abstract valueComplete(columns: readonly Column[], row: number, run: LambdaRun): Cell | undefined;

  test(columns: readonly Column[], row: number, run: LambdaRun): boolean {
    return this.isComplete(columns, row)
      ? this.testComplete(columns, row, run)
      : this.testIncomplete(columns, row, run);
  }

  value(columns: readonly Column[], row: number, run: LambdaRun): Cell | undefined {
    return this.isComplete(columns, row)
      ? this.valueComplete(columns, row, run)
      : this.valueIncomplete(columns, row, run);
  }

  /** A row in which some reference is absent: it is evaluated as its own types demand. */
  testIncomplete(columns: readonly Column[], row: number, run: LambdaRun): boolean {
    return this.isClash(columns, row, run) ? false : this.forRow(columns, row).testComplete(columns, row, run);
  }

  valueIncomplete(columns: readonly Column[], row: number, run: LambdaRun): Cell | undefined {
    return this.isClash(columns, row, run) ? undefined : this.forRow(columns, row).valueComplete(columns, row, run);
  }

  protected isComplete(columns: readonly Column[], row: number): boolean {
    for (let i = 0; i < columns.length; i++)
      if (this.types[i] !== 'missing' && columns[i]?.present?.[row] === 0) return false;
    return true;
  }

  private isClash(columns: readonly Column[], row: number, run: LambdaRun): boolean {
    for (let i = 0; i < columns.length; i++) {
      if (columns[i]?.clash?.[row] !== 1) continue;
      run.onError(row, `cannot have field and tags with same name ${quote(this.host.references[i] ?? '')}`);
      return true;
    }
    return false;
  }

  private forRow(columns: readonly Column[], row: number): Specialized {
    return this.host.specialize(
      this.types.map((type, index) => (columns[index]?.present?.[row] === 0 ? 'missing' : type)),
    );
  }
}

type FilterFunction = (
  columns: readonly Column[],
  selection: Int32Array,
  count: number,
  into: Int32Array,
  run: LambdaRun,
  lambda: Specialized,
) => number;
type MapFunction = (
  columns: readonly Column[],
  selection: Int32Array,
  count: number,
  output: OutputColumn,
  into: Int32Array,
  run: LambdaRun,
  lambda: Specialized,
) => number;
type TestFunction = (columns: readonly Column[], row: number, run: LambdaRun) => boolean;
type ValueFunction = (columns: readonly Column[], row: number, run: LambdaRun) => Cell | undefined;

/** Loops as generated code, each made when first used. */
export class GeneratedLambda extends Specialized {
  private filterFunction: FilterFunction | undefined;
  private mapFunction: MapFunction | undefined;
  private testFunction: TestFunction | undefined;
  private valueFunction: ValueFunction | undefined;

  private generated(kind: LoopKind): GeneratedFunction {
    const typed = kind === 'filter' || kind === 'test' ? this.forms.predicate : this.forms.value;
    return generate(sourceFor(kind, typed, this.types, this.host.isStateful), this.context);
  }

  override filter(
    columns: readonly Column[],
    selection: Int32Array,
    count: number,
    into: Int32Array,
    run: LambdaRun,
  ): number {
    this.filterFunction ??= this.generated('filter') as FilterFunction;
    return this.filterFunction(columns, selection, count, into, run, this);
  }

  override map(
    columns: readonly Column[],
    selection: Int32Array,
    count: number,
    output: OutputColumn,
    into: Int32Array,
    run: LambdaRun,
  ): number {
    this.mapFunction ??= this.generated('map') as MapFunction;
    return this.mapFunction(columns, selection, count, output, into, run, this);
  }

  protected override testComplete(columns: readonly Column[], row: number, run: LambdaRun): boolean {
    this.testFunction ??= this.generated('test') as TestFunction;
    return this.testFunction(columns, row, run);
  }

  protected override valueComplete(columns: readonly Column[], row: number, run: LambdaRun): Cell | undefined {
    this.valueFunction ??= this.generated('value') as ValueFunction;
    return this.valueFunction(columns, row, run);
  }
}

/** The same loops over closures. */
export class ClosureLambda extends Specialized {
  private readonly valueClosure: RowClosure;
  private readonly predicateClosure: RowClosure;

  constructor(forms: TypedForms, types: readonly ValueType[], host: SpecializationHost, context: KernelContext) {
    super(forms, types, host, context);
    this.valueClosure = closureOf(forms.value, context);
    this.predicateClosure = closureOf(forms.predicate, context);
  }

  override filter(
    columns: readonly Column[],
    selection: Int32Array,
    count: number,
    into: Int32Array,
    run: LambdaRun,
  ): number {
    const isFull = columns.every(({ present }) => present === undefined);
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const row = selection[i] ?? 0;
      if (isFull ? this.run(this.predicateClosure, columns, row, run) === true : this.test(columns, row, run))
        into[kept++] = row;
    }
    return kept;
  }

  override map(
    columns: readonly Column[],
    selection: Int32Array,
    count: number,
    output: OutputColumn,
    into: Int32Array,
    run: LambdaRun,
  ): number {
    const isFull = columns.every(({ present }) => present === undefined);
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const row = selection[i] ?? 0;
      const value = isFull ? this.run(this.valueClosure, columns, row, run) : this.value(columns, row, run);
      if (value === undefined) continue;
      output.set(row, value);
      into[kept++] = row;
    }
    return kept;
  }

  protected override testComplete(columns: readonly Column[], row: number, run: LambdaRun): boolean {
    return this.run(this.predicateClosure, columns, row, run) === true;
  }

  protected override valueComplete(columns: readonly Column[], row: number, run: LambdaRun): Cell | undefined {
    return this.run(this.valueClosure, columns, row, run);
  }

  private run(closure: RowClosure, columns: readonly Column[], row: number, run: LambdaRun): Cell | undefined {
    const { context } = this;
    context.now = run.now;
    if (this.host.isStateful) {
      context.own = run.states.of(run.groups?.[row] ?? 0);
      context.shared = run.states.shared;
    }
    const value = closure(columns, row);
    if (context.fault === undefined) return typeof value === 'object' ? undefined : value;
    const { fault } = context;
    context.fault = undefined;
    run.onError(row, fault);
    return undefined;
  }
}
