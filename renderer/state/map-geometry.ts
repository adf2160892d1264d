/** Where things stand on the map (design.md, section 4), in pixels of its canvas. Pure arithmetic. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface MapPlaces {
  readonly radius: number;
  readonly members: readonly Point[];
  /** Left edge and middle of the data card, left edge and middle of the inbox card. */
  readonly data: Point;
  readonly inbox: Point;
  readonly cardWidth: number;
  readonly center: Point;
}

export const cardWidth = 128;
const cardHeight = 74;
const gutter = { left: 20, right: 16 };
/** Half the distance between the two lanes of a link. */
const laneOffset = 3.5;
/** From the edge of a ring to the end of a lane. */
const laneGap = 9;

/** 44 up to 5 members, 34 up to 9, 24 up to 20. */
export function ringRadius(count: number): number {
  if (count <= 5) return 44;
  return count <= 9 ? 34 : 24;
}

export interface MapRoom {
  readonly width: number;
  readonly height: number;
  /** Width of a card over the lower left, which members keep clear of. */
  readonly leftInset?: number;
}

export function placeMap(count: number, { width, height, leftInset = 0 }: MapRoom): MapPlaces {
  const middle = Math.round(height / 2 - 9);
  const isInset = leftInset > 0;
  const data = { x: gutter.left, y: isInset ? Math.min(middle, 84) : middle };
  const inbox = { x: width - gutter.right - cardWidth, y: middle };
  const radius = ringRadius(count);
  const free = { left: Math.max(leftInset, data.x + cardWidth), right: inbox.x };
  const labelRoom = radius === 24 ? 16 : count <= 3 ? 56 : 64;
  const tallest = middle - labelRoom - radius - 2;
  // Three stand as in the mocks: their triangle points at the inbox. More leave room for the words left and right.
  const isFew = count <= 3;
  const widest = Math.max(60, (free.right - free.left) / 2 - radius - (isFew ? 44 : 104));
  const ry = isFew ? Math.min(tallest, height * 0.2817) : tallest;
  const rx = isFew
    ? Math.min(widest, (width - leftInset) * 0.1503 + leftInset * 0.02, ry * 1.07)
    : Math.min(widest, ry * 1.35);
  const center = { x: free.left + (free.right - free.left) * (isFew && !isInset ? 0.602 : 0.5), y: middle };
  const members = Array.from({ length: count }, (_, index) => placeOf(index, count, center, rx, ry));
  return { radius, members: count === 1 ? [center] : members, data, inbox, cardWidth, center };
}

