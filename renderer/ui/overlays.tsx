import type { ReactElement } from 'react';

const id = 'overlays';

/**
 * Where menus and tips are drawn: inside the main landmark, and outside the zoom of the text size. They are placed in
 * the pixels of the window and zoom their content themselves.
 */
export function Overlays(): ReactElement {
  return <div id={id} className="unzoomed" />;
}

export function overlayPlace(): HTMLElement | null {
  return document.getElementById(id);
}
