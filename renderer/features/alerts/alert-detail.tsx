import { Check, Copy, SquareTerminal, Zap } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { AlertRecord } from '../../../electron/contract/state.ts';
import { useWorld } from '../../app/lab-context.tsx';
import { Sentence } from '../../app/story-line.tsx';
import { goTo, select } from '../../app/session.ts';
import { alertAsText, alertRows, alertSentence, type AlertRow, type OutcomeTone } from '../../state/alerts.ts';
import { showTopicCommand } from '../../state/commands.ts';
import { zone } from '../../state/words.ts';
import { Button } from '../../ui/button.tsx';
import { Chip, SeverityChip, type ChipTone } from '../../ui/chip.tsx';
import { copyText } from '../../ui/clipboard.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { LifePicture } from './life-picture.tsx';
import { classes } from '../../ui/class-names.ts';

export function AlertDetail({ alert }: { readonly alert: AlertRecord }): ReactElement | null {
  const host = useWorld((world) => world.host);
  const history = useWorld((world) => world.history);
  if (host === null) return null;
  return (
    <section aria-label="Alert detail" className="flex min-h-0 min-w-0 flex-1 flex-col overflow-y-auto" tabIndex={0}>
      <div className="px-5 pt-4 pb-3.5">
        <div className="flex items-center gap-2">
          <SeverityChip of={alert.level} />
          <h2 className="overflow-hidden text-lg font-semibold tracking-[-.012em] text-ellipsis whitespace-nowrap">
            {alert.event}
          </h2>
          <span className="text-xs whitespace-nowrap text-ink-3">topic {alert.topic}</span>
          {alert.inline && <Chip tone="suspect">inline, one per member</Chip>}
          <span className="ml-auto">
            <CopyAsText text={() => alertAsText(host, history, alert)} />
          </span>
        </div>
        <p role="status" aria-label="What became of it" className="mt-2 max-w-[780px] text-md">
          <Sentence parts={alertSentence(host, history, alert)} />
        </p>
      </div>
      <LifePicture alert={alert} />
      <DidTable rows={alertRows(host, history, alert)} />
      <div className="mt-auto flex items-center gap-2.5 border-t border-line-1 px-5 py-2 text-xs text-ink-2">
        <Icon of={SquareTerminal} size={14} className="text-ink-3" />
        <span className="mono">{showTopicCommand(alert.topic)}</span>
        <CopyButton label="Copy command" text={showTopicCommand(alert.topic)} />
        <span className="ml-auto text-ink-3">Times are local, {zone(alert.at)}</span>
      </div>
    </section>
  );
}

function CopyAsText({ text }: { readonly text: () => string }): ReactElement {
  const [isCopied, setCopied] = useState(false);
  return (
    <Button
      look="ghost"
      icon={isCopied ? Check : Copy}
      onClick={() => void copyText(text()).then(setCopied)}
      onBlur={() => setCopied(false)}
    >
      Copy as text
    </Button>
  );
}

const tones: Readonly<Record<OutcomeTone, ChipTone>> = {
  plain: 'plain',
  good: 'alive',
  fault: 'fault',
  warning: 'suspect',
  bad: 'dead',
};
const cell =
  '[&_td]:h-(--kl-h-row) [&_td]:border-b [&_td]:border-line-1 [&_td]:px-3 [&_td:first-child]:pl-5 [&_td:last-child]:pr-5';

function DidTable({ rows }: { readonly rows: readonly AlertRow[] }): ReactElement {
  return (
    <table
      aria-label="What each member did"
      className="w-full border-collapse text-xs whitespace-nowrap [&_tr:last-child_td]:border-b-0"
    >
      <thead>
        <tr
          className={classes(
            'text-2xs text-ink-3 [&_th]:h-7 [&_th]:border-b [&_th]:border-line-1 [&_th]:px-3',
            '[&_th:first-child]:pl-5 [&_th:last-child]:pr-5',
          )}
        >
          <th scope="col" className="w-26">
            After
          </th>
          <th scope="col" className="w-28">
            Member
          </th>
          <th scope="col" className="w-[70px]">
            Part
          </th>
          <th scope="col">What it did</th>
          <th scope="col" className="!text-right">
            Outcome
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key} className={cell}>
            <td className="num text-ink-2">{row.after}</td>
            <td>
              <button
                type="button"
                className="font-[550] hover:underline"
                onClick={() => {
                  goTo('topology');
                  select({ kind: 'member', name: row.member });
                }}
              >
                {row.member}
              </button>
            </td>
            <td className="text-ink-2">{row.part}</td>
            <td className="max-w-0 overflow-hidden text-ellipsis" title={row.did}>
              {row.did}
            </td>
            <td className="w-0 text-right">
              <Chip tone={tones[row.tone]}>
                {row.tone === 'fault' && <Icon of={Zap} size={11} />}
                {row.tone === 'good' && <Icon of={Check} size={11} />}
                {row.outcome}
              </Chip>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
