import { useRef, type KeyboardEvent, type ReactElement, type ReactNode } from 'react';
import { classes } from './class-names.ts';
import { Spoken } from './spoken.tsx';

interface Segment<V extends string> {
  readonly value: V;
  readonly label: ReactNode;
  /** Accessible name when the label is not plain text. */
  readonly name?: string;
}

interface SegmentedProps<V extends string> {
  readonly label: string;
  readonly value: V;
  readonly segments: readonly Segment<V>[];
  readonly onChange: (value: V) => void;
  readonly isTight?: boolean;
  readonly className?: string;
}

/** One of a few, as a radio group: arrows move and choose, one tab stop. */
export function Segmented<V extends string>({
  label,
  value,
  segments,
  onChange,
  isTight = false,
  className,
}: SegmentedProps<V>): ReactElement {
  const group = useRef<HTMLSpanElement>(null);
  const move = (event: KeyboardEvent): void => {
    const step =
      event.key === 'ArrowRight' || event.key === 'ArrowDown'
        ? 1
        : event.key === 'ArrowLeft' || event.key === 'ArrowUp'
          ? -1
          : 0;
    if (step === 0) return;
    event.preventDefault();
    const index = segments.findIndex((segment) => segment.value === value);
    const next = segments[(index + step + segments.length) % segments.length];
    if (next === undefined) return;
    onChange(next.value);
    group.current?.querySelector<HTMLElement>(`[data-value="${next.value}"]`)?.focus();
  };
  return (
    <span
      ref={group}
      role="radiogroup"
      aria-label={label}
      onKeyDown={move}
      className={classes('inline-flex h-7 shrink-0 rounded-sm bg-hover p-0.5 shadow-line-1', className)}
    >
      {segments.map((segment) => (
        <button
          key={segment.value}
          type="button"
          role="radio"
          data-value={segment.value}
          aria-checked={segment.value === value}
          tabIndex={segment.value === value ? 0 : -1}
          onClick={() => onChange(segment.value)}
          className={classes(
            'flex items-center gap-1.5 rounded-[4px] text-xs font-medium whitespace-nowrap',
            isTight ? 'px-2' : 'px-2.5',
            segment.value === value
              ? 'bg-overlay text-ink-1 shadow-[0_0_0_1px_var(--kl-line-2),0_1px_2px_rgb(0_0_0/.12)]'
              : 'text-ink-2 hover:text-ink-1',
          )}
        >
          {segment.name === undefined ? segment.label : <Spoken name={segment.name}>{segment.label}</Spoken>}
        </button>
      ))}
    </span>
  );
}
