import { render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { holdClock } from './clock.ts';
import { useNow } from './use-now.ts';

let undo = (): void => undefined;
afterEach(() => undo());

function Clock({ label }: { readonly label: string }) {
  return <output aria-label={label}>{useNow(100)}</output>;
}

test('drawn again on a machine so slow that each look sees another time, it comes to rest', () => {
  let now = 1000;
  undo = holdClock(() => now++);
  const { rerender } = render(<Clock label="first" />);
  const before = screen.getByRole('status', { name: 'first' }).textContent;
  rerender(<Clock label="second" />);
  expect(screen.getByRole('status', { name: 'second' }).textContent).toBe(before);
});
