import type { LucideIcon } from 'lucide-react';
import type { ReactElement } from 'react';

/** A lucide icon at the weight the design gives its size. Decorative: names stand on the control. */
export function Icon({
  of: Shape,
  size = 15,
  className,
}: {
  readonly of: LucideIcon;
  readonly size?: number;
  readonly className?: string | undefined;
}): ReactElement {
  const weight = size <= 14 ? 2.1 : size >= 17 ? 1.6 : 1.85;
  return (
    <Shape width={size} height={size} strokeWidth={weight} className={className} aria-hidden="true" focusable="false" />
  );
}
