/** The scenario at the lower left of the map: what this step is, what it waits for, and the trainer's keys. */
import { Check, Pause, Play, Presentation, RotateCcw, StepForward, X } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';
import type { ScenarioRun } from '../../../electron/contract/state.ts';
import { span } from '../../state/words.ts';
import { Bar } from '../../ui/bar.tsx';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/class-names.ts';
import { StatusGlyph } from '../../ui/glyphs.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useNow } from '../../ui/use-now.ts';
import { isTyping } from '../keys.ts';
import { useHost } from '../lab-context.tsx';
import { session, useSession } from '../session.ts';
import { useActions } from '../use-actions.tsx';
import { LeaveDialog } from './leave-dialog.tsx';

export function PlayerCard(): ReactElement | null {
  const run = useHost((host) => host.scenario);
  const isPresenting = useSession((state) => state.isPresenting);
  if (run === null || isPresenting) return null;
  return <Card run={run} />;
}

function Card({ run }: { readonly run: ScenarioRun }): ReactElement {
  const player = usePlayer(run);
  const step = run.steps[run.current];
  return (
    <div
      role="application"
      aria-label="Scenario player"
      data-region="player"
      className="appear absolute bottom-11 left-5 z-10 w-100 max-w-[calc(100%-40px)] rounded-lg bg-overlay shadow-menu"
    >
      <div className="flex items-center gap-2 px-4 pt-3 text-xs">
        <span className="font-semibold">{run.title}</span>
        <span className="num text-ink-3">
          step {run.current + 1} of {run.steps.length}
        </span>
        <Button
          look="ghost"
          bare
          icon={Presentation}
          iconSize={14}
          aria-label="Present it"
          className="-mr-2 ml-auto"
          onClick={() => session.setState({ isPresenting: true })}
        />
        <Button
          look="ghost"
          bare
          icon={X}
          iconSize={15}
          aria-label="Leave scenario"
          className="-mr-2"
          onClick={player.leave}
        />
      </div>
      <StepDots run={run} />
      <div className="px-4 pt-1 pb-3">
        <h2 className="text-lg font-semibold tracking-[-.016em]">{step?.title}</h2>
        <p className="mt-1 text-ink-2">{step?.text}</p>
        <WaitLine run={run} />
      </div>
      <div className="flex items-center gap-1.5 border-t border-line-2 px-3 py-2.5">
        <Button icon={RotateCcw} spokenName="Repeat step" onClick={player.repeat}>
          Repeat
        </Button>
        <Button
          icon={run.paused ? Play : Pause}
          spokenName={run.paused ? 'Go on with scenario' : 'Pause scenario'}
          onClick={player.pause}
        >
          {run.paused ? 'Go on' : 'Pause'}
        </Button>
        <Button
          look="primary"
          icon={StepForward}
          spokenName="Next step"
          isOff={!player.canGoOn}
          className="ml-auto"
          onClick={player.next}
        >
          {run.finished ? 'Finish' : 'Next'}
        </Button>
      </div>
      <LeaveDialog isOpen={player.isLeaving} onClose={player.stay} />
    </div>
  );
}

/** One short bar per step; the list itself is for those who listen. */
function StepDots({ run }: { readonly run: ScenarioRun }): ReactElement {
  return (
    <ol aria-label="Steps" className="flex gap-1 px-4 py-2">
      {run.steps.map((step, index) => (
        <li
          key={step.title}
          aria-label={`${step.title} ${stepWord(step.state)}`}
          aria-current={index === run.current ? 'step' : undefined}
          className={classes('h-1 flex-1 rounded-full', barInk(step.state, index === run.current))}
        />
      ))}
    </ol>
  );
}

function barInk(state: ScenarioRun['steps'][number]['state'], isCurrent: boolean): string {
  if (state === 'past' || state === 'fulfilled') return 'bg-ink-1';
  return isCurrent ? 'bg-ink-3' : 'bg-line-2';
}

