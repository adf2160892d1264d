import { useEffect, useState, type ReactElement } from 'react';
import { useLab } from '../../app/lab-context.tsx';

const keptLines = 40;

/** The last lines of a log, given or followed while the panel is open. */
export function StepLog({
  title,
  lines,
  member,
}: {
  readonly title: string;
  readonly lines?: readonly string[];
  readonly member?: string;
}): ReactElement {
  const { bridge } = useLab();
  const [followed, setFollowed] = useState<readonly string[]>([]);
  useEffect(() => {
    if (member === undefined) return undefined;
    return bridge.subscribe('log', member, (notice) =>
      setFollowed((known) => [...known, ...notice.map((line) => line.text)].slice(-keptLines)),
    );
  }, [bridge, member]);
  const shown = lines ?? followed;
  return (
    <section
      aria-label={title}
      className="mt-2.5 max-h-44 overflow-auto rounded-md bg-sunken px-3 py-2 shadow-line-1"
      tabIndex={0}
    >
      <h2 className="text-2xs font-medium text-ink-3">{title}</h2>
      <pre className="font-mono text-2xs leading-[17px] break-words whitespace-pre-wrap text-ink-2 [font-variant-ligatures:none]">
        {shown.length === 0 ? 'Nothing written yet.' : shown.join('\n')}
      </pre>
    </section>
  );
}
