/** Ends a preview that takes too long: asked between slices of the sample and at everything a node hands on. */
import type { Millis } from '../../base/deadline.ts';
import type { PreviewLimits } from './input.ts';
import type { PreviewNote } from './outcome.ts';

/** Thrown through a run that is then thrown away: a node's own loop has no other end. */
export class PreviewEnded extends Error {
  readonly note: PreviewNote;

  constructor(note: PreviewNote) {
    super(note.text);
    this.note = note;
  }
}

/** Rows between two looks at the clock. */
const rowsPerLook = 256;

export class Bounds {
  private readonly limits: PreviewLimits;
  private readonly nowMs: () => Millis;
  private readonly startedMs: Millis;
  private work = 0;
  private nextLook = 0;

  constructor(limits: PreviewLimits, nowMs: () => Millis) {
    this.limits = limits;
    this.nowMs = nowMs;
    this.startedMs = nowMs();
  }

  /** Some rows, or a wake-up, were dealt with. */
  spend(work: number): void {
    this.work += work;
    if (this.work > this.limits.work)
      throw new PreviewEnded({ kind: 'work', text: `stopped: the nodes dealt with ${this.limits.work} rows` });
    if (this.work < this.nextLook) return;
    this.nextLook = this.work + rowsPerLook;
    this.look();
  }

  look(): void {
    if (this.nowMs() - this.startedMs <= this.limits.timeMs) return;
    throw new PreviewEnded({ kind: 'time', text: `stopped: it took longer than ${this.limits.timeMs} ms` });
  }

  groups(count: number): void {
    if (count <= this.limits.groups) return;
    throw new PreviewEnded({ kind: 'groups', text: `stopped: there are more than ${this.limits.groups} groups` });
  }
}
