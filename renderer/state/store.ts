/**
 * One store fed by the host's notices. It holds the world and nothing else: what is open, chosen or being typed
 * belongs to components and to the session.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { LabBridge } from '../../electron/contract/bridge.ts';
import type { ObservationNotice, StateNotice } from '../../electron/contract/notices.ts';
import { emptyWorld, takeConnection, takeObservations, takeStateNotice, type World } from './world.ts';

type WorldStore = StoreApi<World>;

export interface Feed {
  readonly store: WorldStore;
  /** Every observation as it arrives, for what is drawn and forgotten (pulses). Returns its own undo. */
  watchObservations(listener: (notices: readonly ObservationNotice[]) => void): () => void;
  setConnected(isConnected: boolean): void;
  close(): void;
}

export function feedWorld(bridge: LabBridge, now: () => number): Feed {
  const store = createStore<World>(() => ({ ...emptyWorld, connectionSince: now() }));
  const watchers = new Set<(notices: readonly ObservationNotice[]) => void>();
  let stopState = subscribeState();

  function subscribeState(): () => void {
    return bridge.subscribe('state', null, takeState);
  }

  function takeState(notice: StateNotice): void {
    const { world, gap } = takeStateNotice(store.getState(), notice, now());
    if (!gap) {
      store.setState(world, true);
      return;
    }
    // A notice is missing: the only honest copy is a new snapshot.
    stopState();
    stopState = subscribeState();
  }

  const stopObservations = bridge.subscribe('observations', null, (notices) => {
    for (const watcher of watchers) watcher(notices);
    const world = takeObservations(store.getState(), notices, now());
    if (world !== store.getState()) store.setState(world, true);
  });

  return {
    store,
    watchObservations(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
    setConnected(isConnected) {
      const world = store.getState();
      const connection = isConnected
        ? world.host === null
          ? 'connecting'
          : 'live'
        : world.host === null
          ? 'connecting'
          : 'lost';
      store.setState(takeConnection(world, connection, now()), true);
    },
    close() {
      stopState();
      stopObservations();
      watchers.clear();
    },
  };
}
