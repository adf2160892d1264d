import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { field, method, variadicMethod } from '../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import type { ScriptValue } from '../../tick/evaluate/value.ts';
import type { Batch } from '../engine/batch.ts';
import { Machine } from '../engine/machine.ts';
import type { MachineContext } from '../engine/machine.ts';
import { anyNode, chainNode } from '../graph/chain-node.ts';
import { PipelineNode } from '../graph/node.ts';
import type { Graph } from '../graph/node.ts';
import { durationValue, nilValue, stringValue } from '../graph/script-values.ts';

const batchDefinition: ObjectDefinition<BatchNode> = {
  goType: '*pipeline.BatchNode',
  isNode: true,
  embeds: [anyNode],
  properties: {},
  chainMethods: {
    query: method(['string'], (node: BatchNode, [query]) => node.link(new QueryNode(node.graph, query))),
  },
};

/** `batch`: the source of a batch task. */
export class BatchNode extends PipelineNode {
  readonly definition = batchDefinition;
  readonly kind = 'batch';

  constructor(graph: Graph) {
    super(graph, 'none', 'batch');
  }

  /** As 1.5.4: the graph begins at the queries. */
  override get isDrawn(): boolean {
    return false;
  }

  override createMachine(context: MachineContext) {
    return ok(new PassingMachine(context));
  }
}

const queryDefinition: ObjectDefinition<QueryNode> = {
  goType: '*pipeline.QueryNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    period: field(
      'duration',
      (node, value) => {
        node.periodNs = value;
      },
      (node) => durationValue(node.periodNs),
    ),
    every: field(
      'duration',
      (node, value) => {
        node.everyNs = value;
      },
      (node) => durationValue(node.everyNs),
    ),
    offset: field(
      'duration',
      (node, value) => {
        node.offsetNs = value;
      },
      (node) => durationValue(node.offsetNs),
    ),
    cron: field(
      'string',
      (node, value) => {
        node.cron = value;
      },
      (node) => stringValue(node.cron),
    ),
    cluster: field(
      'string',
      (node, value) => {
        node.cluster = value;
      },
      (node) => stringValue(node.cluster),
    ),
    fill: field(
      'any',
      (node, value) => {
        node.fill = value;
      },
      (node) => node.fill,
    ),
    align: method([], (node) => {
      node.isAligned = true;
    }),
    alignGroup: method([], (node) => {
      node.isGroupAligned = true;
    }),
    groupBy: variadicMethod([], 'any', (node, _args, dimensions) => {
      node.dimensions = dimensions;
    }),
    groupByMeasurement: method([], (node) => {
      node.isByMeasurement = true;
    }),
  },
  chainMethods: {},
};

/** `query`: asks an InfluxDB again and again. */
class QueryNode extends PipelineNode {
  readonly definition = queryDefinition;
  readonly kind = 'query';
  readonly query: string;
  periodNs = 0n;
  everyNs = 0n;
  offsetNs = 0n;
  cron = '';
  cluster = '';
  fill: ScriptValue = nilValue;
  isAligned = false;
  isGroupAligned = false;
  dimensions: readonly ScriptValue[] = [];
  isByMeasurement = false;

  constructor(graph: Graph, query: string) {
    super(graph, 'batch', 'batch');
    this.query = query;
  }

  override createMachine(context: MachineContext): Result<Machine, string> {
    if (this.cron !== '' && this.everyNs !== 0n) return err("must not set both 'every' and 'cron' properties");
    return ok(new PassingMachine(context));
  }
}

class PassingMachine extends Machine {
  override onBatch(batch: Batch): void {
    this.emitBatch(batch);
  }
}
