/** Status and severity glyphs of our own (12 and 14 px boxes), and the app's mark. A shape for each, never colour alone. */
import type { ReactElement } from 'react';

export type StatusShape =
  | 'alive'
  | 'suspect'
  | 'dead'
  | 'left'
  | 'frozen'
  | 'stopped'
  | 'starting'
  | 'unknown'
  | 'ghost'
  | 'crashed'
  | 'failed';
export type SeverityShape = 'OK' | 'INFO' | 'WARNING' | 'CRITICAL';

const statusColour: Readonly<Record<StatusShape, string>> = {
  alive: 'text-alive',
  suspect: 'text-suspect',
  dead: 'text-dead',
  left: 'text-left',
  frozen: 'text-frozen',
  stopped: 'text-stopped',
  starting: 'text-starting',
  unknown: 'text-ink-3',
  ghost: 'text-ink-3',
  crashed: 'text-dead',
  failed: 'text-dead',
};

export function statusInk(shape: StatusShape): string {
  return statusColour[shape];
}

export function StatusGlyph({
  of: shape,
  size = 12,
}: {
  readonly of: StatusShape;
  readonly size?: number;
}): ReactElement {
  return (
    <svg className={statusColour[shape]} width={size} height={size} viewBox="0 0 12 12" aria-hidden="true">
      {statusPaths[shape]}
    </svg>
  );
}

const cross = (
  <path d="M2 2 10 10M10 2 2 10" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" fill="none" />
);

const statusPaths: Readonly<Record<StatusShape, ReactElement>> = {
  alive: <circle cx="6" cy="6" r="5" fill="currentColor" />,
  suspect: (
    <>
      <circle cx="6" cy="6" r="4.9" fill="none" stroke="currentColor" strokeWidth="1.6" />
      <path d="M6 6V1.1A4.9 4.9 0 0 1 6 10.9Z" fill="currentColor" />
    </>
  ),
  dead: cross,
  crashed: cross,
  failed: cross,
  left: <circle cx="6" cy="6" r="4.6" fill="none" stroke="currentColor" strokeWidth="1.6" strokeDasharray="2.4 2.4" />,
  frozen: (
    <path
      d="M6 .8V11.2M1.5 3.4 10.5 8.6M10.5 3.4 1.5 8.6"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      fill="none"
    />
  ),
  stopped: (
    <rect x="1.8" y="1.8" width="8.4" height="8.4" rx="1.4" fill="none" stroke="currentColor" strokeWidth="1.6" />
  ),
  starting: (
    <path
      className="spin"
      d="M6 1.1A4.9 4.9 0 1 1 1.1 6"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
    />
  ),
  unknown: (
    <>
      <circle cx="6" cy="6" r="4.9" fill="none" stroke="currentColor" strokeWidth="1.6" />
      <path d="M3.8 6H8.2" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
    </>
  ),
  ghost: <circle cx="6" cy="6" r="4.6" fill="none" stroke="currentColor" strokeWidth="1.4" strokeDasharray="1.6 2.6" />,
};

const severityColour: Readonly<Record<SeverityShape, string>> = {
  OK: 'text-ok',
  INFO: 'text-info',
  WARNING: 'text-warning',
  CRITICAL: 'text-critical',
};

export function severityInk(shape: SeverityShape): string {
  return severityColour[shape];
}

export function SeverityGlyph({
  of: shape,
  size = 14,
  x,
  y,
}: {
  readonly of: SeverityShape;
  readonly size?: number;
  readonly x?: number;
  readonly y?: number;
}): ReactElement {
  return (
    <svg
      className={severityColour[shape]}
      width={size}
      height={size}
      x={x}
      y={y}
      viewBox="0 0 14 14"
      aria-hidden="true"
    >
      {severityPaths[shape]}
    </svg>
  );
}

const severityPaths: Readonly<Record<SeverityShape, ReactElement>> = {
  OK: (
    <>
      <rect x="1.4" y="1.4" width="11.2" height="11.2" rx="3" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path
        d="m4.3 7.2 1.9 1.9 3.6-4"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </>
  ),
  INFO: (
    <>
      <rect x="1.4" y="1.4" width="11.2" height="11.2" rx="3" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M7 6.4v3.4M7 4.2v.1" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" />
    </>
  ),
  WARNING: (
    <>
      <path d="M7 1.6 13 12.2H1Z" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round" />
      <path d="M7 5.6v3M7 10.4v.1" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
    </>
  ),
  CRITICAL: (
    <>
      <path d="M4.4.8h5.2l3.6 3.6v5.2l-3.6 3.6H4.4L.8 9.6V4.4Z" fill="currentColor" />
      <path d="M7 3.9v3.6M7 10v.1" stroke="var(--kl-canvas)" strokeWidth="1.8" strokeLinecap="round" />
    </>
  ),
};

export function Mark({ size = 18 }: { readonly size?: number }): ReactElement {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden="true">
      <path d="M1 10h6M13 10h6" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
      <path d="M7.6 3.5v13M12.4 3.5v13" stroke="currentColor" strokeWidth="2.4" strokeLinecap="round" />
    </svg>
  );
}

/** Hatchings and the arrow head that pictures share. Once per svg: ids are local to the document. */
export function PictureDefs({ id }: { readonly id: string }): ReactElement {
  return (
    <defs>
      <pattern id={`${id}-hatch`} width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
        <rect width="8" height="8" fill="var(--kl-fault-soft)" />
        <rect width="8" height="4" fill="var(--kl-fault-line)" opacity=".55" />
      </pattern>
      <pattern id={`${id}-hatchgrey`} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
        <rect width="6" height="2.4" fill="var(--kl-ink-3)" opacity=".45" />
      </pattern>
      <pattern id={`${id}-hatchdead`} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="6" height="6" fill="var(--kl-dead-soft)" />
        <rect width="6" height="2" fill="var(--kl-dead)" opacity=".6" />
      </pattern>
      <pattern id={`${id}-wait`} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
        <rect width="6" height="6" fill="var(--kl-grey-soft)" />
        <rect width="6" height="2" fill="var(--kl-ink-2)" opacity=".5" />
      </pattern>
      <marker
        id={`${id}-arrow`}
        viewBox="0 0 8 8"
        refX="7"
        refY="4"
        markerWidth="7"
        markerHeight="7"
        orient="auto-start-reverse"
      >
        <path d="M1 1 7 4 1 7" fill="none" stroke="context-stroke" strokeWidth="1.4" />
      </marker>
    </defs>
  );
}
