import { createContext, useContext } from 'react';

/** How much room the window has. Narrow: rail, drawer, fewer words (design.md, section 2). */
export interface Frame {
  readonly isNarrow: boolean;
  readonly isLow: boolean;
}

export const narrowBelow = 1180;
export const lowBelow = 780;

export const FrameContext = createContext<Frame>({ isNarrow: false, isLow: false });

export function useFrame(): Frame {
  return useContext(FrameContext);
}
