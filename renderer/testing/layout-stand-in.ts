/** What jsdom lacks of layout, given plainly: one size for everything, observers that see nothing, no canvas. */
const windowSize = { width: 1440, height: 900 };

class StillObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

export function giveLayout(): void {
  globalThis.ResizeObserver = StillObserver;
  for (const [name, value] of [
    ['clientWidth', windowSize.width],
    ['clientHeight', windowSize.height],
    ['offsetWidth', windowSize.width],
    ['offsetHeight', windowSize.height],
  ] as const) {
    Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => value });
  }
  Element.prototype.scrollIntoView = (): void => {};
  Element.prototype.hasPointerCapture = (): boolean => false;
}

// At once, because modules of the page ask for a canvas while they are loaded. Without one, pulses are not drawn.
HTMLCanvasElement.prototype.getContext = (): null => null;
