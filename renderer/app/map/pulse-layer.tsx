/**
 * Probes and acks as they happen: a dot along its lane, drawn on one canvas and never by React. Above twelve a second,
 * and with reduced motion, a lane glows for a moment instead. Nothing runs while nothing moves.
 */
import { useEffect, useRef, type ReactElement } from 'react';
import type { ObservationNotice } from '../../../electron/contract/notices.ts';
import { readText, readTexts } from '../../state/observation-fields.ts';
import { nameOf } from '../../state/names.ts';
import { laneBetween, type Point } from '../../state/map-geometry.ts';
import { isMotionReduced } from '../appearance.ts';
import { presentHost, useLab } from '../lab-context.tsx';

const flightMs = 600;
const glowMs = 400;
const tailPx = 22;
const dotRadius = 3.4;
const holeSize = { width: 52, height: 22 };
/** Above this many a second, dots would be a swarm. */
const dotsPerSecond = 12;

type MapSpots = ReadonlyMap<string, Point>;

interface Pulse {
  readonly from: string;
  readonly to: string;
  readonly begun: number;
}

interface PulseLayerProps {
  readonly spots: MapSpots;
  readonly radius: number;
  readonly width: number;
  readonly height: number;
  /** Middles of links that carry words or a sign: pulses pass under them. */
  readonly holes?: readonly Point[];
}

const noHoles: readonly Point[] = [];

export function PulseLayer({ spots, radius, width, height, holes = noHoles }: PulseLayerProps): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { feed } = useLab();
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d') ?? null;
    if (element === null || context === null) return undefined;
    const ratio = window.devicePixelRatio || 1;
    element.width = width * ratio;
    element.height = height * ratio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const drawer = new PulseDrawer(context, { spots, radius, width, height, holes });
    const stop = feed.watchObservations((notices) => {
      const { members } = presentHost(feed.store.getState());
      drawer.add(notices.flatMap((notice) => flights(notice, (id) => nameOf(members, id))));
    });
    return () => {
      stop();
      drawer.stop();
    };
  }, [feed, spots, radius, width, height, holes]);
  return (
    <canvas
      ref={canvas}
      aria-hidden="true"
      className="pointer-events-none absolute top-0 left-0 text-pulse"
      style={{ width, height }}
    />
  );
}

/** Which lanes an observation travels: asked, answered, asked through others. */
function flights(
  { member, observation }: ObservationNotice,
  name: (id: string) => string,
): readonly (readonly [string, string])[] {
  const target = name(readText(observation, 'member') ?? '');
  switch (readText(observation, 'kind')) {
    case 'probe-started':
      return [[member, target]];
    case 'probe-acked':
      return [[target, member]];
    case 'probe-indirect':
      return readTexts(observation, 'relays').map((relay) => [member, name(relay)] as const);
    default:
      return [];
  }
}

class PulseDrawer {
  private readonly context: CanvasRenderingContext2D;
  private readonly props: PulseLayerProps;
  /** Read anew with each pulse: the theme may have changed. */
  private ink = '';
  private pulses: Pulse[] = [];
  private recent: number[] = [];
  private frame: number | null = null;

  constructor(context: CanvasRenderingContext2D, props: PulseLayerProps) {
    this.context = context;
    this.props = props;
  }

  add(lanes: readonly (readonly [string, string])[]): void {
    const now = performance.now();
    this.ink = getComputedStyle(this.context.canvas).color;
    for (const [from, to] of lanes) {
      if (!this.props.spots.has(from) || !this.props.spots.has(to)) continue;
      this.pulses.push({ from, to, begun: now });
      this.recent.push(now);
    }
    this.recent = this.recent.filter((at) => now - at < 1000);
    if (this.pulses.length > 0) this.frame ??= requestAnimationFrame(() => this.draw());
  }

  stop(): void {
    if (this.frame !== null) cancelAnimationFrame(this.frame);
    this.context.clearRect(0, 0, this.props.width, this.props.height);
  }

  private draw(): void {
    const now = performance.now();
    const isGlow = this.recent.length > dotsPerSecond || isMotionReduced();
    const life = isGlow ? glowMs : flightMs;
    this.pulses = this.pulses.filter((pulse) => now - pulse.begun < life);
    this.context.clearRect(0, 0, this.props.width, this.props.height);
    for (const pulse of this.pulses) this.drawPulse(pulse, (now - pulse.begun) / life, isGlow);
    for (const hole of this.props.holes ?? noHoles) {
      this.context.clearRect(
        hole.x - holeSize.width / 2,
        hole.y - holeSize.height / 2,
        holeSize.width,
        holeSize.height,
      );
    }
    this.frame = this.pulses.length > 0 ? requestAnimationFrame(() => this.draw()) : null;
  }

  private drawPulse(pulse: Pulse, done: number, isGlow: boolean): void {
    const a = this.props.spots.get(pulse.from);
    const b = this.props.spots.get(pulse.to);
    if (a === undefined || b === undefined) return;
    const { from, to } = laneBetween(a, b, this.props.radius);
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    const at = (part: number): Point => ({ x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part });
    if (isGlow) this.line(from, to, (1 - done) * 0.6);
    else {
      const head = at(done);
      this.line(at(Math.max(0, done - tailPx / Math.max(1, length))), head, 0.35);
      this.context.globalAlpha = 1;
      this.context.fillStyle = this.ink;
      this.context.beginPath();
      this.context.arc(head.x, head.y, dotRadius, 0, 2 * Math.PI);
      this.context.fill();
    }
  }

  private line(from: Point, to: Point, alpha: number): void {
    this.context.globalAlpha = alpha;
    this.context.strokeStyle = this.ink;
    this.context.lineWidth = 2;
    this.context.lineCap = 'round';
    this.context.beginPath();
    this.context.moveTo(from.x, from.y);
    this.context.lineTo(to.x, to.y);
    this.context.stroke();
  }
}
