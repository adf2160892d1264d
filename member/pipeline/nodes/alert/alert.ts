/** `alert`: decides the level of each point or batch and publishes an event when that calls for one. */
import { err, ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import { field, method, variadicMethod } from '../../../tick/evaluate/describe.ts';
import type {
  FieldDefinition,
  ObjectDefinition,
  PropertyDefinition,
  ScriptObject,
} from '../../../tick/evaluate/describe.ts';
import type { ScriptValue } from '../../../tick/evaluate/value.ts';
import type { LambdaNode } from '../../../tick/syntax/node.ts';
import type { Machine, MachineContext } from '../../engine/machine.ts';
import { chainNode } from '../../graph/chain-node.ts';
import type { NodeModule } from '../../graph/chain-node.ts';
import { PipelineNode } from '../../graph/node.ts';
import type { EdgeType, Graph } from '../../graph/node.ts';
import { durationField, intField } from '../../graph/own-field.ts';
import { floatValue, nilValue, stringValue } from '../../graph/script-values.ts';
import { AlertMachine } from './alert-machine.ts';
import { delegated } from './delegate.ts';
import { handlerMethods } from './inline-handlers.ts';
import type { InlineHandler } from './inline-handlers.ts';
import { Levels } from './levels.ts';
import { AlertTemplates } from './templates.ts';

export interface InhibitRule {
  readonly category: string;
  readonly equalTags: readonly string[];
}

function text(
  key: 'category' | 'topic' | 'messageId' | 'message' | 'details' | OutputName,
): FieldDefinition<AlertNode> {
  return field(
    'string',
    (node, value) => {
      node[key] = value;
    },
    (node) => stringValue(node[key]),
  );
}

function lambda(key: 'info' | 'warn' | 'crit' | 'infoReset' | 'warnReset' | 'critReset'): FieldDefinition<AlertNode> {
  return field(
    'lambda',
    (node, value) => {
      node[key] = value;
    },
    (node) => lambdaValue(node[key]),
  );
}

function lambdaValue(value: LambdaNode | undefined): ScriptValue {
  return value === undefined ? nilValue : { type: 'lambda', value };
}

type OutputName = 'levelTag' | 'levelField' | 'messageField' | 'durationField' | 'idTag' | 'idField';

const ownProperties: Readonly<Record<string, PropertyDefinition<AlertNode>>> = {
  category: text('category'),
  topic: text('topic'),
  id: text('messageId'),
  message: text('message'),
  details: text('details'),
  info: lambda('info'),
  warn: lambda('warn'),
  crit: lambda('crit'),
  infoReset: lambda('infoReset'),
  warnReset: lambda('warnReset'),
  critReset: lambda('critReset'),
  flapping: method(['float', 'float'], (node, [low, high]) => {
    node.usesFlapping = true;
    node.flapThresholds = { low, high };
    return node.data;
  }),
  history: intField('history'),
  flapLow: field(
    'float',
    (node, value) => {
      node.flapThresholds = { ...node.flapThresholds, low: value };
    },
    (node) => floatValue(node.flapThresholds.low),
  ),
  flapHigh: field(
    'float',
    (node, value) => {
      node.flapThresholds = { ...node.flapThresholds, high: value };
    },
    (node) => floatValue(node.flapThresholds.high),
  ),
  levelTag: text('levelTag'),
  levelField: text('levelField'),
  messageField: text('messageField'),
  durationField: text('durationField'),
  idTag: text('idTag'),
  idField: text('idField'),
  all: method([], (node) => {
    node.isAll = true;
    return node.data;
  }),
  noRecoveries: method([], (node) => {
    node.hasNoRecoveries = true;
    return node.data;
  }),
  stateChangesOnly: variadicMethod([], 'duration', (node, _args, intervals) => {
    node.isStateChangesOnly = true;
    if (intervals.length === 1) node.stateChangesIntervalNs = intervals[0] ?? 0n;
    return node.data;
  }),
  stateChangesOnlyDuration: durationField('stateChangesIntervalNs'),
  inhibit: variadicMethod(['string'], 'string', (node, [category], equalTags) => {
    node.inhibits.push({ category, equalTags });
    return node.data;
  }),
  ...handlerMethods(() => embeddedInHandlers),
};

const alertDefinition: ObjectDefinition<AlertNode> = {
  goType: '*pipeline.AlertNode',
  isNode: true,
  embeds: [chainNode],
  properties: ownProperties,
  chainMethods: {},
};

const alertOf = (self: AlertNodeData | InlineHandler): AlertNode => self.alert;
const dataOf = (self: AlertNodeData | InlineHandler): AlertNodeData => self.alert.data;

const embeddedInHandlers: ObjectDefinition = delegated(alertDefinition, alertOf, dataOf);

const alertDataDefinition: ObjectDefinition<AlertNodeData> = {
  goType: '*pipeline.AlertNodeData',
  isNode: true,
  embeds: [embeddedInHandlers],
  properties: {},
  chainMethods: {},
};

interface FlapThresholds {
  readonly low: number;
  readonly high: number;
}

/** What the original's property methods hand on: the same node under another name of type. */
export class AlertNodeData implements ScriptObject {
  readonly definition = alertDataDefinition;
  readonly alert: AlertNode;

  constructor(alert: AlertNode) {
    this.alert = alert;
  }
}

/** Levels that an event may remember: each event holds as many, and each point looks at all of them. */
const longestHistory = 1_000_000n;

export class AlertNode extends PipelineNode {
  readonly definition = alertDefinition;
  readonly kind = 'alert';
  readonly data = new AlertNodeData(this);
  category = '';
  topic = '';
  messageId = '{{ .Name }}:{{ .Group }}';
  message = '{{ .ID }} is {{ .Level }}';
  details = '{{ json . }}';
  info: LambdaNode | undefined;
  warn: LambdaNode | undefined;
  crit: LambdaNode | undefined;
  infoReset: LambdaNode | undefined;
  warnReset: LambdaNode | undefined;
  critReset: LambdaNode | undefined;
  usesFlapping = false;
  flapThresholds: FlapThresholds = { low: 0, high: 0 };
  history = 21n;
  levelTag = '';
  levelField = '';
  messageField = '';
  durationField = '';
  idTag = '';
  idField = '';
  isAll = false;
  hasNoRecoveries = false;
  isStateChangesOnly = false;
  stateChangesIntervalNs = 0n;
  readonly inhibits: InhibitRule[] = [];
  readonly handlers: InlineHandler[] = [];

  constructor(graph: Graph, edge: EdgeType) {
    super(graph, edge, edge);
  }

  /** Thresholds set by `flapLow` and `flapHigh` alone have no effect, as in 1.5.4: only `flapping` switches it on. */
  get flapping(): FlapThresholds | undefined {
    return this.usesFlapping ? this.flapThresholds : undefined;
  }

  /** As the original: SNMP traps first. */
  override validate(): string | undefined {
    if (this.history > longestHistory) return `history must be at most ${longestHistory}, got ${this.history}`;
    const problems = (kind: string) =>
      this.handlers.filter((handler) => handler.kind === kind).flatMap((handler) => handler.validate() ?? []);
    return [...problems('snmptrap'), ...problems('post')][0];
  }

  override createMachine(context: MachineContext): Result<Machine, string> {
    const templates = AlertTemplates.parse(this, context.environment);
    if (!templates.ok) return templates;
    const levels = Levels.compile(this, context.environment);
    if (!levels.ok) return levels;
    if (this.flapping !== undefined && (this.flapping.low > 1 || this.flapping.high > 1)) {
      return err('alert flap thresholds are percentages and should be between 0 and 1');
    }
    return ok(new AlertMachine(context, this, templates.value, levels.value));
  }
}

export const alertModule: NodeModule = {
  chainMethods: {
    alert: method([], (parent: PipelineNode) => parent.link(new AlertNode(parent.graph, parent.provides))),
  },
};
