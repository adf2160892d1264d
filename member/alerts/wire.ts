import type { JsonValue } from '../base/store.ts';
import type { WirePublication, WireSeries } from './messages.ts';
import type { DataSeries, DataValue, Publication } from './publication.ts';

/** A data value as JSON: integers and floats that JSON cannot tell apart or cannot say are marked. */
export function toWireValue(value: DataValue): JsonValue {
  if (typeof value === 'bigint') return { i: value.toString() };
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
    return { f: Object.is(value, -0) ? '-0' : String(value) };
  return value;
}

/** Undefined when the value is none that `toWireValue` makes. */
export function fromWireValue(value: unknown): DataValue | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (typeof value !== 'object') return undefined;
  if ('i' in value && typeof value.i === 'string' && isInt64(value.i)) return BigInt(value.i);
  if ('f' in value && typeof value.f === 'string') return Number(value.f);
  return undefined;
}

export function isInt64(text: unknown): text is string {
  return typeof text === 'string' && /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}

export function toWirePublication(publication: Publication): WirePublication {
  return {
    ...publication,
    timeNs: publication.timeNs.toString(),
    durationNs: publication.durationNs.toString(),
    stateChangesIntervalNs: publication.stateChangesIntervalNs.toString(),
    series: publication.series.map(toWireSeries),
    fields: mapValues(publication.fields, toWireValue),
  };
}

/** The publication of a wire form that was validated. */
export function fromWirePublication(wire: WirePublication): Publication {
  return {
    ...wire,
    timeNs: BigInt(wire.timeNs),
    durationNs: BigInt(wire.durationNs),
    stateChangesIntervalNs: BigInt(wire.stateChangesIntervalNs),
    series: wire.series.map(fromWireSeries),
    fields: mapValues(wire.fields, (value) => fromWireValue(value) ?? null),
  };
}

function toWireSeries(series: DataSeries): WireSeries {
  return { ...series, values: series.values.map((row) => row.map(toWireValue)) };
}

function fromWireSeries(series: WireSeries): DataSeries {
  return { ...series, values: series.values.map((row) => row.map((value) => fromWireValue(value) ?? null)) };
}

export function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
