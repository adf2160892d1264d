/** InfluxQL results as the original prints them: `httpOut`, `httpPost` and alert data share this shape. */

/** A value of a result row. Integers are bigints, a time is nanoseconds since 1970, marked. */
export type ResultValue = number | bigint | string | boolean | null | ResultTime;

export interface ResultTime {
  readonly timeNs: bigint;
}

export interface ResultRow {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** `time` first, the others in byte order. Empty for a batch without points. */
  readonly columns: readonly string[];
  readonly values: readonly (readonly ResultValue[])[];
}

export interface QueryResult {
  /** Null before anything was seen. */
  readonly series: readonly (ResultRow | null)[] | null;
}
