import { useEffect } from 'react';
import { narrowBelow } from './frame-context.tsx';
import { isInTerminal, isTyping } from './keys.ts';
import { presentHost, useLab } from './lab-context.tsx';
import { goBack, goForward, goTo, openTerminal, session, setPane } from './session.ts';
import { mainScreens } from './sidebar.tsx';
import { makeActions } from './use-actions.tsx';
import { setInspector } from './use-inspector.ts';

type Run = () => void;

/** Keys of the window. In a terminal only those that a shell does not use. */
export function useKeys(isLabOpen: boolean): void {
  const lab = useLab();
  useEffect(() => {
    const actions = makeActions(lab);
    const onKey = (event: KeyboardEvent): void => {
      const run =
        everywhere(event) ??
        (isLabOpen
          ? inLab(event, actions, () => presentHost(lab.feed.store.getState()).members.map((member) => member.name))
          : null);
      if (run === null) return;
      event.preventDefault();
      event.stopPropagation();
      run();
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, [lab, isLabOpen]);
}

function isMod(event: KeyboardEvent): boolean {
  return event.ctrlKey || event.metaKey;
}

function everywhere(event: KeyboardEvent): Run | null {
  const key = event.key.toLowerCase();
  if (isMod(event) && !event.altKey && ((key === 'k' && !event.shiftKey) || (key === 'p' && event.shiftKey)))
    return () => session.setState({ isPaletteOpen: true });
  if (event.key === '?' && !isTyping(event.target) && !isMod(event))
    return () => session.setState({ isKeyTableOpen: true });
  if (event.key === 'F6') return () => nextRegion(event.shiftKey ? -1 : 1);
  return null;
}

function inLab(
  event: KeyboardEvent,
  actions: ReturnType<typeof makeActions>,
  members: () => readonly string[],
): Run | null {
  const key = event.key.toLowerCase();
  const { panes, screen, isPresenting } = session.getState();
  if (event.key === 'F11' || (isMod(event) && event.shiftKey && key === 'e'))
    return () => session.setState({ isPresenting: !isPresenting });
  if (isMod(event) && event.altKey && /^[1-9]$/.test(key)) {
    const name = members()[Number(key) - 1];
    return name === undefined ? null : () => openTerminal(name);
  }
  if (isInTerminal(event.target)) return null;
  if (isMod(event) && event.shiftKey && key === 'h') return () => void actions.healAll();
  if (event.altKey && event.key === 'ArrowLeft') return goBack;
  if (event.altKey && event.key === 'ArrowRight') return goForward;
  if (!isMod(event) || event.shiftKey || event.altKey) return null;
  if (key === 'z') return isTyping(event.target) ? null : () => void actions.undo();
  if (key === 'j') return () => setPane({ isDockOpen: !panes[screen].isDockOpen });
  if (key === 'i') return toggleInspector;
  if (key === 'f') return focusFilter();
  const target = mainScreens[Number(key) - 1];
  return target === undefined ? null : () => goTo(target);
}

function toggleInspector(): void {
  const { isDrawerOpen, panes, screen } = session.getState();
  const isNarrow = window.innerWidth < narrowBelow;
  setInspector(isNarrow ? !isDrawerOpen : !panes[screen].isInspectorOpen, isNarrow);
}

/** The filter of the screen or pane, if it has one; else the browser's own search. */
function focusFilter(): Run | null {
  const field = document.querySelector<HTMLInputElement>('main [data-filter]');
  return field === null ? null : () => field.focus();
}

function nextRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]:not([data-region="main"])')].filter(
    (region) => region.offsetParent !== null || region.getClientRects().length > 0,
  );
  if (regions.length === 0) return;
  const at = regions.findLastIndex((region) => region.contains(document.activeElement));
  const next = regions[(at + step + regions.length) % regions.length];
  if (next === undefined) return;
  const inside = next.querySelector<HTMLElement>('[tabindex="0"], button:not([tabindex="-1"]), a[href], input');
  if (inside !== null) inside.focus();
  else {
    next.tabIndex = -1;
    next.focus();
  }
}
