import type { ReactElement, ReactNode } from 'react';
import { classes } from './class-names.ts';
import { SeverityGlyph, StatusGlyph, type SeverityShape, type StatusShape } from './glyphs.tsx';

export type ChipTone = 'plain' | 'alive' | 'suspect' | 'dead' | 'frozen' | 'info' | 'focus' | 'fault' | 'line';

const tones: Readonly<Record<ChipTone, string>> = {
  plain: 'bg-grey-soft text-ink-2',
  alive: 'bg-alive-soft text-alive',
  suspect: 'bg-suspect-soft text-suspect',
  dead: 'bg-dead-soft text-dead',
  frozen: 'bg-frozen-soft text-frozen',
  info: 'bg-info-soft text-info',
  focus: 'bg-focus-soft text-focus',
  fault: 'hatch',
  line: 'text-ink-2 shadow-line',
};

export function Chip({
  tone = 'plain',
  className,
  children,
}: {
  readonly tone?: ChipTone;
  readonly className?: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <span
      className={classes(
        'inline-flex h-5 items-center gap-[5px] rounded-sm px-[7px] text-2xs font-[550] whitespace-nowrap',
        tones[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}

const statusTones: Readonly<Partial<Record<StatusShape, ChipTone>>> = {
  alive: 'alive',
  suspect: 'suspect',
  dead: 'dead',
  crashed: 'dead',
  failed: 'dead',
  frozen: 'frozen',
};

export function StatusChip({
  of: shape,
  children,
}: {
  readonly of: StatusShape;
  readonly children?: ReactNode;
}): ReactElement {
  return (
    <Chip tone={statusTones[shape] ?? 'plain'}>
      <StatusGlyph of={shape} size={10} />
      {children ?? shape}
    </Chip>
  );
}

const severityTones: Readonly<Record<SeverityShape, ChipTone>> = {
  OK: 'alive',
  INFO: 'info',
  WARNING: 'suspect',
  CRITICAL: 'dead',
};

export function SeverityChip({ of: shape }: { readonly of: SeverityShape }): ReactElement {
  return (
    <Chip tone={severityTones[shape]}>
      <SeverityGlyph of={shape} size={12} />
      {shape}
    </Chip>
  );
}

/** A small round figure: rank of an owner, number of a member. */
export function RoundFigure({
  isHollow = false,
  children,
}: {
  readonly isHollow?: boolean;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <span
      className={classes(
        'num inline-grid h-[18px] min-w-[18px] place-items-center rounded-full px-1 text-2xs font-semibold',
        isHollow ? 'text-ink-3 shadow-line' : 'bg-press text-ink-1',
      )}
    >
      {children}
    </span>
  );
}

/** A key. As a hint inside a control it is for eyes only: the control has its name. */
export function Kbd({
  isHint = false,
  children,
}: {
  readonly isHint?: boolean;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <kbd
      aria-hidden={isHint || undefined}
      className={classes(
        'min-w-[18px] rounded-xs bg-hover px-[5px] text-center font-sans text-2xs font-medium',
        'whitespace-nowrap text-ink-2 shadow-line',
      )}
    >
      {children}
    </kbd>
  );
}
