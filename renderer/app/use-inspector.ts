import { useFrame } from './frame-context.tsx';
import { session, setPane, useSession } from './session.ts';

/** Beside the screen when there is room, else the drawer. */
export function useInspectorOpen(): boolean {
  const { isNarrow } = useFrame();
  return useSession((state) => (isNarrow ? state.isDrawerOpen : state.panes[state.screen].isInspectorOpen));
}

export function setInspector(isOpen: boolean, isNarrow: boolean): void {
  if (isNarrow) session.setState({ isDrawerOpen: isOpen });
  else setPane({ isInspectorOpen: isOpen });
}
