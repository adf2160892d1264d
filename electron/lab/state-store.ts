/**
 * The host's state and those who follow it: each gets a snapshot, then numbered changes. Changes of one moment go out
 * together; followers whose page nobody sees get theirs once a second.
 */
import { applyChange } from '../contract/apply-change.ts';
import type { Change, StateNotice } from '../contract/notices.ts';
import type { HostState } from '../contract/state.ts';

const flushMs = 20;
const hiddenFlushMs = 1_000;

export interface Follower {
  /** Called at most every 20 ms, or every second while hidden. */
  readonly listener: (notice: StateNotice) => void;
  readonly isVisible: () => boolean;
}

interface Following extends Follower {
  pending: Change[];
  seq: number;
  timer: NodeJS.Timeout | null;
}

export class StateStore {
  private current: HostState;
  private readonly followers = new Set<Following>();
  private readonly watchers = new Set<(state: HostState, changes: readonly Change[]) => void>();

  constructor(initial: HostState) {
    this.current = initial;
  }

  get state(): HostState {
    return this.current;
  }

  change(...changes: readonly Change[]): void {
    for (const change of changes) this.current = applyChange(this.current, change);
    for (const follower of this.followers) {
      follower.pending.push(...changes);
      this.schedule(follower);
    }
    for (const watcher of this.watchers) watcher(this.current, changes);
  }

  /** Told at once, in the same process: the CLI's event lines, scenarios, the journal. */
  watch(watcher: (state: HostState, changes: readonly Change[]) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  follow(follower: Follower): () => void {
    const following: Following = { ...follower, pending: [], seq: 1, timer: null };
    this.followers.add(following);
    follower.listener({ kind: 'snapshot', seq: following.seq, state: this.current });
    return () => {
      this.followers.delete(following);
      if (following.timer !== null) clearTimeout(following.timer);
    };
  }

  /** Resolves when the condition holds; false when the time is over first. */
  until(condition: (state: HostState) => boolean, limitMs: number): Promise<boolean> {
    if (condition(this.current)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const finish = (held: boolean): void => {
        clearTimeout(timer);
        undo();
        resolve(held);
      };
      const timer = setTimeout(() => finish(false), limitMs);
      const undo = this.watch((state) => {
        if (condition(state)) finish(true);
      });
    });
  }

  private schedule(follower: Following): void {
    follower.timer ??= setTimeout(
      () => {
        follower.timer = null;
        const changes = merged(follower.pending);
        follower.pending = [];
        follower.seq++;
        follower.listener({ kind: 'changes', seq: follower.seq, changes });
      },
      follower.isVisible() ? flushMs : hiddenFlushMs,
    );
  }
}

/**
 * Of changes that replace the same thing only the last one matters, in the place of the first one: so the order in
 * which members, alerts and commands came stays what it is.
 */
function merged(changes: readonly Change[]): Change[] {
  const result: Change[] = [];
  const places = new Map<string, number>();
  for (const change of changes) {
    const key = identity(change);
    const place = places.get(key);
    if (place !== undefined && result[place]?.part === change.part) result[place] = change;
    else places.set(key, result.push(change) - 1);
    if (change.part === 'alerts-cleared') forgetAlerts(places);
  }
  return result;
}

/** Neither an alert after a clearing nor a further clearing is the one before. */
function forgetAlerts(places: Map<string, number>): void {
  for (const key of places.keys()) if (key.startsWith('alert')) places.delete(key);
}

function identity(change: Change): string {
  switch (change.part) {
    case 'member':
      return `member ${change.value.name}`;
    case 'member-gone':
      return `member ${change.name}`;
    case 'alert':
      return `alert ${change.value.key}`;
    case 'command':
      return `command ${change.value.at} ${change.value.line}`;
    default:
      return change.part;
  }
}
