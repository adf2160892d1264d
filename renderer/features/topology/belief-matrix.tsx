import type { ReactElement } from 'react';
import { useWorld } from '../../app/lab-context.tsx';
import { beliefMatrix, type Cell, type Matrix } from '../../state/members.ts';
import { age, numberOf, span } from '../../state/words.ts';
import { classes } from '../../ui/class-names.ts';
import { StatusGlyph } from '../../ui/glyphs.tsx';
import { useNow } from '../../ui/use-now.ts';
import { Section } from './inspector.tsx';

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

function MatrixTable({ matrix, names }: { readonly matrix: Matrix; readonly names: readonly string[] }): ReactElement {
  const isDense = names.length > 4;
  return (
    <div className={classes(isDense && 'overflow-x-auto')}>
      <table
        aria-label="Who believes what"
        className="w-full table-fixed border-separate border-spacing-[3px] text-xs"
        style={isDense ? { minWidth: 92 + names.length * 30 } : undefined}
      >
        <thead>
          <tr>
            <th scope="col" className="w-[86px] text-2xs leading-[18px] text-ink-3">
              observer
            </th>
            {names.map((name) => (
              <th key={name} scope="col" aria-label={name} className="text-center text-2xs leading-[18px] text-ink-3">
                {numberOf(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {matrix.rows.map((row) => (
            <tr key={row.observer}>
              <th scope="row" className="overflow-hidden leading-[26px] text-ellipsis whitespace-nowrap text-ink-2">
                {row.observer}
              </th>
              {row.cells.map((cell, index) => (
                <MatrixCell key={names[index]} cell={cell} isDense={isDense} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const tones = {
  alive: 'bg-hover text-ink-2',
  suspect: 'bg-suspect-soft font-[550] text-suspect',
  dead: 'bg-dead-soft font-[550] text-dead',
  left: 'bg-hover text-left',
} as const;

function MatrixCell({ cell, isDense }: { readonly cell: Cell; readonly isDense: boolean }): ReactElement {
  const base = 'h-[26px] rounded-sm text-center whitespace-nowrap overflow-hidden';
  if (cell.kind === 'self') return <td className={classes(base, 'text-ink-3')}>self</td>;
  if (cell.kind === 'silent')
    return <td className={classes(base, 'hatch-grey text-ink-3')}>{isDense ? '–' : 'no answer'}</td>;
  if (cell.kind === 'none') return <td className={classes(base, 'text-ink-3')}>–</td>;
  return (
    <td aria-label={cell.status} className={classes(base, tones[cell.status])}>
      <span className="inline-flex items-center gap-1.5 align-middle">
        <StatusGlyph of={cell.status} size={10} />
        {isDense ? null : cell.status}
      </span>
    </td>
  );
}