/** Which labels have room: one that would lie on another ring or label hides behind hover and stays in the list. */
export function labelsWithRoom({
  members,
  center,
  radius,
}: Pick<MapPlaces, 'members' | 'center' | 'radius'>): readonly boolean[] {
  const taken: LabelBox[] = [];
  return members.map((at, index) => {
    const top = isLabelAbove(at, center) ? at.y - radius - 18 - labelBox.height : at.y + radius + 12;
    const box: LabelBox = {
      left: at.x - labelBox.width / 2,
      right: at.x + labelBox.width / 2,
      top,
      bottom: top + labelBox.height,
    };
    const isOnRing = members.some((other, place) => place !== index && distanceTo(box, other) < radius + 4);
    const isOnLabel = taken.some(
      (other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom,
    );
    const hasRoom = members.length <= 9 && !isOnRing && !isOnLabel;
    if (hasRoom) taken.push(box);
    return hasRoom;
  });
}

interface LabelBox {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const labelBox = { width: 92, height: 38 } as const;

function distanceTo(box: LabelBox, point: Point): number {
  const dx = Math.max(box.left - point.x, 0, point.x - box.right);
  const dy = Math.max(box.top - point.y, 0, point.y - box.bottom);
  return Math.hypot(dx, dy);
}

function placeOf(index: number, count: number, center: Point, rx: number, ry: number): Point {
  const angle = ((180 + 180 / count + (360 * index) / count) * Math.PI) / 180;
  return { x: round(center.x + rx * Math.cos(angle)), y: round(center.y + ry * Math.sin(angle)) };
}

/** The ends of the lane from `a` to `b`, beside the other lane. */
export function laneBetween(a: Point, b: Point, radius: number): { readonly from: Point; readonly to: Point } {
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const [ux, uy] = [(b.x - a.x) / length, (b.y - a.y) / length];
  const [nx, ny] = [-uy * laneOffset, ux * laneOffset];
  const inset = radius + laneGap;
  return {
    from: { x: a.x + ux * inset + nx, y: a.y + uy * inset + ny },
    to: { x: b.x - ux * inset + nx, y: b.y - uy * inset + ny },
  };
}

export function midpoint(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

/** A curve from the data card to the left of a ring; straight when they stand at one height. */
export function feedPath(data: Point, index: number, count: number, to: Point, radius: number): string {
  const start = { x: data.x + cardWidth, y: data.y + spread(index, count) };
  const end = { x: to.x - radius - 12, y: to.y };
  if (Math.abs(start.y - end.y) < 2) return `M${start.x} ${start.y}H${end.x}`;
  const reach = Math.max(40, (end.x - start.x) * 0.42);
  return `M${start.x} ${start.y}C${start.x + reach * 0.9} ${start.y} ${end.x - reach * 1.35} ${end.y} ${end.x} ${end.y}`;
}

/** Feeds leave the card one under another, in the order of the members from top to bottom. */
function spread(index: number, count: number): number {
  return count === 1 ? 0 : ((index / (count - 1)) * 2 - 1) * 14;
}

export interface InboxPath {
  readonly d: string;
  /** A point on its first, straight part: the chip of a waiting event stands there. */
  readonly chip: Point;
}

/** From a ring to the inbox: straight where it stands opposite, else along and then up or down into the card. */
export function inboxPath(from: Point, inbox: Point, radius: number, lane: number): InboxPath {
  const start = from.x + radius + 12;
  if (Math.abs(from.y - inbox.y) < cardHeight / 2 - 8) {
    return { d: `M${start} ${from.y}H${inbox.x}`, chip: midpoint({ x: start, y: from.y }, { x: inbox.x, y: from.y }) };
  }
  const isBelow = from.y > inbox.y;
  const x = inbox.x + cardWidth / 2 - lane * 14;
  const end = isBelow ? inbox.y + cardHeight / 2 + 9 : inbox.y - cardHeight / 2 - 9;
  const turn = isBelow ? -12 : 12;
  return {
    d: `M${start} ${from.y}H${x - 12}Q${x} ${from.y} ${x} ${from.y + turn}V${end}`,
    chip: { x: Math.min((start + x) / 2, start + 112), y: from.y },
  };
}

/** Names stand outside the circle; below when the member stands in the lower half or at the level of the inbox. */
export function isLabelAbove(member: Point, center: Point): boolean {
  return member.y < center.y - 8;
}

/** Whether two segments cross: a line drawn over lanes cuts those it crosses. */
export function crosses(a: Point, b: Point, c: Point, d: Point): boolean {
  const side = (p: Point, q: Point, r: Point): number => (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x);
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

/** The nearest of some points in a direction of the arrow keys, or null. */
export function nearestTowards<T extends Point>(from: Point, towards: Point, candidates: readonly T[]): T | null {
  let best: T | null = null;
  let bestCost = Infinity;
  for (const candidate of candidates) {
    const [dx, dy] = [candidate.x - from.x, candidate.y - from.y];
    const along = dx * towards.x + dy * towards.y;
    const across = Math.abs(dx * towards.y - dy * towards.x);
    if (along <= 4 || across > along * 2.4) continue;
    const cost = along + across * 1.6;
    if (cost < bestCost) [best, bestCost] = [candidate, cost];
  }
  return best;
}

/** Members in a row, for the strip. */
export function placeStrip(
  count: number,
  width: number,
): { readonly members: readonly Point[]; readonly data: number; readonly inbox: number } {
  const y = 62;
  const room = Math.min(width - 48, 1056);
  const data = (width - room) / 2;
  const inbox = data + room - cardWidth;
  const [left, right] = [data + cardWidth + 150, inbox - 150];
  const step = count === 1 ? 0 : Math.min(170, (right - left) / (count - 1));
  const first = (left + right) / 2 - (step * (count - 1)) / 2;
  return { members: Array.from({ length: count }, (_, index) => ({ x: first + step * index, y })), data, inbox };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
