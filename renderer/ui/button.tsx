import type { LucideIcon } from 'lucide-react';
import type { ButtonHTMLAttributes, ReactElement, Ref } from 'react';
import { classes } from './class-names.ts';
import { Icon } from './icon.tsx';
import { Spoken } from './spoken.tsx';

type ButtonLook = 'plain' | 'primary' | 'ghost' | 'fault' | 'danger';

const looks: Readonly<Record<ButtonLook, string>> = {
  plain: 'bg-raised shadow-line hover:bg-overlay active:bg-press [&_svg]:text-ink-2',
  primary: 'bg-solid text-ink-inv hover:bg-solid-hover',
  ghost: 'text-ink-2 hover:bg-hover hover:text-ink-1 active:bg-press [&_svg]:text-ink-2',
  fault: 'bg-fault-soft text-fault shadow-fault hover:brightness-110',
  danger: 'bg-raised text-dead shadow-line hover:bg-dead-soft',
};

/** `aria-disabled`, not `disabled`: the control keeps its focus and can say why it is off. */
const off =
  'aria-disabled:bg-transparent aria-disabled:text-ink-3 aria-disabled:hover:bg-transparent aria-disabled:[&_svg]:text-ink-3';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: ButtonLook;
  readonly icon?: LucideIcon | undefined;
  readonly iconSize?: number;
  /** Only the icon shows; `aria-label` names it. */
  readonly bare?: boolean;
  readonly large?: boolean;
  readonly isOff?: boolean;
  /** The name, where the visible words are shorter or carry keys. */
  readonly spokenName?: string;
  readonly ref?: Ref<HTMLButtonElement>;
}

export function Button({
  look = 'plain',
  icon,
  iconSize,
  bare = false,
  large = false,
  isOff = false,
  spokenName,
  className,
  children,
  onClick,
  ...rest
}: ButtonProps): ReactElement {
  const size = large ? 'h-10 rounded-md text-md' : 'h-7 rounded-sm text-sm';
  const gutter = bare ? (large ? 'w-10' : 'w-7') : large ? 'px-[18px]' : look === 'ghost' ? 'px-2' : 'px-[11px]';
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={isOff || undefined}
      onClick={isOff ? undefined : onClick}
      className={classes(
        'inline-flex shrink-0 items-center justify-center gap-[7px] font-medium whitespace-nowrap',
        'transition-colors duration-(--kl-t-instant)',
        size,
        gutter,
        looks[look],
        isOff && off,
        isOff && look === 'primary' && 'bg-press!',
        className,
      )}
    >
      {icon !== undefined && <Icon of={icon} size={iconSize ?? (large ? 16 : bare ? 15 : 14)} />}
      {spokenName === undefined ? children : <Spoken name={spokenName}>{children}</Spoken>}
    </button>
  );
}

/** A switch with its word before it, as in the header. */
export function SwitchButton({
  label,
  on,
  onChange,
  children,
}: {
  readonly label: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
  readonly children?: string;
}): ReactElement {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      aria-label={label}
      onClick={() => onChange(!on)}
      className="inline-flex h-7 items-center gap-[7px] rounded-sm px-2 font-medium text-ink-2 hover:text-ink-1"
    >
      {children}
      <span
        className={classes(
          'relative h-4 w-7 shrink-0 rounded-full transition-colors duration-(--kl-t-quick)',
          on ? 'bg-focus' : 'bg-line-3',
        )}
      >
        <span
          className={classes(
            'absolute top-0.5 size-3 rounded-full transition-[left] duration-(--kl-t-quick)',
            on ? 'left-3.5 bg-white [[data-theme=dark]_&]:bg-ink-inv' : 'left-0.5 bg-white',
          )}
        />
      </span>
    </button>
  );
}
