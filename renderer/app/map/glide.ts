/**
 * From one map to the next without a jump: the map that goes away leaves where its members stood on the page, and the
 * one that appears in the same instant lets its own glide from there.
 */
import { isMotionReduced } from '../appearance.ts';
import type { Point } from '../../state/map-geometry.ts';

const moveMs = 240;
/** Older places are of another time. */
const freshMs = 200;

let left: { readonly at: number; readonly places: ReadonlyMap<string, Point> } | null = null;

function membersIn(map: Element): readonly SVGElement[] {
  return [...map.querySelectorAll<SVGElement>('[data-member]')];
}

function middleOf(element: Element): Point {
  const box = element.getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
}

export function leavePlaces(map: Element): void {
  const places = membersIn(map).map((member) => [member.dataset['member'] ?? '', middleOf(member)] as const);
  left = { at: performance.now(), places: new Map(places) };
}

export function glideFromPlaces(map: Element): void {
  const from = left;
  left = null;
  if (from === null || performance.now() - from.at > freshMs || isMotionReduced()) return;
  const scale = map.getBoundingClientRect().width / Math.max(1, map.clientWidth);
  for (const member of membersIn(map)) {
    const [before, holder] = [from.places.get(member.dataset['member'] ?? ''), member.parentElement];
    if (before === undefined || holder === null || typeof holder.animate !== 'function') continue;
    const now = middleOf(member);
    const shift = `translate(${(before.x - now.x) / scale}px, ${(before.y - now.y) / scale}px)`;
    const rest = holder.style.transform;
    holder.animate([{ transform: `${shift} ${rest}` }, { transform: rest }], {
      duration: moveMs,
      easing: 'cubic-bezier(.2, .8, .2, 1)',
    });
  }
}
