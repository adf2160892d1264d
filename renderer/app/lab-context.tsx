/** Gives components the bridge and the world. Selectors keep a component still while its part does not change. */
import { createContext, useContext, type ReactElement, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { LabBridge } from '../../electron/contract/bridge.ts';
import type { HostState } from '../../electron/contract/state.ts';
import { assert } from '../../member/base/assert.ts';
import type { Feed } from '../state/store.ts';
import type { World } from '../state/world.ts';

export interface LabHandle {
  readonly bridge: LabBridge;
  readonly feed: Feed;
}

const LabContext = createContext<LabHandle | null>(null);

export function LabProvider({
  handle,
  children,
}: {
  readonly handle: LabHandle;
  readonly children: ReactNode;
}): ReactElement {
  return <LabContext value={handle}>{children}</LabContext>;
}

export function useLab(): LabHandle {
  const handle = useContext(LabContext);
  assert(handle !== null, 'a component of the lab stands outside its provider');
  return handle;
}

export function useWorld<T>(select: (world: World) => T): T {
  return useStore(useLab().feed.store, select);
}

/** For selections that make a new list or object: equal parts, no new drawing. */
export function useWorldParts<T>(select: (world: World) => T): T {
  return useStore(useLab().feed.store, useShallow(select));
}

/** Part of the host's state, for components that are only drawn once there is one. */
export function useHost<T>(select: (host: HostState) => T): T {
  return useWorld((world) => select(presentHost(world)));
}

export function presentHost(world: World): HostState {
  assert(world.host !== null, 'a screen is drawn before the first snapshot');
  return world.host;
}
