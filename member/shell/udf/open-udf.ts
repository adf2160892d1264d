import type { UdfConnection } from '../../pipeline/nodes/udf/udf-port.ts';

/** A connection as the service keeps it. */
export interface OpenUdf extends UdfConnection {
  /** At once, and whatever becomes of it. */
  kill(): void;
}

export interface UdfEnds {
  /** It has not ended in time, and is killed. */
  killing(reason: string): void;
  gone(): void;
}
