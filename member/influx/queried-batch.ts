/** Batches as InfluxDB answers them and as recordings keep them, before they belong to a pipeline. */
export type QueriedValue = number | string | boolean | null;

export interface QueriedField {
  readonly name: string;
  /** One for each point; null where it has none. Numbers are floats, as 1.5.4 reads them all. */
  readonly values: readonly QueriedValue[];
}

export interface QueriedBatch {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Whether batches of other measurements are groups of their own. */
  readonly byName: boolean;
  /** Nanoseconds since 1970; null: it has none yet. */
  readonly timeNs: bigint | null;
  /** The time of each point. */
  readonly timesNs: readonly bigint[];
  readonly fields: readonly QueriedField[];
  /** Of each point, where a recording gives points other tags than their batch. */
  readonly pointTags?: readonly Readonly<Record<string, string>>[];
}
