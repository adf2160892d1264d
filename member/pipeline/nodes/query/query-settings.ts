/** What the properties of a `query` node say together. */
import { err, ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import { RangeQuery } from '../../../influx/influxql/range-query.ts';
import type { QueryDimension } from '../../../influx/influxql/range-query.ts';
import type { Fill } from '../../../influx/influxql/tree.ts';
import { goTypeOf } from '../../../tick/evaluate/value.ts';
import type { ScriptValue } from '../../../tick/evaluate/value.ts';
import { TimeDimension } from '../../graph/time-dimension.ts';
import { cronSchedule, everySchedule } from './schedule.ts';
import type { Schedule } from './schedule.ts';

export interface QueryProperties {
  readonly query: string;
  readonly everyNs: bigint;
  readonly cron: string;
  readonly isAligned: boolean;
  readonly fill: ScriptValue;
  readonly dimensions: readonly ScriptValue[];
}

export interface QuerySettings {
  readonly query: RangeQuery;
  readonly schedule: Schedule;
}

/** In the order in which the original finds what is wrong. */
export function readSettings(properties: QueryProperties): Result<QuerySettings, string> {
  const query = RangeQuery.parse(properties.query);
  if (!query.ok)
    return err(query.error.startsWith('query ') ? query.error : `failed to parse InfluxQL query: ${query.error}`);
  const dimensions = readDimensions(properties.dimensions);
  if (!dimensions.ok) return dimensions;
  const fill = readFill(properties.fill);
  if (!fill.ok) return fill;
  const settled = query.value.with({ dimensions: dimensions.value, fill: fill.value });
  const schedule = readSchedule(properties);
  return schedule.ok ? ok({ query: settled, schedule: schedule.value }) : schedule;
}

function readSchedule({ everyNs, cron, isAligned }: QueryProperties): Result<Schedule, string> {
  if (everyNs !== 0n && cron !== '') return err("must not set both 'every' and 'cron' properties");
  if (cron !== '') return cronSchedule(cron);
  if (everyNs === 0n) return err("must define one of 'every' or 'cron'");
  // A negative interval stops the whole original.
  return everyNs < 0n ? err("'every' must be greater than 0s") : ok(everySchedule(everyNs, isAligned));
}

function readFill(value: ScriptValue): Result<Fill | undefined, string> {
  if (value.type === 'int' || value.type === 'float') return ok({ kind: 'number', value: value.value });
  if (value.type !== 'string') return ok(undefined);
  const word = value.value;
  if (word === 'null' || word === 'none' || word === 'previous' || word === 'linear') return ok({ kind: word });
  return err(`unexpected fill option ${word}`);
}

function readDimensions(values: readonly ScriptValue[]): Result<readonly QueryDimension[], string> {
  const dimensions: QueryDimension[] = [];
  for (const value of values) {
    const dimension = dimensionOf(value);
    if (!dimension.ok) return dimension;
    if (dimension.value.kind === 'time' && dimensions.some(({ kind }) => kind === 'time'))
      return err('groupBy cannot have more than one time dimension');
    dimensions.push(dimension.value);
  }
  return ok(dimensions);
}

function dimensionOf(value: ScriptValue): Result<QueryDimension, string> {
  if (value.type === 'string') return ok({ kind: 'tag', name: value.value });
  if (value.type === 'star') return ok({ kind: 'star' });
  if (value.type === 'duration') return ok({ kind: 'time', intervalNs: value.value, offsetNs: 0n });
  if (value.type === 'object' && value.value instanceof TimeDimension)
    return ok({ kind: 'time', intervalNs: value.value.intervalNs, offsetNs: value.value.offsetNs });
  return err(`invalid dimension type:${goTypeOf(value)}, must be string or time.Duration`);
}
