/**
 * Time to pixels for the picture of an alert's life: linear around the event, and where something happened much later
 * (a told owner that was away), a second linear piece after a drawn break. From 12 ms to minutes, one way of reading.
 */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly left: number;
  readonly right: number;
}

export interface TimeScale {
  readonly main: Piece;
  readonly late: Piece | null;
  /** Middle of the break, or null when the picture is of one piece. */
  readonly breakAt: number | null;
  readonly x: (at: number) => number;
}

/** The shortest life that is drawn wider than it is. */
const shortestMs = 12;
/** What comes later than so many lives after the last delivery stands behind the break. */
const lateLives = 1.5;
const breakPx = 34;
const latePart = 0.16;

/** `life` are the times up to the last delivery or the present wait; `after` those that may stand behind a break. */
export interface LifeTimes {
  readonly event: number;
  readonly life: readonly number[];
  readonly after: readonly number[];
}

export function timeScale({ event, life: lived, after }: LifeTimes, left: number, right: number): TimeScale {
  const sorted = [event, ...lived, ...after].toSorted((a, b) => a - b);
  const first = sorted[0] ?? event;
  const core = coreEnd(event, Math.max(event, ...lived), sorted);
  const life = Math.max(shortestMs, core - first);
  const lateTimes = sorted.filter((at) => at > core);
  const mainRight = lateTimes.length === 0 ? right : right - (right - left) * latePart - breakPx;
  const main: Piece = { from: first - life * 1.05, to: core + life * 1.1, left, right: mainRight };
  if (lateTimes.length === 0) return { main, late: null, breakAt: null, x: (at) => place(main, at) };
  const [lateFrom = core, lateTo = core] = [lateTimes[0], lateTimes.at(-1)];
  const pad = Math.max(shortestMs, (lateTo - lateFrom) * 0.4);
  const late: Piece = { from: lateFrom - pad, to: lateTo + pad, left: mainRight + breakPx, right };
  return {
    main,
    late,
    breakAt: mainRight + breakPx / 2,
    x: (at) => (at <= main.to ? place(main, at) : at < late.from ? mainRight + breakPx / 2 : place(late, at)),
  };
}

function place({ from, to, left, right }: Piece, at: number): number {
  const x = left + ((at - from) / (to - from)) * (right - left);
  return Math.min(right, Math.max(left, x));
}

/** The end of what is drawn in one piece: the life itself and what follows it within a few lives. */
function coreEnd(event: number, lifeEnd: number, sorted: readonly number[]): number {
  const reach = Math.max(shortestMs * 4, lifeEnd - event) * lateLives;
  return Math.max(lifeEnd, ...sorted.filter((at) => at <= lifeEnd + reach));
}

export interface Tick {
  readonly at: number;
  readonly x: number;
  /** Milliseconds from the event. */
  readonly offsetMs: number;
}

/** Round steps from the event outward, about eight of them. */
export function ticksOf(event: number, { main, x }: TimeScale): readonly Tick[] {
  const step = roundStep((main.to - main.from) / Math.max(3, (main.right - main.left) / 105));
  const ticks: Tick[] = [];
  for (let n = Math.ceil((main.from - event) / step); event + n * step <= main.to; n++)
    ticks.push({ at: event + n * step, x: x(event + n * step), offsetMs: n * step });
  return ticks;
}

/** 1, 2 or 5 times a power of ten, in minutes from a minute on. */
export function roundStep(least: number): number {
  if (least > 30_000) return Math.ceil(least / 60_000) * 60_000;
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 0.001)));
  for (const factor of [1, 2, 5, 10]) if (factor * power >= least) return factor * power;
  return 10 * power;
}
