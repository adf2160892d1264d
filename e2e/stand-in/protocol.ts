/** What the stand-in's process and the test say to each other over Node's IPC channel. */

export type FromStandIn =
  /** Chromium listens; the test connects to look at the pages. */
  | { readonly kind: 'browser'; readonly endpoint: string }
  | { readonly kind: 'window'; readonly id: number }
  | { readonly kind: 'dialog'; readonly title: string; readonly content: string }
  /** A request that left the app's own origin, and was not made. */
  | { readonly kind: 'refused'; readonly url: string }
  | { readonly kind: 'external'; readonly url: string }
  /** Something the stand-in does not model was used. */
  | { readonly kind: 'unmodelled'; readonly name: string };

export type ToStandIn =
  /** The user closes the last window. */
  | { readonly kind: 'close-window' }
  /** The user starts the app once more. */
  | { readonly kind: 'second-instance' }
  | { readonly kind: 'quit' };
