import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { Button } from './button.tsx';
import { classes } from './class-names.ts';

interface DialogProps {
  readonly label: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Shown as the heading; without it the label is only spoken. */
  readonly hasHeading?: boolean;
  readonly foot?: ReactNode;
  readonly width?: number;
  readonly className?: string;
}

/** A dialog over the scrim: traps focus and gives it back, Escape closes. */
export function Dialog({
  label,
  isOpen,
  onClose,
  children,
  hasHeading = true,
  foot,
  width = 520,
  className,
}: DialogProps): ReactElement {
  return (
    <Radix.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          aria-label={hasHeading ? undefined : label}
          aria-modal="true"
          aria-describedby={undefined}
          style={{ width }}
          className={classes(
            'appear fixed top-[15vh] left-1/2 z-50 flex max-h-[78vh] max-w-[94vw] -translate-x-1/2',
            'flex-col overflow-hidden rounded-lg bg-overlay shadow-dialog outline-none',
            className,
          )}
        >
          <Radix.Title
            className={hasHeading ? 'px-[22px] pt-[18px] pb-3 text-lg font-semibold tracking-[-.012em]' : 'sr-only'}
          >
            {label}
          </Radix.Title>
          {hasHeading && (
            <Radix.Close asChild>
              <Button
                look="ghost"
                bare
                icon={X}
                iconSize={16}
                aria-label={`Close ${label}`}
                className="absolute top-3.5 right-3.5"
              />
            </Radix.Close>
          )}
          {children}
          {foot !== undefined && (
            <div className="flex items-center gap-2 border-t border-line-2 px-[22px] py-3">{foot}</div>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
