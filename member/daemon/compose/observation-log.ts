import type { Observation, StampedObservation } from '../../base/observation.ts';
import type { ObservationsApi } from './member.ts';

/** How much of the past a late reader gets. */
const kept = 10_000;

/** Numbers what the member notices, keeps the recent past, and tells subscribers. */
export class ObservationLog implements ObservationsApi {
  readonly #stamp: { readonly run: string; readonly observer: string; readonly wallMs: () => number };
  readonly #listeners = new Set<(observation: StampedObservation) => void>();
  /** A ring: the observation of number n is at n modulo its length. */
  readonly #ring: (StampedObservation | undefined)[] = [];
  #seq = 0;

  constructor(stamp: { readonly run: string; readonly observer: string; readonly wallMs: () => number }) {
    this.#stamp = stamp;
  }

  add(observation: Observation): void {
    const seq = ++this.#seq;
    const { run, observer } = this.#stamp;
    const stamped: StampedObservation = { seq, run, at: this.#stamp.wallMs(), observer, ...observation };
    this.#ring[seq % kept] = stamped;
    for (const listener of this.#listeners) listener(stamped);
  }

  after(seq: number): readonly StampedObservation[] {
    const past: StampedObservation[] = [];
    for (let n = Math.max(seq, this.#seq - kept) + 1; n <= this.#seq; n++) {
      const observation = this.#ring[n % kept];
      if (observation !== undefined && observation.seq === n) past.push(observation);
    }
    return past;
  }

  subscribe(listener: (observation: StampedObservation) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
