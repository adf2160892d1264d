/** The live timeline: the right edge is ahead, the line is now, left of it is what happened. */
import { useEffect, useMemo, useRef, useState, type ReactElement, type RefObject } from 'react';
import { isMotionReduced } from '../../app/appearance.ts';
import { useWorld } from '../../app/lab-context.tsx';
import { useSession } from '../../app/session.ts';
import { axisTicks, timelineScene, type TimelineFrame, type TimelineScene } from '../../state/timeline.ts';
import { shownTopic } from '../../state/topics.ts';
import { clock, hourMinute } from '../../state/words.ts';
import { PictureDefs } from '../../ui/glyphs.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { wallNow } from '../../ui/clock.ts';
import { useNow } from '../../ui/use-now.ts';
import { useSize } from '../../ui/use-size.ts';
import { Marks } from './timeline-marks.tsx';
import { rangeStore, useRange, type RangeName } from './range.ts';

const labelColumn = 128;
const axisPx = 26;

const ranges: Readonly<Record<RangeName, { readonly ms: number; readonly aheadPart: number }>> = {
  '15 s': { ms: 16_300, aheadPart: 0.264 },
  '2 min': { ms: 132_000, aheadPart: 0.125 },
  '15 min': { ms: 15.5 * 60_000, aheadPart: 0.1 },
};

export function TimelineTools(): ReactElement {
  const range = useRange();
  return (
    <Segmented<RangeName>
      label="Range"
      value={range}
      onChange={(next) => rangeStore.setState({ range: next })}
      segments={[
        { value: '15 s', label: '15 s' },
        { value: '2 min', label: '2 min' },
        { value: '15 min', label: '15 min' },
      ]}
      className="h-[26px]"
    />
  );
}

export function TimelinePane(): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  const range = useRange();
  return (
    <div ref={box} className="h-full overflow-x-hidden overflow-y-auto" tabIndex={0} role="group" aria-label="Lanes">
      {size !== null && size.width > 260 && <Drawn key={range} width={size.width} least={size.height} />}
    </div>
  );
}

function Drawn({ width, least }: { readonly width: number; readonly least: number }): ReactElement | null {
  const host = useWorld((world) => world.host);
  const history = useWorld((world) => world.history);
  const wanted = useSession((state) => state.topic);
  const { ms, aheadPart } = ranges[useRange()];
  const plot = width - labelColumn;
  const pxPerMs = plot / ms;
  const nowX = labelColumn + plot * (1 - aheadPart);
  const anchor = useAnchor(ms);
  const hasDeadline = host !== null && host.members.some((member) => member.views.some((view) => view.deadAt !== null));
  const now = useNow(hasDeadline ? 100 : 1000);
  const frame = useMemo<TimelineFrame>(
    () => ({ anchor, pxPerMs, fromMs: -ms * (1 - aheadPart), toMs: ms * (aheadPart + 0.2) }),
    [anchor, pxPerMs, ms, aheadPart],
  );
  const topic = host === null ? null : (shownTopic(host, wanted)?.topic ?? null);
  const scene = useMemo(
    () => (host === null ? null : timelineScene(host, history, topic, frame, now)),
    [host, history, topic, frame, now],
  );
  const moving = useRef<SVGGElement>(null);
  const [past, ahead] = [useRef<SVGGElement>(null), useRef<SVGGElement>(null)];
  useDrift([moving, past, ahead], anchor, pxPerMs, nowX);
  if (scene === null) return null;
  const height = Math.max(scene.height, least);
  return (
    <svg
      width={width}
      height={height}
      role="img"
      aria-label={`Timeline, ${clock(anchor + frame.fromMs)} to ${clock(anchor + ms * aheadPart)}`}
      className="block font-sans text-2xs"
    >
      <PictureDefs id="tl" />
      <defs>
        <clipPath id="tl-plot">
          <rect x={labelColumn} y="0" width={plot} height={height} />
        </clipPath>
        <clipPath id="tl-past">
          <rect x={labelColumn} y="0" width={nowX - labelColumn} height={height} />
        </clipPath>
        <clipPath id="tl-ahead">
          <rect x={nowX} y="0" width={width - nowX} height={height} />
        </clipPath>
      </defs>
      <g clipPath="url(#tl-plot)">
        <g ref={moving}>
          <Grid frame={frame} height={height} />
        </g>
      </g>
      <rect x={nowX} y={axisPx} width={width - nowX} height={height - axisPx} fill="var(--kl-hover)" />
      <LaneLines scene={scene} width={width} />
      <g clipPath="url(#tl-past)">
        <g ref={past}>
          <Marks marks={scene.past} layer="bars" />
        </g>
      </g>
      <g clipPath="url(#tl-ahead)">
        <g ref={ahead}>
          <Marks marks={scene.ahead} layer="bars" />
        </g>
      </g>
      <WordLayer scene={scene} anchor={anchor} pxPerMs={pxPerMs} nowX={nowX} />
      {scene.isEmpty && (
        <text x={labelColumn + 12} y={height - 10} fill="var(--kl-ink-3)">
          Nothing has happened yet.
        </text>
      )}
      <NowLine x={nowX} height={height} />
    </svg>
  );
}

