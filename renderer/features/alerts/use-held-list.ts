import { useEffect, useMemo, useState } from 'react';
import type { AlertRecord } from '../../../electron/contract/state.ts';

export interface HeldList {
  readonly list: readonly AlertRecord[];
  readonly unseen: number;
  readonly release: () => void;
  readonly setAtTop: (isAtTop: boolean) => void;
}

/** At the top new events appear at once; further down they wait, while known ones keep changing in place. */
export function useHeldList(alerts: readonly AlertRecord[]): HeldList {
  const [isAtTop, setAtTop] = useState(true);
  const [seen, setSeen] = useState<ReadonlySet<string>>(() => new Set(alerts.map((alert) => alert.key)));
  useEffect(() => {
    if (isAtTop) setSeen(new Set(alerts.map((alert) => alert.key)));
  }, [isAtTop, alerts]);
  const list = useMemo(
    () => (isAtTop ? alerts : alerts.filter((alert) => seen.has(alert.key))),
    [isAtTop, alerts, seen],
  );
  return { list, unseen: alerts.length - list.length, release: () => setAtTop(true), setAtTop };
}
