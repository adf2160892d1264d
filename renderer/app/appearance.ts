/** Puts theme, text size and motion on the document, and follows the system where the choice says so. */
import { session, type Session } from './session.ts';

export type Theme = 'dark' | 'light';

const lightQuery = '(prefers-color-scheme: light)';
const stillQuery = '(prefers-reduced-motion: reduce)';

export function themeOf(choice: Session['theme']): Theme {
  if (choice !== 'system') return choice;
  return matches(lightQuery) ? 'light' : 'dark';
}

export function isMotionReduced(choice: Session['reduceMotion'] = session.getState().reduceMotion): boolean {
  return choice === 'on' || (choice === 'system' && matches(stillQuery));
}

/** jsdom has no media queries; there the answer is no. */
function matches(query: string): boolean {
  return typeof window.matchMedia === 'function' && window.matchMedia(query).matches;
}

/** Another theme appears whole: colours that fade one by one would show neither. */
function switchAtOnce(root: HTMLElement): void {
  root.dataset['switching'] = 'yes';
  setTimeout(() => delete root.dataset['switching'], 60);
}

export function followAppearance(root: HTMLElement): () => void {
  const apply = (): void => {
    const { theme, textSize, reduceMotion } = session.getState();
    const next = themeOf(theme);
    if (root.dataset['theme'] !== next) {
      switchAtOnce(root);
      root.dataset['theme'] = next;
    }
    root.dataset['motion'] = isMotionReduced(reduceMotion) ? 'reduced' : 'full';
    root.style.setProperty('--zoom', String(textSize / 100));
  };
  apply();
  const stop = session.subscribe(apply);
  const queries =
    typeof window.matchMedia === 'function' ? [window.matchMedia(lightQuery), window.matchMedia(stillQuery)] : [];
  for (const query of queries) query.addEventListener('change', apply);
  return () => {
    stop();
    for (const query of queries) query.removeEventListener('change', apply);
  };
}
