/** Every node the language has: how a script calls it with random arguments and properties. */
import type { Draw } from './draw.ts';
import { handlerCalls } from './fuzz-handlers.ts';
import { lambdaOf } from './fuzz-lambda.ts';
import * as value from './fuzz-values.ts';

export type EdgeKind = 'stream' | 'batch';

/** One `|call(…)` with its properties, each with its sign. */
export interface Link {
  readonly call: string;
  readonly properties: readonly string[];
}

/** What the place in the script offers. */
export interface Place {
  readonly draw: Draw;
  readonly edge: EdgeKind;
  /** Variables that hold nodes of the same edge. */
  readonly others: readonly string[];
  /** A number that no other node of the script has. */
  readonly serial: number;
  /** How many arguments, where properties must be as many. */
  readonly arity: number;
}

interface NodeShape {
  readonly name: string;
  readonly takes?: EdgeKind;
  /** `nothing`: no node can follow. */
  readonly gives: 'same' | EdgeKind | 'nothing';
  /** How often, beside the others. */
  readonly weight?: number;
  readonly call: (place: Place) => string;
  readonly properties?: (place: Place) => readonly (string | false)[];
}

function lambda(draw: Draw, kind: Parameters<typeof lambdaOf>[1] = 'bool'): string {
  return draw.chance(0.03) ? 'condition' : `lambda: ${lambdaOf(draw, kind)}`;
}

function anyLambda(draw: Draw): string {
  return lambda(draw, draw.pick(['float', 'int', 'string', 'bool', 'duration'] as const));
}

const maybe = (draw: Draw, text: () => string, probability = 0.3): string | false => draw.chance(probability) && text();

const oneField = 'count distinct mean median mode spread sum first last min max stddev'
  .split(' ')
  .map((name): NodeShape => ({
    name,
    gives: name === 'distinct' ? 'batch' : 'stream',
    call: ({ draw }) => value.fieldName(draw),
    properties: influxqlProperties,
  }));

function influxqlProperties({ draw }: Place): readonly (string | false)[] {
  return [maybe(draw, () => `.as(${value.freshName(draw)})`), maybe(draw, () => '.usePointTimes()', 0.2)];
}

function transformation(name: string, more: (draw: Draw) => string): NodeShape {
  return {
    name,
    gives: 'same',
    call: ({ draw }) => value.fieldName(draw) + more(draw),
    properties: influxqlProperties,
  };
}

function extremes(name: string): NodeShape {
  return {
    name,
    gives: 'batch',
    call: ({ draw }) =>
      [value.int(draw), value.fieldName(draw), ...draw.list(0, 2, () => value.tagName(draw))].join(', '),
    properties: influxqlProperties,
  };
}

function holtWinters(name: string): NodeShape {
  return {
    name,
    gives: 'batch',
    call: ({ draw }) => [value.fieldName(draw), value.int(draw), value.int(draw), value.duration(draw)].join(', '),
    properties: influxqlProperties,
  };
}

function autoscale(name: string, own: (draw: Draw) => readonly string[]): NodeShape {
  return {
    name,
    takes: 'stream',
    gives: 'stream',
    call: () => '',
    properties: ({ draw }) => [
      ...own(draw),
      maybe(draw, () => `.replicas(${lambda(draw, 'int')})`, 0.9),
      maybe(draw, () => `.min(${value.int(draw)})`),
      maybe(draw, () => `.max(${value.int(draw)})`),
      maybe(draw, () => `.increaseCooldown(${value.duration(draw)})`),
      maybe(draw, () => `.decreaseCooldown(${value.duration(draw)})`),
      maybe(draw, () => `.currentField(${value.freshName(draw)})`),
    ],
  };
}

const others = ({ draw, others: names, arity }: Place): string =>
  draw.list(arity, arity, () => draw.pick(names)).join(', ');
const twice = (draw: Draw, make: () => string, most: number): string => draw.list(1, most, make).join(', ');

/** That many names, or one too many or few now and then. */
function namesOf(draw: Draw, names: readonly string[], count: number): string {
  const taken = names.slice(0, Math.max(1, draw.chance(0.03) ? count + draw.between(-1, 1) : count));
  return `.as(${taken.map((name) => value.quoted(draw.chance(0.01) ? '' : name)).join(', ')})`;
}

const sides = ['a', 'b', 'c', 'd'];

