import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { variadicMethod } from '../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import type { LambdaNode } from '../../tick/syntax/node.ts';
import { PartBatch } from '../engine/batch.ts';
import type { Batch } from '../engine/batch.ts';
import { Expressions } from '../engine/expressions.ts';
import type { Evaluated } from '../engine/expressions.ts';
import { SeenGroups } from '../engine/group-states.ts';
import type { Group } from '../engine/groups.ts';
import { goTypeNameOf } from '../engine/go-types.ts';
import { Machine } from '../engine/machine.ts';
import type { Barrier, MachineContext } from '../engine/machine.ts';
import { columnNamed, fieldOf, isPresent, withFields } from '../engine/rows.ts';
import type { RowField, Rows, RowSelection } from '../engine/rows.ts';
import { Retagger } from '../engine/retagger.ts';
import { chainNode } from '../graph/chain-node.ts';
import type { NodeModule } from '../graph/chain-node.ts';
import { PipelineNode } from '../graph/node.ts';
import type { EdgeType, Graph } from '../graph/node.ts';

const evalDefinition: ObjectDefinition<EvalNode> = {
  goType: '*pipeline.EvalNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    as: variadicMethod([], 'string', (node, _args, names) => {
      node.names = names;
    }),
    tags: variadicMethod([], 'string', (node, _args, names) => {
      node.tagNames = names;
    }),
    keep: variadicMethod([], 'string', (node, _args, names) => {
      node.kept = names;
    }),
  },
  chainMethods: {},
};

/** `eval`: evaluates lambdas, one after the other, into fields or tags. */
class EvalNode extends PipelineNode {
  readonly definition = evalDefinition;
  readonly kind = 'eval';
  readonly lambdas: readonly LambdaNode[];
  names: readonly string[] = [];
  tagNames: readonly string[] = [];
  /** Undefined: results alone; empty: results and all fields; else those named. */
  kept: readonly string[] | undefined;

  constructor(graph: Graph, edge: EdgeType, lambdas: readonly LambdaNode[]) {
    super(graph, edge, edge);
    this.lambdas = lambdas;
  }

  override validate(): string | undefined {
    if (this.names.length !== this.lambdas.length) {
      const counts = `got ${this.names.length} as names, and ${this.lambdas.length} expressions.`;
      return `must specify same number of expressions and .as() names: ${counts}`;
    }
    const stranger = this.tagNames.find((tag) => !this.names.includes(tag));
    return stranger === undefined ? undefined : `invalid tag name "${stranger}", name is not present is .as() names`;
  }

  override createMachine(context: MachineContext): Result<Machine, string> {
    const expressions = Expressions.compile(this.lambdas, this.names, context.environment);
    return expressions.ok ? ok(new EvalMachine(context, this, expressions.value)) : err(expressions.error);
  }
}

class EvalMachine extends Machine {
  private readonly node: EvalNode;
  private readonly expressions: Expressions;
  private readonly retagger: Retagger;
  private readonly seen = new SeenGroups();
  private kept = new Int32Array(0);

  constructor(context: MachineContext, node: EvalNode, expressions: Expressions) {
    super(context);
    this.node = node;
    this.expressions = expressions;
    this.retagger = new Retagger(context.groups);
  }

  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    this.seen.addRows(rows.groups, selected, count, this.context.groups.size);
    if (this.kept.length < count) this.kept = new Int32Array(Math.max(count, 1024));
    this.expressions.evaluate(rows, selected, count, this.kept, this.onError, this.onEvaluated);
  }

  private readonly onEvaluated = (rows: Rows, evaluated: Evaluated): void => {
    const made = this.made(rows, evaluated, true);
    this.emitRows(made.rows, made.selected, made.count);
  };

  override onBatch(batch: Batch): void {
    this.seen.add(batch.header.group);
    const made: RowSelection[] = [];
    for (const { rows, selected, count } of batch.parts()) {
      this.expressions.evaluate(rows, selected, count, undefined, this.onError, (_, evaluated) => {
        made.push(this.made(rows, evaluated, false));
      });
    }
    this.emitBatch(
      new PartBatch(
        batch.header,
        made.filter((part) => part.count > 0),
      ),
    );
  }

  override onBarrier(barrier: Barrier): void {
    this.seen.add(barrier.group);
    this.emitBarrier(barrier);
  }

  override onDeleteGroup(group: Group): void {
    if (!this.seen.delete(group)) return;
    this.expressions.dropGroup(group);
    this.emitDeleteGroup(group);
  }

  override cardinality(): number {
    return this.seen.size;
  }

  private readonly onError = (_row: number, message: string): void => {
    // A quiet eval does not even count its errors.
    if (!this.context.isQuiet) this.report('error evaluating expression', message);
  };

  private made(rows: Rows, evaluated: Evaluated, isStream: boolean): RowSelection {
    const tags = this.tagColumns(evaluated);
    const fields = this.fields(rows, evaluated);
    const shown = withFields(rows, fields);
    if (tags.length === 0) return { rows: shown, selected: evaluated.selected, count: evaluated.count };
    const tagged = this.retagger.withTags(shown, evaluated.selected, evaluated.count, tags, isStream);
    return { rows: tagged, selected: evaluated.selected, count: evaluated.count };
  }

  /** The columns of `tags()`; rows whose result is no string are dropped. */
  private tagColumns(evaluated: Evaluated): readonly RowField[] {
    if (this.node.tagNames.length === 0) return [];
    return this.node.tagNames.flatMap((name) => {
      const column = columnNamed(evaluated.results, name);
      if (column === undefined) return [];
      if (column.type === 'string') return [{ name, column }];
      for (let i = 0; i < evaluated.count; i++) {
        this.onError(
          evaluated.selected[i] ?? 0,
          `result of a tag expression must be of type string, got ${goTypeNameOf(column.type)}`,
        );
      }
      evaluated.count = 0;
      return [];
    });
  }

  private fields(rows: Rows, evaluated: Evaluated): readonly RowField[] {
    const { kept, tagNames } = this.node;
    const { results } = evaluated;
    if (kept === undefined)
      return tagNames.length === 0 ? results : results.filter(({ name }) => !tagNames.includes(name));
    if (kept.length === 0)
      return [...rows.fields.filter(({ name }) => columnNamed(results, name) === undefined), ...results];
    return kept.flatMap((name) => this.keptField(name, rows, evaluated));
  }

  /**
   * Rows without the field are dropped, and are errors, unless a lambda has looked for it (`isPresent`): 1.5.4 then
   * keeps them, with a value of no use (`{}`); here they stay without the field.
   */
  private keptField(name: string, rows: Rows, evaluated: Evaluated): readonly RowField[] {
    const result = columnNamed(evaluated.results, name) ?? columnNamed(evaluated.references, name);
    if (result !== undefined) return [{ name, column: result }];
    const column = fieldOf(rows, name);
    if (this.expressions.refersTo(name)) return column === undefined ? [] : [{ name, column }];
    let count = 0;
    for (let i = 0; i < evaluated.count; i++) {
      const row = evaluated.selected[i] ?? 0;
      if (column !== undefined && isPresent(column, row)) evaluated.selected[count++] = row;
      else this.onError(row, `cannot keep field "${name}", field does not exist`);
    }
    evaluated.count = count;
    return column === undefined ? [] : [{ name, column }];
  }
}

export const evalModule: NodeModule = {
  chainMethods: {
    eval: variadicMethod([], 'lambda', (parent: PipelineNode, _args, lambdas) =>
      parent.link(new EvalNode(parent.graph, parent.provides, lambdas)),
    ),
  },
};
