import { ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import { field, method, variadicMethod } from '../../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../../tick/evaluate/describe.ts';
import type { ScriptValue } from '../../../tick/evaluate/value.ts';
import type { Machine, MachineContext } from '../../engine/machine.ts';
import { chainNode } from '../../graph/chain-node.ts';
import { PipelineNode } from '../../graph/node.ts';
import type { Graph } from '../../graph/node.ts';
import { durationField, textField } from '../../graph/own-field.ts';
import { nilValue } from '../../graph/script-values.ts';
import { QueryMachine } from './query-machine.ts';
import { readSettings } from './query-settings.ts';

const queryDefinition: ObjectDefinition<QueryNode> = {
  goType: '*pipeline.QueryNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    period: durationField('periodNs'),
    every: durationField('everyNs'),
    offset: durationField('offsetNs'),
    cron: textField('cron'),
    cluster: textField('cluster'),
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
export class QueryNode extends PipelineNode {
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
    const settings = readSettings(this);
    return settings.ok ? ok(new QueryMachine(context, this, settings.value)) : settings;
  }
}
