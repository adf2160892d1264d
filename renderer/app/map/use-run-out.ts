import { useLayoutEffect, type RefObject } from 'react';
import { isMotionReduced } from '../appearance.ts';
import { wallNow } from '../../ui/clock.ts';

/**
 * Lets an arc run out between two instants, by the frame and without drawing anything anew: the browser animates the
 * dash. A deadline that moves (a confirmation) restarts it from where it is, in one visible step. With reduced motion
 * it steps once a second.
 */
export function useRunOut(ref: RefObject<SVGCircleElement | null>, radius: number, from: number, until: number): void {
  useLayoutEffect(() => {
    const arc = ref.current;
    if (arc === null) return undefined;
    const around = 2 * Math.PI * radius;
    const now = wallNow();
    const left = Math.max(0, until - now);
    const fraction = Math.min(1, left / Math.max(1, until - from));
    const dash = (part: number): string => `${around * part} ${around}`;
    arc.style.strokeDasharray = dash(fraction);
    if (left === 0 || typeof arc.animate !== 'function') return undefined;
    const easing = isMotionReduced() ? `steps(${Math.max(1, Math.ceil(left / 1000))}, jump-start)` : 'linear';
    const running = arc.animate([{ strokeDasharray: dash(fraction) }, { strokeDasharray: dash(0) }], {
      duration: left,
      easing,
      fill: 'forwards',
    });
    if (isStill()) running.pause();
    return () => running.cancel();
  }, [ref, radius, from, until]);
}

/** A still picture holds the clock; then arcs hold as well. */
function isStill(): boolean {
  return document.documentElement.dataset['still'] === 'yes';
}
