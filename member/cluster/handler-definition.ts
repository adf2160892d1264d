import type { JsonValue } from '../base/store.ts';

/** A standalone handler as a user defined it; the same shape as `HandlerSpec` of the alerts core. */
export interface HandlerDefinition {
  /** Unique in its topic. */
  readonly id: string;
  readonly topic: string;
  readonly kind: string;
  /** Null when none were given. */
  readonly options: { readonly [name: string]: JsonValue } | null;
  /** Lambda text; empty lets every event through. */
  readonly match: string;
}
