import type { ReactElement, ReactNode } from 'react';

/**
 * A control whose visible words are not its name: the name is spoken, the words are for eyes. Unlike `aria-label` it
 * lets what is seen differ without claiming that it is what is said.
 */
export function Spoken({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <>
      <span className="sr-only">{name}</span>
      <span aria-hidden="true" className="contents">
        {children}
      </span>
    </>
  );
}
