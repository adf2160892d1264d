import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';

export type RangeName = '15 s' | '2 min' | '15 min';

/** The range is of the pane; it outlives a switch of tabs. */
export const rangeStore = createStore<{ readonly range: RangeName }>(() => ({ range: '2 min' }));

export function useRange(): RangeName {
  return useStore(rangeStore, (state) => state.range);
}
