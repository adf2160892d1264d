/**
 * The vocabulary of the configuration schema. Each field carries its type, its default, what is allowed and, for
 * options we added to 1.5, that it is ours; the TypeScript type of a section is inferred from its fields.
 */
import { parseGoDuration } from '../base/duration.ts';

export type FieldKind = 'string' | 'bool' | 'int' | 'float' | 'duration' | 'strings' | 'map' | 'tables';

/** Says what is wrong with a value of the right type, as the words after "must be"; null when it is allowed. */
export type Check<T> = (value: T) => string | null;

export interface Field<T> {
  readonly kind: FieldKind;
  readonly default: T;
  /** What is wrong with a value of the right type; see `Check`. A method, so that fields of all types share one table. */
  check(value: T): string | null;
  /** Shown by the API as set or not set, never as text. */
  readonly secret: boolean;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;
export type ValuesOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

/** Free-form map values, as in `[influxdb.subscriptions]` or `[scraper.params]`. */
export type MapValue = Readonly<
  Record<string, string | number | boolean | readonly string[] | Readonly<Record<string, unknown>>>
>;

interface FieldOptions<T> {
  readonly check?: Check<T>;
  readonly secret?: boolean;
}

function field<T>(kind: FieldKind, value: T, options: FieldOptions<T>): Field<T> {
  return { kind, default: value, check: options.check ?? (() => null), secret: options.secret ?? false };
}

export const text = (value = '', options: FieldOptions<string> = {}): Field<string> => field('string', value, options);
export const secret = (value = ''): Field<string> => field('string', value, { secret: true });
export const bool = (value = false): Field<boolean> => field('bool', value, {});
export const int = (value = 0, options: FieldOptions<number> = {}): Field<number> => field('int', value, options);
export const float = (value = 0, options: FieldOptions<number> = {}): Field<number> => field('float', value, options);
export const list = (
  value: readonly string[] = [],
  options: FieldOptions<readonly string[]> = {},
): Field<readonly string[]> => field('strings', value, options);
export const map = (value: MapValue = {}): Field<MapValue> => field('map', value, {});
/** Tables named by the user, as in `[udf.functions.NAME]`. */
export const tables = (): Field<MapValue> => field<MapValue>('tables', {}, {});

/** Nanoseconds, from a Go duration text. The default is written as text and must be one. */
export function duration(value: string, options: FieldOptions<bigint> = {}): Field<bigint> {
  return field('duration', parseGoDuration(value) ?? 0n, options);
}

export const notNegative: Check<number> = (value) => (value >= 0 ? null : '0 or more');
export const notNegativeDuration: Check<bigint> = (value) => (value >= 0n ? null : '0s or more');
export const positiveDuration: Check<bigint> = (value) => (value > 0n ? null : 'longer than 0s');

export function oneOf(...allowed: readonly string[]): Check<string> {
  return (value) => (allowed.includes(value) ? null : `one of ${allowed.map((word) => `"${word}"`).join(', ')}`);
}

/** `host:port` or `:port`, the form of every bind-address. */
export const bindAddress: Check<string> = (value) => {
  const match = /^(?:\[[^\]]+\]|[^:[\]]*):(\d{1,5})$/.exec(value);
  return match !== null && Number(match[1]) <= 65_535 ? null : 'host:port or :port with a port from 0 to 65535';
};

export const addressOrEmpty: Check<string> = (value) => (value === '' ? null : bindAddress(value));

/** Client side of TLS, the same four keys in every section that dials out. */
export const tlsClient = {
  'ssl-ca': text(),
  'ssl-cert': text(),
  'ssl-key': text(),
  'insecure-skip-verify': bool(),
} as const;