/** Points and words may stand on both sides of now. */
function WordLayer({
  scene,
  anchor,
  pxPerMs,
  nowX,
}: {
  readonly scene: TimelineScene;
  readonly anchor: number;
  readonly pxPerMs: number;
  readonly nowX: number;
}): ReactElement {
  const words = useRef<SVGGElement>(null);
  useDrift([words], anchor, pxPerMs, nowX);
  return (
    <g clipPath="url(#tl-plot)">
      <g ref={words}>
        <Marks marks={scene.past} layer="points" />
        <Marks marks={scene.ahead} layer="points" />
      </g>
    </g>
  );
}

/** The content is drawn from an anchor that is renewed now and then; between, one transform moves it. */
function useAnchor(ms: number): number {
  const [anchor, setAnchor] = useState(wallNow);
  useEffect(() => {
    const timer = setInterval(() => setAnchor(wallNow()), ms / 8);
    return () => clearInterval(timer);
  }, [ms]);
  return anchor;
}

function useDrift(
  groups: readonly RefObject<SVGGElement | null>[],
  anchor: number,
  pxPerMs: number,
  nowX: number,
): void {
  useEffect(() => {
    const move = (): void => {
      const step = isMotionReduced() ? 1000 : 1;
      const drift = Math.floor((wallNow() - anchor) / step) * step * pxPerMs;
      for (const group of groups) group.current?.setAttribute('transform', `translate(${(nowX - drift).toFixed(2)} 0)`);
    };
    move();
    // A pixel takes 15 s of a quarter of an hour and 15 ms of fifteen seconds: no more frames than pixels.
    const pxPerSecond = pxPerMs * 1000;
    if (pxPerSecond < 10) {
      const timer = setInterval(move, 250);
      return () => clearInterval(timer);
    }
    let frame = requestAnimationFrame(function each(): void {
      move();
      frame = requestAnimationFrame(each);
    });
    return () => cancelAnimationFrame(frame);
  });
}

function Grid({ frame, height }: { readonly frame: TimelineFrame; readonly height: number }): ReactElement {
  const ticks = axisTicks(frame.anchor + frame.fromMs, frame.anchor + frame.toMs, frame.pxPerMs);
  const isMinutes = 60_000 * frame.pxPerMs < 140;
  return (
    <g className="num">
      {ticks.map((tick) => {
        const x = (tick.at - frame.anchor) * frame.pxPerMs;
        return (
          <g key={tick.at}>
            <path d={`M${x.toFixed(1)} ${axisPx}V${height}`} stroke="var(--kl-line-1)" />
            {tick.isLabelled && (
              <text x={x} y="17" textAnchor="middle" fill="var(--kl-ink-3)">
                {isMinutes ? hourMinute(tick.at) : clock(tick.at)}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}

function LaneLines({ scene, width }: { readonly scene: TimelineScene; readonly width: number }): ReactElement {
  return (
    <g>
      {scene.lanes.map((lane, index) => (
        <g key={lane.key}>
          {index > 0 && <path d={`M20 ${lane.top + 0.5}H${width}`} stroke="var(--kl-line-1)" />}
          <text x="20" y={lane.top + lane.height / 2 + 4} fontSize="12" fill="var(--kl-ink-2)">
            {lane.title.length > 16 ? `${lane.title.slice(0, 15)}…` : lane.title}
          </text>
        </g>
      ))}
    </g>
  );
}

function NowLine({ x, height }: { readonly x: number; readonly height: number }): ReactElement {
  const isLost = useWorld((world) => world.connection === 'lost');
  const ink = isLost ? 'var(--kl-ink-3)' : 'var(--kl-alive)';
  return (
    <g>
      <linearGradient id="tl-fade">
        <stop offset="0" stopColor="var(--kl-canvas)" stopOpacity="0" />
        <stop offset=".34" stopColor="var(--kl-canvas)" />
        <stop offset=".66" stopColor="var(--kl-canvas)" />
        <stop offset="1" stopColor="var(--kl-canvas)" stopOpacity="0" />
      </linearGradient>
      <rect x={x - 76} y="2" width="152" height="22" fill="url(#tl-fade)" />
      <path d={`M${x} 22V${height}`} stroke={ink} strokeWidth="1.5" />
      <rect x={x - 19} y="3" width="38" height="18" rx="4" fill={ink} />
      <text x={x} y="16" textAnchor="middle" fontWeight="600" fill="var(--kl-ink-inv)">
        {isLost ? 'Lost' : 'Live'}
      </text>
    </g>
  );
}
