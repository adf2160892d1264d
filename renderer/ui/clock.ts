/** The page's one look at the wall clock, so that a test or a still picture can hold it. */
let read = (): number => Date.now();

export function wallNow(): number {
  return read();
}

/** Replaces the clock; returns the undo. */
export function holdClock(replacement: () => number): () => void {
  const before = read;
  read = replacement;
  return () => {
    read = before;
  };
}
