import type { ReactElement } from 'react';
import { useWorld } from '../../app/lab-context.tsx';
import { beliefMatrix, type Cell, type Matrix } from '../../state/members.ts';
import { age, numberOf, span } from '../../state/words.ts';
import { classes } from '../../ui/class-names.ts';
import { StatusGlyph } from '../../ui/glyphs.tsx';
import { Spoken } from '../../ui/spoken.tsx';
import { useNow } from '../../ui/use-now.ts';
import { Section } from './inspector-parts.tsx';

/** Who believes what (feature S2): a row per observer, a column per member; disagreement is marked and timed. */
export function BeliefSection(): ReactElement | null {
  const host = useWorld((world) => world.host);
  if (host === null || host.members.length === 0) return null;
  const matrix = beliefMatrix(host);
  return (
    <Section title="Who believes what" note={<Agreement matrix={matrix} />}>
      <MatrixTable matrix={matrix} names={host.members.map((member) => member.name)} />
    </Section>
  );
}

function Agreement({ matrix }: { readonly matrix: Matrix }): ReactElement | null {
  const now = useNow(matrix.isAgreed ? 1000 : 100);
  if (matrix.since === null) return null;
  return matrix.isAgreed ? (
    <span className="text-alive">agreed for {age(now - matrix.since)}</span>
  ) : (
    <span className="text-suspect">differs for {span(now - matrix.since)}</span>
  );
}

/** Words up to four members, shapes up to nine, small shapes up to twenty: the table never scrolls sideways. */
type Density = 'words' | 'shapes' | 'small';

function densityOf(count: number): Density {
  if (count <= 4) return 'words';
  return count <= 9 ? 'shapes' : 'small';
}

function MatrixTable({ matrix, names }: { readonly matrix: Matrix; readonly names: readonly string[] }): ReactElement {
  const density = densityOf(names.length);
  const gap = density === 'small' ? 'border-spacing-px' : 'border-spacing-[3px]';
  return (
    <table
      aria-label="Who believes what"
      className={classes('-mx-[3px] w-[calc(100%+6px)] table-fixed border-separate text-xs', gap)}
    >
      <thead>
        <tr>
          <th scope="col" className="w-[86px] text-2xs leading-[18px] text-ink-3">
            observer
          </th>
          {names.map((name) => (
            <th key={name} scope="col" className="!text-center text-2xs leading-[18px] text-ink-3">
              <Spoken name={name}>{density === 'small' ? null : numberOf(name)}</Spoken>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {matrix.rows.map((row) => (
          <tr key={row.observer}>
            <th scope="row" className="overflow-hidden text-ellipsis whitespace-nowrap text-ink-2">
              {row.observer}
            </th>
            {row.cells.map((cell, index) => (
              <MatrixCell key={names[index]} cell={cell} density={density} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const tones = {
  alive: 'bg-hover text-ink-2',
  suspect: 'bg-suspect-soft font-[550] text-suspect',
  dead: 'bg-dead-soft font-[550] text-dead',
  left: 'bg-hover text-ink-2',
} as const;

function MatrixCell({ cell, density }: { readonly cell: Cell; readonly density: Density }): ReactElement {
  const isSmall = density === 'small';
  const base = classes(
    'overflow-hidden text-center whitespace-nowrap',
    isSmall ? 'h-4 rounded-xs' : 'h-[26px] rounded-sm',
  );
  if (cell.kind === 'self') return <td className={classes(base, 'text-ink-3')}>{isSmall ? '·' : 'self'}</td>;
  if (cell.kind === 'silent') {
    return (
      <td aria-label="no answer" className={classes(base, 'hatch-grey text-ink-3')}>
        {density === 'words' ? 'no answer' : isSmall ? '' : '–'}
      </td>
    );
  }
  if (cell.kind === 'none') return <td className={classes(base, 'text-ink-3')}>{isSmall ? '' : '–'}</td>;
  return (
    <td aria-label={cell.status} className={classes(base, tones[cell.status])}>
      <span className="inline-flex items-center gap-1.5 align-middle">
        <StatusGlyph of={cell.status} size={isSmall ? 7 : 10} />
        {density === 'words' ? cell.status : null}
      </span>
    </td>
  );
}