export const nodeShapes: readonly NodeShape[] = [
  { name: 'where', gives: 'same', weight: 3, call: ({ draw }) => lambda(draw) },
  {
    name: 'eval',
    gives: 'same',
    weight: 5,
    call: ({ draw, arity }) => draw.list(arity, arity, () => anyLambda(draw)).join(', '),
    properties: ({ draw, arity }) => [
      namesOf(draw, ['x', 'y', 'z'], arity),
      maybe(draw, () => `.tags(${draw.some(['x', 'y'].slice(0, arity), 0.5).map(value.quoted).join(', ')})`),
      maybe(draw, () => `.keep(${draw.some(['x', 'v', 'w', 'y'], 0.4).map(value.quoted).join(', ')})`),
    ],
  },
  {
    name: 'groupBy',
    gives: 'same',
    weight: 3,
    call: ({ draw }) => value.dimensions(draw),
    properties: ({ draw }) => [
      maybe(draw, () => '.byMeasurement()', 0.2),
      maybe(draw, () => `.exclude(${twice(draw, () => value.tagName(draw), 2)})`, 0.05),
    ],
  },
  {
    name: 'window',
    takes: 'stream',
    gives: 'batch',
    weight: 8,
    call: () => '',
    properties: ({ draw }) =>
      draw.chance(0.6)
        ? [
            `.period(${value.duration(draw)})`,
            maybe(draw, () => `.every(${value.duration(draw)})`, 0.8),
            maybe(draw, () => '.align()'),
            maybe(draw, () => '.fillPeriod()'),
          ]
        : [
            `.periodCount(${value.int(draw)})`,
            maybe(draw, () => `.everyCount(${value.int(draw)})`, 0.95),
            maybe(draw, () => '.fillPeriod()'),
          ],
  },
  ...oneField,
  {
    name: 'percentile',
    gives: 'stream',
    call: ({ draw }) => `${value.fieldName(draw)}, ${value.float(draw)}`,
    properties: influxqlProperties,
  },
  extremes('top'),
  extremes('bottom'),
  transformation('elapsed', (draw) => `, ${value.duration(draw)}`),
  transformation('difference', () => ''),
  transformation('cumulativeSum', () => ''),
  transformation('movingAverage', (draw) => `, ${value.int(draw)}`),
  holtWinters('holtWinters'),
  holtWinters('holtWintersWithFit'),
  {
    name: 'alert',
    gives: 'same',
    weight: 6,
    call: () => '',
    properties: ({ draw }) => [
      ...['info', 'warn', 'crit'].flatMap((level) => [
        maybe(draw, () => `.${level}(${lambda(draw)})`, 0.6),
        maybe(draw, () => `.${level}Reset(${lambda(draw)})`, 0.25),
      ]),
      maybe(draw, () => `.id(${value.template(draw)})`),
      maybe(draw, () => `.message(${value.template(draw)})`),
      maybe(draw, () => `.details(${value.template(draw)})`),
      maybe(draw, () => `.flapping(${draw.pick(['0.25, 0.5', '0.0, 1.0', '0.9, 0.1', '1.5, 2.0'])})`, 0.15),
      maybe(draw, () => `.history(${value.int(draw)})`, 0.15),
      maybe(draw, () => `.stateChangesOnly(${draw.chance(0.5) ? '' : value.duration(draw)})`),
      ...['levelTag', 'levelField', 'messageField', 'durationField', 'idTag', 'idField'].map((name) =>
        maybe(draw, () => `.${name}(${value.freshName(draw)})`, 0.15),
      ),
      maybe(draw, () => '.all()', 0.15),
      maybe(draw, () => '.noRecoveries()', 0.15),
      maybe(draw, () => `.topic(${value.text(draw)})`),
      maybe(draw, () => `.category(${value.text(draw)})`, 0.15),
      maybe(draw, () => `.inhibit(${value.text(draw)}, ${value.tagName(draw)})`, 0.15),
      ...handlerCalls(draw),
    ],
  },
  {
    name: 'join',
    gives: 'same',
    weight: 4,
    call: others,
    properties: ({ draw, arity }) => [
      namesOf(draw, sides, arity + 1),
      maybe(draw, () => `.on(${draw.list(0, 2, () => value.tagName(draw)).join(', ')})`, 0.2),
      maybe(draw, () => `.tolerance(${value.duration(draw)})`, 0.4),
      maybe(
        draw,
        () => `.fill(${draw.mostly(["'null'", "'none'", '0', '0.0', '1'], ["'x'", 'TRUE', '1s', '-1'])})`,
        0.4,
      ),
      maybe(draw, () => `.delimiter(${draw.pick(["'.'", "'_'", "''", "'#'"])})`, 0.1),
      maybe(draw, () => `.streamName(${value.text(draw)})`, 0.15),
    ],
  },
  {
    name: 'union',
    gives: 'same',
    weight: 2,
    call: others,
    properties: ({ draw }) => [maybe(draw, () => `.rename(${value.text(draw)})`)],
  },
  {
    name: 'combine',
    gives: 'stream',
    weight: 2,
    call: ({ draw, arity }) => draw.list(arity, arity, () => lambda(draw)).join(', '),
    properties: ({ draw, arity }) => [
      namesOf(draw, sides, arity),
      maybe(draw, () => `.tolerance(${value.duration(draw)})`, 0.5),
      maybe(draw, () => `.delimiter(${draw.pick(["'.'", "'_'", "'#'", "''"])})`, 0.1),
      maybe(draw, () => `.max(${value.int(draw)})`, 0.2),
    ],
  },
  {
    name: 'flatten',
    gives: 'same',
    weight: 2,
    call: () => '',
    properties: ({ draw }) => [
      maybe(draw, () => `.on(${draw.list(0, 2, () => value.tagName(draw)).join(', ')})`, 0.9),
      maybe(draw, () => `.tolerance(${value.duration(draw)})`, 0.4),
      maybe(draw, () => `.delimiter(${draw.pick(["'.'", "'_'", "''"])})`, 0.2),
      maybe(draw, () => `.dropOriginalFieldName(${draw.pick(['', 'TRUE', 'FALSE'])})`),
    ],
  },
  { name: 'sample', gives: 'same', call: ({ draw }) => (draw.chance(0.5) ? value.int(draw) : value.duration(draw)) },
  { name: 'shift', gives: 'same', call: ({ draw }) => value.duration(draw) },
  {
    name: 'derivative',
    gives: 'same',
    call: ({ draw }) => value.fieldName(draw),
    properties: ({ draw }) => [
      maybe(draw, () => `.unit(${value.duration(draw)})`),
      maybe(draw, () => '.nonNegative()'),
      maybe(draw, () => `.as(${value.freshName(draw)})`),
    ],
  },
  { name: 'changeDetect', gives: 'same', call: ({ draw }) => draw.list(0, 2, () => value.fieldName(draw)).join(', ') },
  {
    name: 'default',
    gives: 'same',
    call: () => '',
    properties: ({ draw }) => [
      ...draw.list(0, 2, () => `.field(${value.fieldName(draw)}, ${value.scalar(draw)})`),
      ...draw.list(0, 2, () => `.tag(${value.tagName(draw)}, ${value.text(draw)})`),
    ],
  },
  {
    name: 'delete',
    gives: 'same',
    call: () => '',
    properties: ({ draw }) => [
      ...draw.list(0, 2, () => `.field(${value.fieldName(draw)})`),
      ...draw.list(0, 2, () => `.tag(${value.tagName(draw)})`),
    ],
  },
  {
    name: 'stateCount',
    gives: 'same',
    call: ({ draw }) => lambda(draw),
    properties: ({ draw }) => [maybe(draw, () => `.as(${value.freshName(draw)})`)],
  },
  {
    name: 'stateDuration',
    gives: 'same',
    call: ({ draw }) => lambda(draw),
    properties: ({ draw }) => [
      maybe(draw, () => `.as(${value.freshName(draw)})`),
      maybe(draw, () => `.unit(${value.duration(draw)})`),
    ],
  },
  {
    name: 'stats',
    gives: 'stream',
    call: ({ draw }) => value.duration(draw),
    properties: ({ draw }) => [maybe(draw, () => '.align()')],
  },
  {
    name: 'deadman',
    gives: 'stream',
    call: ({ draw }) => `${value.float(draw)}, ${value.duration(draw)}${draw.chance(0.3) ? `, ${lambda(draw)}` : ''}`,
    properties: ({ draw }) => [maybe(draw, () => `.id(${value.template(draw)})`), ...handlerCalls(draw)],
  },
  {
    name: 'barrier',
    gives: 'same',
    weight: 2,
    call: () => '',
    properties: ({ draw }) => [
      `.${draw.pick(['idle', 'period'])}(${value.duration(draw)})`,
      maybe(draw, () => `.delete(${draw.pick(['TRUE', 'FALSE'])})`),
    ],
  },
  {
    name: 'httpOut',
    gives: 'same',
    weight: 2,
    call: ({ draw, serial }) => (draw.chance(0.05) ? value.text(draw) : value.quoted(`out${serial}`)),
  },
  {
    name: 'httpPost',
    gives: 'same',
    weight: 2,
    call: ({ draw }) =>
      draw.mostly(["'http://collector/a'", "'http://collector/b?status=500'"], ['', "'x', 'y'", "'::'"], 0.15),
    properties: ({ draw }) => [
      maybe(draw, () => `.endpoint(${value.text(draw)})`, 0.05),
      maybe(draw, () => `.header(${value.text(draw)}, ${value.text(draw)})`, 0.2),
      maybe(draw, () => '.captureResponse()', 0.2),
      maybe(draw, () => `.codeField(${value.freshName(draw)})`, 0.2),
      maybe(draw, () => `.timeout(${value.duration(draw)})`, 0.2),
    ],
  },
  {
    name: 'influxDBOut',
    gives: 'nothing',
    weight: 2,
    call: () => '',
    properties: ({ draw }) => [
      maybe(draw, () => `.database(${value.text(draw)})`, 0.9),
      maybe(draw, () => `.retentionPolicy(${value.text(draw)})`),
      maybe(draw, () => `.measurement(${value.text(draw)})`),
      maybe(draw, () => `.precision(${draw.pick(["'s'", "'ns'", "'h'", "'x'", "''"])})`),
      maybe(draw, () => `.writeConsistency(${draw.pick(["'any'", "'x'"])})`, 0.1),
      maybe(draw, () => `.cluster(${value.text(draw)})`, 0.05),
      maybe(draw, () => `.buffer(${value.int(draw)})`),
      maybe(draw, () => `.flushInterval(${value.duration(draw)})`),
      maybe(draw, () => `.tag(${value.tagName(draw)}, ${value.text(draw)})`),
      maybe(draw, () => '.create()'),
    ],
  },
  {
    name: 'log',
    gives: 'same',
    call: () => '',
    properties: ({ draw }) => [
      maybe(draw, () => `.level(${draw.pick(["'INFO'", "'ERROR'", "'DEBUG'", "'x'"])})`),
      maybe(draw, () => `.prefix(${value.text(draw)})`),
    ],
  },
  {
    name: 'kapacitorLoopback',
    gives: 'nothing',
    call: () => '',
    properties: ({ draw }) => [
      maybe(draw, () => `.database(${draw.mostly(["'loop'"], ["'db'", "''"])})`, 0.95),
      maybe(draw, () => `.retentionPolicy(${draw.mostly(["'rp'"], ["''"])})`, 0.95),
      maybe(draw, () => `.measurement(${value.text(draw)})`),
      maybe(draw, () => `.tag(${value.tagName(draw)}, ${value.text(draw)})`),
    ],
  },
  {
    name: 'sideload',
    gives: 'same',
    call: () => '',
    properties: ({ draw }) => [
      maybe(draw, () => `.source(${draw.pick(["'file:///data'", "'x'"])})`, 0.95),
      maybe(draw, () => `.order(${draw.pick(["'host/{{.host}}.yml'", "'{{'", "'a.json', 'b.yml'"])})`, 0.95),
      maybe(draw, () => `.field(${value.fieldName(draw)}, ${value.scalar(draw)})`, 0.7),
      maybe(draw, () => `.tag(${value.tagName(draw)}, ${value.text(draw)})`),
    ],
  },
  autoscale('k8sAutoscale', (draw) => [
    `.resourceName(${value.text(draw)})`,
    `.kind(${draw.pick(["'deployments'", "'x'"])})`,
  ]),
  autoscale('swarmAutoscale', (draw) => [`.serviceName(${value.text(draw)})`]),
  autoscale('ec2Autoscale', (draw) => [`.groupName(${value.text(draw)})`]),
];

/** Names of nodes, each as often as it is to be taken. */
const weighted = nodeShapes.flatMap((shape) => Array.from({ length: shape.weight ?? 1 }, () => shape));

export function randomLink(at: Omit<Place, 'arity'>): { readonly link: Link; readonly gives: EdgeKind | 'nothing' } {
  const { draw, edge } = at;
  const place = { ...at, arity: draw.pick([1, 1, 2, 2, 3]) };
  for (;;) {
    const shape = draw.pick(weighted);
    const fits = shape.takes === undefined || shape.takes === edge || draw.chance(0.02);
    const needsOthers = shape.name === 'join' || shape.name === 'union';
    if (!fits || (needsOthers && place.others.length === 0)) continue;
    const properties = (shape.properties?.(place) ?? []).filter((property) => property !== false);
    if (draw.chance(0.05)) properties.push('.quiet()');
    if (draw.chance(0.01)) properties.push(`.${draw.pick(['nothing', 'as', 'period'])}(${value.scalar(draw)})`);
    const link = { call: `|${shape.name}(${shape.call(place)})`, properties };
    return { link, gives: shape.gives === 'same' ? edge : shape.gives };
  }
}
