/**
 * Before a lab runs: one button, what it will run, then each step with its time. It becomes Topology by itself when
 * the members report.
 */
import { Check, CircleX, Clock, Info, Keyboard, Play, RotateCcw, ScrollText, X } from 'lucide-react';
import { useCallback, useEffect, useState, type ReactElement, type ReactNode } from 'react';
import type { LabPlan, PlanStep } from '../../../electron/contract/state.ts';
import { useFrame } from '../../app/frame-context.tsx';
import { useHost } from '../../app/lab-context.tsx';
import { session } from '../../app/session.ts';
import { useActions } from '../../app/use-actions.tsx';
import { startCommand } from '../../state/commands.ts';
import { holderNotes } from '../../state/port-notes.ts';
import { capital, duration, inWords } from '../../state/words.ts';
import { Button } from '../../ui/button.tsx';
import { Kbd } from '../../ui/chip.tsx';
import { classes } from '../../ui/class-names.ts';
import { StatusGlyph } from '../../ui/glyphs.tsx';
import { Icon } from '../../ui/icon.tsx';
import { GhostMap } from './ghost-map.tsx';
import { StepLog } from './step-log.tsx';
import { Overlays } from '../../ui/overlays.tsx';

export function FirstStartScreen(): ReactElement {
  const status = useHost((host) => host.lab.status);
  const isPlan = status === 'planned' || status === 'stopped';
  const { isNarrow, isLow } = useFrame();
  return (
    <main
      data-region="main"
      aria-label={isPlan ? 'First start' : 'Starting the lab'}
      className="col-span-full flex min-h-0 min-w-0 flex-col overflow-y-auto bg-canvas"
    >
      <div
        className={classes(
          'mx-auto flex w-full max-w-[1560px] flex-1 justify-between gap-12',
          isNarrow ? 'px-14' : 'pr-24 pl-34',
          isLow ? 'pt-14' : 'pt-[124px]',
        )}
      >
        <div className="w-[520px] shrink-0">{isPlan ? <Plan /> : <Progress />}</div>
        <GhostMap />
      </div>
      <Foot />
      <Overlays />
    </main>
  );
}

function Headline({ children }: { readonly children: ReactNode }): ReactElement {
  return (
    <h1 className="max-w-[520px] text-[34px] leading-[42px] font-semibold tracking-[-.03em] text-balance">
      {children}
    </h1>
  );
}

