/** The one timer of all running tasks: wakes them when the first of their deadlines has come. */
import type { TaskRunner } from '../tasks/task-runner.ts';

export interface WakeTimer {
  /** Deadlines may have changed. */
  reschedule(): void;
  dispose(): void;
}

/** Node's timers cannot wait longer; a later deadline is looked at again then. */
const longestDelayMs = 2 ** 31 - 1;

export function createWakeTimer(runner: TaskRunner, nowMs: () => number, settled: () => void): WakeTimer {
  let timer: NodeJS.Timeout | undefined;
  let due = Number.POSITIVE_INFINITY;

  const fire = (): void => {
    timer = undefined;
    due = Number.POSITIVE_INFINITY;
    runner.wake(nowMs());
    settled();
  };
  return {
    reschedule() {
      const next = runner.nextDeadline();
      if (next === due) return;
      clearTimeout(timer);
      timer = undefined;
      due = next;
      if (next === Number.POSITIVE_INFINITY) return;
      timer = setTimeout(fire, Math.min(Math.max(0, Math.ceil(next - nowMs())), longestDelayMs));
    },
    dispose() {
      clearTimeout(timer);
      due = Number.POSITIVE_INFINITY;
    },
  };
}
