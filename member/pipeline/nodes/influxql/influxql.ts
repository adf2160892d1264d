/** The nodes named after InfluxQL functions: `mean`, `percentile`, `top`, `difference` … */
import { ok } from '../../../base/result.ts';
import { method, variadicMethod } from '../../../tick/evaluate/describe.ts';
import type { MethodDefinition, ObjectDefinition } from '../../../tick/evaluate/describe.ts';
import type { MachineContext } from '../../engine/machine.ts';
import { chainNode } from '../../graph/chain-node.ts';
import type { NodeModule } from '../../graph/chain-node.ts';
import { PipelineNode } from '../../graph/node.ts';
import type { EdgeType, Graph } from '../../graph/node.ts';
import { textField } from '../../graph/own-field.ts';
import { AggregateMachine } from './aggregate-machine.ts';
import * as aggregates from './aggregates.ts';
import type { Aggregate } from './aggregates.ts';
import { holtWinters } from './holt-winters.ts';
import { TransformationMachine } from './transformation-machine.ts';
import { cumulativeSum, differenceOf, elapsed, movingAverage } from './transformations.ts';
import type { Transformation } from './transformations.ts';

const influxqlDefinition: ObjectDefinition<InfluxqlNode> = {
  goType: '*pipeline.InfluxQLNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    as: textField('as'),
    field: textField('field'),
    usePointTimes: method([], (node) => {
      node.usesPointTimes = true;
    }),
  },
  chainMethods: {},
};

type Work =
  | { readonly kind: 'aggregate'; readonly aggregate: Aggregate }
  | { readonly kind: 'transformation'; readonly transformation: Transformation };

export class InfluxqlNode extends PipelineNode {
  readonly definition = influxqlDefinition;
  readonly kind: string;
  readonly work: Work;
  field: string;
  as: string;
  usesPointTimes = false;
  /** What is wrong with its arguments; with such the whole original stops at the first points. */
  problem: string | undefined;

  constructor(graph: Graph, name: string, fieldName: string, edges: readonly [EdgeType, EdgeType], work: Work) {
    super(graph, edges[0], edges[1]);
    this.kind = name;
    this.field = fieldName;
    this.as = name;
    this.work = work;
  }

  override validate(): string | undefined {
    return this.problem;
  }

  override createMachine(context: MachineContext) {
    return ok(
      this.work.kind === 'aggregate'
        ? new AggregateMachine(context, this, this.work.aggregate)
        : new TransformationMachine(context, this, this.work.transformation),
    );
  }
}

/** A function of one field whose result is a point. */
function simple(name: string, aggregate: Aggregate): MethodDefinition<PipelineNode> {
  return method(['string'], (parent: PipelineNode, [fieldName]) => link(parent, name, fieldName, 'stream', aggregate));
}

function link(
  parent: PipelineNode,
  name: string,
  fieldName: string,
  provides: EdgeType,
  aggregate: Aggregate,
): InfluxqlNode {
  return parent.link(
    new InfluxqlNode(parent.graph, name, fieldName, [parent.provides, provides], { kind: 'aggregate', aggregate }),
  );
}

function linkTransformation(
  parent: PipelineNode,
  name: string,
  fieldName: string,
  transformation: Transformation,
): InfluxqlNode {
  const edges = [parent.provides, parent.provides] as const;
  return parent.link(
    new InfluxqlNode(parent.graph, name, fieldName, edges, { kind: 'transformation', transformation }),
  );
}

function holtWintersMethod(includesFit: boolean): MethodDefinition<PipelineNode> {
  return method(
    ['string', 'int', 'int', 'duration'],
    (parent: PipelineNode, [fieldName, forecasts, season, intervalNs]) => {
      const options = { forecasts: Number(forecasts), season: Number(season), intervalNs, includesFit };
      const node = link(parent, 'holtWinters', fieldName, 'batch', holtWinters(options));
      node.usesPointTimes = true;
      if (intervalNs === 0n) node.problem = 'the interval of holtWinters must not be zero';
      return node;
    },
  );
}

/** Points that a moving average may be of: each group holds as many. */
const longestAverage = 100_000_000n;

function movingAverageMethod(): MethodDefinition<PipelineNode> {
  return method(['string', 'int'], (parent: PipelineNode, [fieldName, window]) => {
    const node = linkTransformation(parent, 'movingAverage', fieldName, movingAverage(Number(window)));
    if (window <= 0n || window > longestAverage)
      node.problem = `the window of movingAverage must be from 1 to ${longestAverage} points, got ${window}`;
    return node;
  });
}

function elapsedMethod(): MethodDefinition<PipelineNode> {
  return method(['string', 'duration'], (parent: PipelineNode, [fieldName, unitNs]) => {
    const node = linkTransformation(parent, 'elapsed', fieldName, elapsed(unitNs));
    if (unitNs === 0n) node.problem = 'the unit of elapsed must not be zero';
    return node;
  });
}

function extremesMethod(name: 'top' | 'bottom'): MethodDefinition<PipelineNode> {
  return variadicMethod(['int', 'string'], 'string', (parent: PipelineNode, [limit, fieldName], fieldsAndTags) => {
    const aggregate = aggregates.extremes(Number(limit), fieldsAndTags, name);
    const node = link(parent, name, fieldName, 'batch', aggregate);
    if (limit < 0n) node.problem = `the number of points of ${name} must not be negative, got ${limit}`;
    return node;
  });
}

export const influxqlModule: NodeModule = {
  chainMethods: {
    count: simple('count', aggregates.count),
    distinct: method(['string'], (parent: PipelineNode, [fieldName]) =>
      link(parent, 'distinct', fieldName, 'batch', aggregates.distinct),
    ),
    mean: simple('mean', aggregates.mean),
    median: simple('median', aggregates.median),
    mode: simple('mode', aggregates.mode),
    spread: simple('spread', aggregates.spread),
    sum: simple('sum', aggregates.sum),
    first: simple('first', aggregates.first),
    last: simple('last', aggregates.last),
    min: simple('min', aggregates.min),
    max: simple('max', aggregates.max),
    stddev: simple('stddev', aggregates.stddev),
    percentile: method(['string', 'float'], (parent: PipelineNode, [fieldName, percent]) =>
      link(parent, 'percentile', fieldName, 'stream', aggregates.percentile(percent)),
    ),
    top: extremesMethod('top'),
    bottom: extremesMethod('bottom'),
    elapsed: elapsedMethod(),
    difference: method(['string'], (parent: PipelineNode, [fieldName]) =>
      linkTransformation(parent, 'difference', fieldName, differenceOf),
    ),
    cumulativeSum: method(['string'], (parent: PipelineNode, [fieldName]) =>
      linkTransformation(parent, 'cumulativeSum', fieldName, cumulativeSum),
    ),
    movingAverage: movingAverageMethod(),
    holtWinters: holtWintersMethod(false),
    holtWintersWithFit: holtWintersMethod(true),
  },
};