function Plan(): ReactElement {
  const lab = useHost((host) => host.lab);
  const actions = useActions();
  const [isAsked, setAsked] = useState(false);
  const count = lab.plan.members.length;
  const start = useCallback((): void => {
    setAsked(true);
    void actions.startLab().finally(() => setAsked(false));
  }, [actions]);
  useEffect(() => {
    // Enter starts it from anywhere but from another control.
    const onKey = (event: KeyboardEvent): void => {
      const isFree = document.activeElement === null || document.activeElement === document.body;
      if (event.key === 'Enter' && isFree && !event.defaultPrevented) start();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [start]);
  return (
    <>
      <Headline>
        {count === 1 ? 'One member' : `${capital(inWords(count))} members`}, one cluster,
        <br />
        on this computer.
      </Headline>
      <p className="mt-3.5 mb-[26px] max-w-[500px] text-md text-ink-2">
        A lab runs {inWords(count)} real kapacitord processes, joins them
        {lab.plan.data === 'none' ? '' : ' and feeds them sample data'}. Break links, crash members and watch what
        happens to your alerts.
      </p>
      <Button look="primary" large icon={Play} isOff={isAsked} title={startCommand(lab)} onClick={start}>
        Start lab
      </Button>
      <div className="mt-3.5 flex gap-[18px] text-xs text-ink-3">
        <span className="flex items-center gap-[5px]">
          <Kbd>Enter</Kbd> starts it
        </span>
        <span>No account, no network, nothing installed.</span>
      </div>
      <div className="mt-11">
        <h2 className="mb-1.5 text-xs font-medium text-ink-3">What will run</h2>
        <PlanTable plan={lab.plan} />
        {holderNotes(lab.plan.portNotes).map((note) => (
          <div
            key={note.holder}
            className="mt-2.5 flex gap-2.5 rounded-md bg-suspect-soft px-3 py-2.5 text-xs leading-[18px] text-ink-2"
          >
            <Icon of={Info} size={16} className="mt-px text-suspect" />
            <span>
              <b className="font-[550] text-ink-1">{note.claim}</b> by {note.holder}, so the lab uses {note.instead}.{' '}
              <button type="button" className="underline hover:text-ink-1" onClick={() => void actions.planLab()}>
                Choose other ports
              </button>
            </span>
          </div>
        ))}
      </div>
    </>
  );
}

function PlanTable({ plan }: { readonly plan: LabPlan }): ReactElement {
  return (
    <div className="max-h-[320px] overflow-y-auto rounded-md bg-raised shadow-line">
      <table aria-label="What will run" className="w-full border-collapse text-xs [&_tr:last-child_td]:border-b-0">
        <thead>
          <tr className="text-2xs text-ink-3 [&_th]:h-7 [&_th]:border-b [&_th]:border-line-1 [&_th]:px-3 [&_th:first-child]:pl-5">
            <th scope="col">Member</th>
            <th scope="col">Gossip</th>
            <th scope="col">RPC</th>
            <th scope="col">API</th>
          </tr>
        </thead>
        <tbody>
          {plan.members.map((member) => (
            <tr
              key={member.name}
              className="[&_td]:h-(--kl-h-row) [&_td]:border-b [&_td]:border-line-1 [&_td]:px-3 [&_td:first-child]:pl-5"
            >
              <td>{member.name}</td>
              <td className="mono">{member.gossip}</td>
              <td className="mono">{member.rpc}</td>
              <td className="mono">{member.api}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Progress(): ReactElement {
  const lab = useHost((host) => host.lab);
  const actions = useActions();
  const isStopping = lab.status === 'stopping';
  const isFailed = lab.status === 'failed';
  const [shownLog, setShownLog] = useState<string | null>(null);
  const active =
    lab.steps.find((step) => step.state === 'failed') ??
    lab.steps.find((step) => step.state === 'running') ??
    lab.steps.findLast((step) => step.state === 'done');
  const logMember =
    lab.plan.members
      .map((member) => member.name)
      .find((name) => active !== undefined && (active.id.includes(name) || active.title.includes(name))) ?? null;
  return (
    <>
      <Headline>{isStopping ? 'Stopping your lab' : isFailed ? 'The lab did not start' : 'Starting your lab'}</Headline>
      <p className="mt-3.5 mb-[26px] max-w-[500px] text-md text-ink-2">
        {isFailed && lab.error !== null
          ? capital(lab.error.message)
          : isStopping
            ? 'The members leave in order. Their data stays, and the same lab starts again from here.'
            : 'Each line below is a real process. The map on the right shows what the members themselves report.'}
      </p>
      {!isStopping && (
        <ol aria-label="Steps of the start" className="rounded-md bg-raised shadow-line">
          {lab.steps.map((step) => (
            <StepLine key={step.id} step={step} />
          ))}
        </ol>
      )}
      {isFailed && lab.error !== null && lab.error.log.length > 0 && (
        <StepLog title={`Last lines of ${lab.error.step}`} lines={lab.error.log} />
      )}
      {shownLog !== null && <StepLog title={`Log of ${shownLog}`} member={shownLog} />}
      <div className="mt-5 flex flex-wrap gap-2">
        {isFailed ? (
          <>
            <Button look="primary" icon={RotateCcw} onClick={() => void actions.startLab()}>
              Try again
            </Button>
            <Button onClick={() => void actions.planLab()}>Choose other ports</Button>
          </>
        ) : (
          !isStopping && (
            <Button icon={X} iconSize={15} onClick={() => void actions.cancelStart()}>
              Cancel
            </Button>
          )
        )}
        {logMember !== null && (
          <Button
            look="ghost"
            icon={ScrollText}
            iconSize={15}
            aria-expanded={shownLog !== null}
            onClick={() => setShownLog(shownLog === null ? logMember : null)}
          >
            {isFailed ? 'Show log' : `Show log of ${logMember}`}
          </Button>
        )}
      </div>
    </>
  );
}

function StepLine({ step }: { readonly step: PlanStep }): ReactElement {
  return (
    <li className="flex h-11 items-center gap-2 border-t border-line-1 px-4 first:border-t-0">
      <span className="grid w-[18px] place-items-center">
        <StepMark state={step.state} />
      </span>
      <span
        className={classes(
          'whitespace-nowrap',
          step.state === 'waiting' ? 'text-ink-3' : step.state === 'failed' ? 'font-[550] text-dead' : 'font-[550]',
        )}
      >
        {step.title}
      </span>
      <span className="num overflow-hidden text-xs text-ellipsis whitespace-nowrap text-ink-3">{step.detail}</span>
      <span className="num ml-auto text-xs whitespace-nowrap text-ink-3">
        {step.ms === null ? '' : step.ms >= 100 ? `${(step.ms / 1000).toFixed(1)} s` : duration(step.ms)}
      </span>
    </li>
  );
}

function StepMark({ state }: { readonly state: PlanStep['state'] }): ReactElement {
  switch (state) {
    case 'done':
      return <Icon of={Check} size={16} className="text-alive" />;
    case 'running':
      return <StatusGlyph of="starting" size={14} />;
    case 'failed':
      return <Icon of={CircleX} size={16} className="text-dead" />;
    case 'waiting':
      return <Icon of={Clock} size={14} className="text-ink-3" />;
  }
}

function Foot(): ReactElement {
  const dir = useHost((host) => host.lab.plan.dir);
  const { isNarrow } = useFrame();
  return (
    <div
      className={classes(
        'mx-auto flex w-full max-w-[1560px] items-center gap-8 pt-6 pb-10 text-ink-2',
        isNarrow ? 'px-14' : 'px-34',
      )}
    >
      <button
        type="button"
        className="flex items-center gap-2 hover:text-ink-1"
        onClick={() => session.setState({ isKeyTableOpen: true })}
      >
        <Icon of={Keyboard} size={16} />
        Keys of this window
      </button>
      <span className="ml-auto overflow-hidden text-xs text-ellipsis whitespace-nowrap text-ink-3">
        Lab files go to {dir}
      </span>
    </div>
  );
}
