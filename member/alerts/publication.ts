/** An event as one member's task produced it (cluster.md, Terms), before anyone decided who handles it. */

export type Level = 'OK' | 'INFO' | 'WARNING' | 'CRITICAL';

export const levels: readonly Level[] = ['OK', 'INFO', 'WARNING', 'CRITICAL'];

/** A field value of alert data: 64-bit integers as bigint, so that they never meet a float by accident. */
export type DataValue = number | bigint | string | boolean | null;

export interface DataSeries {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** `time` first; then field names (for batches also tag names) in byte order. */
  readonly columns: readonly string[];
  /** Times are nanoseconds as bigint in column 0; renderers print RFC3339. */
  readonly values: readonly (readonly DataValue[])[];
}

export interface Publication {
  readonly topic: string;
  readonly event: string;
  readonly level: Level;
  /** Event time, nanoseconds since 1970. */
  readonly timeNs: bigint;
  readonly durationNs: bigint;
  readonly message: string;
  readonly details: string;
  readonly series: readonly DataSeries[];
  /** Measurement and group tags: part of the event's identity (D15). */
  readonly name: string;
  readonly group: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, DataValue>>;
  readonly task: string;
  readonly category: string;
  readonly recoverable: boolean;
  /** The alert node's own setting; owners use it to drop what brings no change (D16). */
  readonly stateChangesOnly: boolean;
  /** 0 when the node has no interval. */
  readonly stateChangesIntervalNs: bigint;
  /** Set for events of a replay: handled by the member that runs it (D22). */
  readonly replay: string | null;
}
