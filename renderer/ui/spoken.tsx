import type { ReactElement, ReactNode } from 'react';

interface SpokenProps {
  readonly name: string;
  /**
   * How the visible part is laid out: `row` is a row of its own with the gap of the control; `through` lets its
   * elements take part in the layout of the control, for elements only, without bare text.
   */
  readonly layout?: 'row' | 'through';
  readonly children: ReactNode;
}

const layouts = { row: 'inline-flex min-w-0 items-center gap-[inherit]', through: 'contents' } as const;

/**
 * A control whose visible words are not its name: the name is spoken, the words are for eyes. Unlike `aria-label` it
 * lets what is seen differ without claiming that it is what is said.
 */
export function Spoken({ name, layout = 'row', children }: SpokenProps): ReactElement {
  return (
    <>
      <span className="sr-only">{name}</span>
      <span aria-hidden="true" className={layouts[layout]}>
        {children}
      </span>
    </>
  );
}
