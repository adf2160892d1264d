import type { ReactElement } from 'react';
import { classes } from './class-names.ts';

interface BarProps {
  readonly label: string;
  /** 0 to 1. */
  readonly fraction: number;
  readonly fill?: string;
  readonly className?: string;
  readonly valueText?: string;
}

/** A progress bar that only shows what is known. */
export function Bar({ label, fraction, fill = 'bg-ink-1', className, valueText }: BarProps): ReactElement {
  const percent = Math.round(Math.min(1, Math.max(0, fraction)) * 1000) / 10;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(percent)}
      aria-valuetext={valueText}
      className={classes('h-1.5 overflow-hidden rounded-full bg-line-2', className)}
    >
      <div className={classes('h-full rounded-full', fill)} style={{ width: `${percent}%` }} />
    </div>
  );
}
