import { useMemo, useState } from 'react';
import type { AlertRecord } from '../../../electron/contract/state.ts';

export interface HeldList {
  readonly list: readonly AlertRecord[];
  readonly unseen: number;
  readonly release: () => void;
  readonly setAtTop: (isAtTop: boolean) => void;
}

/** At the top new events appear at once; further down they wait, while known ones keep changing in place. */
export function useHeldList(alerts: readonly AlertRecord[]): HeldList {
  /** Keys of the events that were there when reading began; null at the top. */
  const [held, setHeld] = useState<ReadonlySet<string> | null>(null);
  const list = useMemo(() => (held === null ? alerts : alerts.filter((alert) => held.has(alert.key))), [held, alerts]);
  const setAtTop = (isAtTop: boolean): void => {
    if (isAtTop) setHeld(null);
    else setHeld((known) => known ?? new Set(alerts.map((alert) => alert.key)));
  };
  return { list, unseen: alerts.length - list.length, release: () => setHeld(null), setAtTop };
}
