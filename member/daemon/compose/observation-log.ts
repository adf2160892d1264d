import type { Observation, StampedObservation } from '../../base/observation.ts';
import type { ObservationsApi } from './member.ts';

/** How much of the past a late reader gets. */
const kept = 10_000;

/** Numbers what the member notices, keeps the recent past, and tells subscribers. */
export class ObservationLog implements ObservationsApi {
  readonly #stamp: { readonly run: string; readonly observer: string; readonly wallMs: () => number };
  readonly #listeners = new Set<(observation: StampedObservation) => void>();
  /** A ring: the observation of number n is at n modulo its length, and its time at the same place. */
  readonly #ring: Observation[] = [];
  readonly #times = new Float64Array(kept);
  #seq = 0;

  constructor(stamp: { readonly run: string; readonly observer: string; readonly wallMs: () => number }) {
    this.#stamp = stamp;
  }

  add(observation: Observation): void {
    const seq = ++this.#seq;
    this.#ring[seq % kept] = observation;
    this.#times[seq % kept] = this.#stamp.wallMs();
    if (this.#listeners.size === 0) return;
    const stamped = this.#stamped(seq, observation);
    for (const listener of this.#listeners) listener(stamped);
  }

  after(seq: number): readonly StampedObservation[] {
    const past: StampedObservation[] = [];
    for (let n = Math.max(seq, this.#seq - kept) + 1; n <= this.#seq; n++) {
      const observation = this.#ring[n % kept];
      if (observation !== undefined) past.push(this.#stamped(n, observation));
    }
    return past;
  }

  /** Made when it is read, as most are never. */
  #stamped(seq: number, observation: Observation): StampedObservation {
    const { run, observer } = this.#stamp;
    return { seq, run, at: this.#times[seq % kept] ?? 0, observer, ...observation };
  }

  subscribe(listener: (observation: StampedObservation) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
