/** The log lines of all members, at most a hundred thousand, kept while the window lives once the tab was opened. */
import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { LabBridge } from '../../../electron/contract/bridge.ts';
import type { LogLine } from '../../../electron/contract/notices.ts';

const lineLimit = 100_000;
/** How much is dropped at once when the limit is reached, so that not every line moves them all. */
const dropAtOnce = 5_000;
const flushMs = 100;

export interface LogState {
  readonly lines: readonly LogLine[];
  /** Grows with every change; lines are one array that is replaced. */
  readonly isRead: boolean;
}

const logs = createStore<LogState>(() => ({ lines: [], isRead: false }));

export function useLogs<T>(select: (state: LogState) => T): T {
  return useStore(logs, select);
}

let opened: LabBridge | null = null;

/** Follows the logs of all members; a second call for the same bridge does nothing. */
export function followLogs(bridge: LabBridge): void {
  if (opened === bridge) return;
  opened = bridge;
  logs.setState({ lines: [], isRead: false });
  let waiting: LogLine[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;
  const seen = new Map<string, number>();
  const flush = (): void => {
    timer = null;
    const all = [...logs.getState().lines, ...waiting];
    waiting = [];
    logs.setState({
      lines: all.length > lineLimit ? all.slice(all.length - lineLimit + dropAtOnce) : all,
      isRead: true,
    });
  };
  bridge.subscribe('log', '*', (lines) => {
    if (opened !== bridge) return;
    for (const line of lines) {
      // After a reconnection the host sends again what it still holds.
      if (line.seq <= (seen.get(line.member) ?? -1)) continue;
      seen.set(line.member, line.seq);
      waiting.push(line);
    }
    timer ??= setTimeout(flush, flushMs);
  });
}
