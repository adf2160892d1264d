import { ownOf } from '../base/own-members.ts';
/**
 * Which categories of alerts are held back, and for which tags (`.inhibit`, `.category`). One per member, shared
 * by all tasks, never persisted and never sent to peers: an inhibited event is not published at all, so it cannot
 * complete one that is not (D23).
 */
export interface Inhibitor {
  readonly category: string;
  /** A tag that is missing in the inhibiting group stands as empty text, as 1.5.4 does. */
  readonly tags: Readonly<Record<string, string>>;
  isInhibiting: boolean;
}

export class Inhibitors {
  readonly #byCategory = new Map<string, Set<Inhibitor>>();

  /** An alert node makes one per `.inhibit` and group; it inhibits nothing until it is set. */
  add(category: string, tags: Readonly<Record<string, string>>): Inhibitor {
    const inhibitor: Inhibitor = { category, tags, isInhibiting: false };
    const known = this.#byCategory.get(category);
    if (known === undefined) this.#byCategory.set(category, new Set([inhibitor]));
    else known.add(inhibitor);
    return inhibitor;
  }

  remove(inhibitor: Inhibitor): void {
    const known = this.#byCategory.get(inhibitor.category);
    known?.delete(inhibitor);
    if (known?.size === 0) this.#byCategory.delete(inhibitor.category);
  }

  /** True when an inhibitor of the category is set and all of its tags are equal in the event. */
  isInhibited(category: string, tags: Readonly<Record<string, string>>): boolean {
    const known = this.#byCategory.get(category);
    if (known === undefined) return false;
    for (const inhibitor of known) {
      if (
        inhibitor.isInhibiting &&
        Object.entries(inhibitor.tags).every(([name, value]) => (ownOf(tags, name) ?? '') === value)
      )
        return true;
    }
    return false;
  }
}
