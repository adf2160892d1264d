/** The key map: one table for the handler, the key table and every hint, so that they cannot differ. */
export const isMac = typeof navigator !== 'undefined' && /mac/i.test(navigator.userAgent);

/** `Ctrl Z` as this computer writes it. */
export function keyText(keys: string): string {
  return isMac ? keys.replaceAll('Ctrl', '⌘').replaceAll('Alt', '⌥') : keys;
}

export interface KeyLine {
  readonly keys: string;
  readonly does: string;
}

export const keyTable: readonly KeyLine[] = [
  { keys: 'Ctrl K', does: 'command palette, also in a terminal (or Ctrl Shift P)' },
  { keys: 'Ctrl 1 … 3', does: 'screens in sidebar order' },
  { keys: 'Ctrl J', does: 'dock' },
  { keys: 'Ctrl I', does: 'inspector' },
  { keys: 'Ctrl Alt 1 … 9', does: 'terminal of that member' },
  { keys: 'Ctrl Z', does: 'undo the last fault' },
  { keys: 'Ctrl Shift H', does: 'heal all faults' },
  { keys: 'F6, Shift F6', does: 'next, previous region' },
  { keys: 'Alt Left, Alt Right', does: 'back, forward' },
  { keys: 'arrows on the map', does: 'nearest member or link' },
  { keys: 'Enter, F, Esc', does: 'inspect, fault menu, let go' },
  { keys: 'Ctrl F', does: 'filter in the screen' },
  { keys: 'F11, Ctrl Shift E', does: 'presenter mode' },
  { keys: '?', does: 'this table' },
];

/** True where letters are text: fields, editors, terminals. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input, textarea, select, [contenteditable="true"], .xterm') !== null
  );
}

export function isInTerminal(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('.xterm') !== null;
}
