import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { method, variadicMethod } from '../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import { goTypeOf } from '../../tick/evaluate/value.ts';
import type { ScriptValue } from '../../tick/evaluate/value.ts';
import type { LambdaNode } from '../../tick/syntax/node.ts';
import { durationField, textField } from '../graph/own-field.ts';
import { checkDimensions, Grouper, groupingOf } from '../engine/grouper.ts';
import { Machine } from '../engine/machine.ts';
import type { MachineContext } from '../engine/machine.ts';
import { Predicate } from '../engine/predicate.ts';
import { withGroups, withTimes } from '../engine/rows.ts';
import type { Rows } from '../engine/rows.ts';
import { roundTimes, truncateTimes } from '../engine/times.ts';
import type { Times } from '../engine/times.ts';
import { chainNode } from '../graph/chain-node.ts';
import { PipelineNode } from '../graph/node.ts';
import type { Graph } from '../graph/node.ts';

const fromDefinition: ObjectDefinition<FromNode> = {
  goType: '*pipeline.FromNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    database: textField('database'),
    retentionPolicy: textField('retentionPolicy'),
    measurement: textField('measurement'),
    truncate: durationField('truncateNs'),
    round: durationField('roundNs'),
    where: method(['lambda'], (node, [lambda]) => {
      node.addCondition(lambda);
    }),
    groupBy: variadicMethod([], 'any', (node, _args, dimensions) => {
      node.dimensions = dimensions;
    }),
    groupByMeasurement: method([], (node) => {
      node.isByMeasurement = true;
    }),
  },
  chainMethods: {
    from: method([], (node: FromNode) => node.link(new FromNode(node.graph))),
  },
};

/** `from`: chooses points of a stream and groups them. */
export class FromNode extends PipelineNode {
  readonly definition = fromDefinition;
  readonly kind = 'from';
  database = '';
  retentionPolicy = '';
  measurement = '';
  truncateNs = 0n;
  roundNs = 0n;
  dimensions: readonly ScriptValue[] = [];
  isByMeasurement = false;
  condition: LambdaNode | undefined;

  constructor(graph: Graph) {
    super(graph, 'stream', 'stream');
  }

  /** A second condition widens the very lambda of the first, also where the script keeps it in a variable. */
  addCondition(lambda: LambdaNode): void {
    const first = this.condition;
    if (first?.expression === undefined || lambda.expression === undefined) {
      this.condition = lambda;
      return;
    }
    first.expression = {
      kind: 'binary',
      operator: 'AND',
      left: first.expression,
      right: lambda.expression,
      position: first.position,
      hasParens: false,
      isMultiLine: false,
    };
  }

  override validate(): string | undefined {
    return checkDimensions(this.dimensions, [], goTypeOf);
  }

  override createMachine(context: MachineContext): Result<Machine, string> {
    if (this.condition?.expression === undefined) return ok(new FromMachine(context, this, undefined));
    const predicate = Predicate.compile(this.condition.expression, context.environment);
    if (!predicate.ok) return err(`Failed to compile from expression: ${predicate.error}`);
    return ok(new FromMachine(context, this, predicate.value));
  }
}

class FromMachine extends Machine {
  private readonly node: FromNode;
  private readonly condition: Predicate | undefined;
  private readonly grouper: Grouper;
  private kept = new Int32Array(0);

  constructor(context: MachineContext, node: FromNode, condition: Predicate | undefined) {
    super(context);
    this.node = node;
    this.condition = condition;
    this.grouper = new Grouper(context.groups, groupingOf(node.dimensions, [], node.isByMeasurement));
    // One state for all points, as 1.5.4 evaluates before it groups.
    if (condition !== undefined) condition.isGrouped = false;
  }

  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    const { database, retentionPolicy, measurement } = this.node;
    if (database !== '' && rows.database !== database) return;
    if (retentionPolicy !== '' && rows.retentionPolicy !== retentionPolicy) return;
    if (measurement !== '' && rows.name !== measurement) return;
    let chosen = selected;
    let chosenCount = count;
    if (this.condition !== undefined) {
      if (this.kept.length < count) this.kept = new Int32Array(Math.max(count, 1024));
      chosen = this.kept;
      chosenCount = this.condition.filter(rows, selected, count, chosen, this.onConditionError);
    }
    if (chosenCount === 0) return;
    const groups = this.grouper.groupsOf(rows, chosen, chosenCount);
    this.emitRows(this.timed(withGroups(rows, groups)), chosen, chosenCount);
  }

  private readonly onConditionError = (_row: number, message: string): void => {
    this.report('failed to evaluate WHERE expression', message);
  };

  private timed(rows: Rows): Rows {
    const { truncateNs, roundNs } = this.node;
    if (truncateNs === 0n && roundNs === 0n) return rows;
    let times: Times = rows;
    if (truncateNs !== 0n) times = truncateTimes(times, rows.length, truncateNs);
    if (roundNs !== 0n) times = roundTimes(times, rows.length, roundNs);
    return withTimes(rows, times);
  }
}