function stepWord(state: ScenarioRun['steps'][number]['state']): string {
  switch (state) {
    case 'past':
    case 'fulfilled':
      return 'done';
    case 'failed':
      return 'failed';
    case 'ahead':
      return 'to come';
    case 'acting':
    case 'waiting':
      return 'under way';
  }
}

export function WaitLine({
  run,
  isLarge = false,
}: {
  readonly run: ScenarioRun;
  readonly isLarge?: boolean;
}): ReactElement {
  const now = useNow(100);
  const step = run.steps[run.current];
  if (run.error !== null || step?.state === 'failed') {
    return (
      <p role="alert" className={`mt-2 ${isLarge ? '' : 'text-xs'} text-dead`}>
        Expected {run.waitingFor ?? 'something else'}. {run.error}
      </p>
    );
  }
  if (run.waitingFor === null || run.waitingSince === null || run.limitMs === null) {
    return (
      <p className={`flex items-center gap-2 ${isLarge ? 'text-[17px] font-[550]' : 'mt-2 text-xs'} text-ink-2`}>
        <Icon of={Check} size={isLarge ? 19 : 14} className="text-alive" />
        {run.finished ? 'The scenario is over.' : run.paused ? 'Paused. The lab goes on.' : 'Done. Next when you are.'}
      </p>
    );
  }
  const waited = Math.max(0, now - run.waitingSince);
  const words = `${span(waited)} of at most ${span(run.limitMs).replace('.0', '')}`;
  return isLarge ? (
    <>
      <StatusGlyph of="starting" size={18} />
      <div className="shrink-0">
        <div className="text-[17px] leading-6 font-[550]">Waiting for {run.waitingFor}</div>
        <div className="num text-sm text-ink-3">{words}</div>
      </div>
      <Bar label="Wait" fraction={waited / run.limitMs} className="mx-3 flex-1" valueText={words} />
    </>
  ) : (
    <div className="mt-2.5">
      <div className="flex items-center gap-2 text-xs">
        <StatusGlyph of="starting" size={12} />
        <span className="font-[550]">Waiting for {run.waitingFor}</span>
        <span className="num ml-auto text-ink-3">{words}</span>
      </div>
      <Bar label="Wait" fraction={waited / run.limitMs} className="mt-1.5" valueText={words} />
    </div>
  );
}

export interface Player {
  readonly canGoOn: boolean;
  readonly isLeaving: boolean;
  readonly next: () => void;
  readonly repeat: () => void;
  readonly pause: () => void;
  readonly leave: () => void;
  readonly stay: () => void;
}

/** The trainer's keys: Space next, P pause, R repeat, Escape leaves. */
export function usePlayer(run: ScenarioRun): Player {
  const actions = useActions();
  const [isLeaving, setLeaving] = useState(false);
  const state = run.steps[run.current]?.state;
  const canGoOn = state === 'fulfilled' || state === 'failed' || run.finished;
  const player: Player = {
    canGoOn,
    isLeaving,
    next: () => void (run.finished ? actions.leaveScenario(false) : actions.scenarioStep('scenario.next')),
    repeat: () => void actions.scenarioStep('scenario.repeat'),
    pause: () => void actions.pauseScenario(!run.paused),
    leave: () => setLeaving(true),
    stay: () => setLeaving(false),
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (
        isLeaving ||
        isTyping(event.target) ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        document.querySelector('[role="dialog"],[role="menu"]') !== null
      )
        return;
      const isOnControl =
        event.target instanceof HTMLElement &&
        event.target.closest('button, a, [role="button"], [role="option"]') !== null;
      if (event.key === ' ' && canGoOn && !isOnControl) player.next();
      else if (event.key.toLowerCase() === 'p' && !isOnMap(event.target)) player.pause();
      else if (event.key.toLowerCase() === 'r' && !isOnMap(event.target)) player.repeat();
      else if (event.key === 'Escape' && session.getState().isPresenting) player.leave();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });
  return player;
}

function isOnMap(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[data-region="canvas"]') !== null;
}
