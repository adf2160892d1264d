/** Presenter mode: large type, hidden chrome, the next step on one key. Without a scenario it shows the story line, large. */
import { Check, Pause, Play, Presentation, RotateCcw, X } from 'lucide-react';
import { useMemo, useRef, type ReactElement } from 'react';
import type { ScenarioRun } from '../../../electron/contract/state.ts';
import { storyLine } from '../../state/story.ts';
import { Button } from '../../ui/button.tsx';
import { Kbd } from '../../ui/chip.tsx';
import { classes } from '../../ui/class-names.ts';
import { Mark } from '../../ui/glyphs.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useNow } from '../../ui/use-now.ts';
import { useSize } from '../../ui/use-size.ts';
import { useHost, useWorld } from '../lab-context.tsx';
import { LostBanner } from '../lost-banner.tsx';
import { session } from '../session.ts';
import { Sentence } from '../story-line.tsx';
import { useActions } from '../use-actions.tsx';
import { LeaveDialog } from './leave-dialog.tsx';
import { usePlayer, WaitLine } from './player-card.tsx';
import { StageMap } from './stage-map.tsx';
import { Overlays } from '../../ui/overlays.tsx';

export function Presenter(): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const run = useHost((host) => host.scenario);
  const size = useSize(box);
  // Its own size: drawn for 1440 × 900 and grown or shrunk to the room.
  const zoom = size === null ? 1 : Math.max(0.6, Math.min(size.width / 1440, size.height / 900));
  return (
    <div ref={box} className="h-full">
      <main
        style={{ zoom }}
        aria-label="Presenter"
        className="flex h-full min-h-0 flex-col bg-backdrop [--halo:var(--kl-backdrop)]"
      >
        <LostBanner />
        {run === null ? <StoryStage /> : <ScenarioStage run={run} />}
        <Overlays />
      </main>
    </div>
  );
}

function ScenarioStage({ run }: { readonly run: ScenarioRun }): ReactElement {
  const player = usePlayer(run);
  const step = run.steps[run.current];
  return (
    <div role="application" aria-label="Scenario player" className="flex min-h-0 flex-1 flex-col px-16 pt-10 pb-9">
      <div className="flex items-center gap-4 text-lg">
        <span className="text-ink-2">
          <Mark size={22} />
        </span>
        <span className="font-semibold">{run.title}</span>
        <span className="num text-ink-3">
          step {run.current + 1} of {run.steps.length}
        </span>
        <StepBars run={run} />
      </div>
      <div className="flex min-h-0 flex-1 gap-5">
        <div className="w-[540px] max-w-[46%] shrink-0 overflow-y-auto pt-14">
          <h1 className="text-stage font-semibold tracking-[-.032em] text-balance">{step?.title}</h1>
          <p className="mt-5 text-[22px] leading-[33px] text-balance text-ink-2">{step?.text}</p>
          <ol aria-label="Steps" className="mt-[30px]">
            {run.steps.map((each, index) => (
              <StepRow key={each.title} step={each} isCurrent={index === run.current} />
            ))}
          </ol>
        </div>
        <StageMap />
      </div>
      <div className="flex min-h-[70px] items-center gap-5 rounded-[14px] bg-raised py-3.5 pr-4 pl-[22px] shadow-line">
        <WaitLine run={run} isLarge />
        <span className="ml-auto" />
        <Button large icon={RotateCcw} spokenName="Repeat step" onClick={player.repeat}>
          Repeat
        </Button>
        <Button
          large
          icon={run.paused ? Play : Pause}
          spokenName={run.paused ? 'Go on with scenario' : 'Pause scenario'}
          onClick={player.pause}
        >
          {run.paused ? 'Go on' : 'Pause'}
          <Kbd isHint>P</Kbd>
        </Button>
        <Button large look="primary" spokenName="Next step" isOff={!player.canGoOn} onClick={player.next}>
          {run.finished ? 'Finish' : 'Next'}
          <kbd aria-hidden="true" className="rounded-xs bg-hover px-[5px] font-sans text-2xs font-medium">
            Space
          </kbd>
        </Button>
        <Button large look="ghost" bare icon={X} iconSize={19} aria-label="Leave scenario" onClick={player.leave} />
      </div>
      <LeaveDialog isOpen={player.isLeaving} onClose={player.stay} />
    </div>
  );
}

function StepBars({ run }: { readonly run: ScenarioRun }): ReactElement {
  const now = useNow(250);
  const part =
    run.waitingSince === null || run.limitMs === null ? 1 : Math.min(1, (now - run.waitingSince) / run.limitMs);
  return (
    <span aria-hidden="true" className="ml-auto flex gap-1.5">
      {run.steps.map((step, index) => (
        <span key={step.title} className="h-[5px] w-14 overflow-hidden rounded-full bg-line-2">
          <span
            className="block h-full bg-ink-1"
            style={{ width: `${index < run.current ? 100 : index === run.current ? part * 100 : 0}%` }}
          />
        </span>
      ))}
    </span>
  );
}

function StepRow({
  step,
  isCurrent,
}: {
  readonly step: ScenarioRun['steps'][number];
  readonly isCurrent: boolean;
}): ReactElement {
  const isDone = step.state === 'past' || step.state === 'fulfilled';
  return (
    <li
      aria-current={isCurrent ? 'step' : undefined}
      className={classes(
        'flex h-[38px] items-center gap-3.5 text-lg',
        isCurrent ? 'font-semibold' : isDone ? 'text-ink-2' : 'text-ink-3',
      )}
    >
      <span className="grid w-[22px] place-items-center">
        {step.state === 'failed' ? (
          <Icon of={X} size={19} className="text-dead" />
        ) : isDone ? (
          <Icon of={Check} size={19} className="text-alive" />
        ) : (
          <span
            className={classes(
              'size-2.5 rounded-full',
              isCurrent ? 'bg-ink-1' : 'shadow-[inset_0_0_0_2px_var(--kl-line-3)]',
            )}
          />
        )}
      </span>
      {step.title.replace(/\.$/, '')}
    </li>
  );
}

function StoryStage(): ReactElement {
  const world = useWorld((each) => each);
  const now = useNow(100);
  const story = useMemo(() => storyLine(world, now), [world, now]);
  const scenarios = useHost((host) => host.scenarios);
  const actions = useActions();
  const leave = (): void => session.setState({ isPresenting: false });
  return (
    <div className="flex min-h-0 flex-1 flex-col px-16 pt-10 pb-9">
      <div className="flex items-center gap-4 text-lg">
        <span className="text-ink-2">
          <Mark size={22} />
        </span>
        <h1 className="font-semibold">Live</h1>
      </div>
      <div className="flex min-h-0 flex-1 gap-5">
        <div
          role="status"
          aria-label="What is happening"
          className="w-[540px] max-w-[46%] shrink-0 pt-14 text-2xl font-semibold tracking-[-.025em] text-balance"
        >
          <Sentence parts={story.parts} />
        </div>
        <StageMap />
      </div>
      <div className="flex items-center gap-3 rounded-[14px] bg-raised px-[22px] py-3.5 shadow-line">
        <Icon of={Presentation} size={18} className="text-ink-3" />
        <span className="text-ink-2">Presenter mode. Faults and screens are in the palette.</span>
        <span className="ml-auto flex gap-2">
          {scenarios.slice(0, 2).map((scenario) => (
            <Button key={scenario.name} large icon={Play} onClick={() => void actions.startScenario(scenario.name)}>
              {scenario.title}
            </Button>
          ))}
          <Button large look="ghost" bare icon={X} iconSize={19} aria-label="Leave presenter mode" onClick={leave} />
        </span>
      </div>
    </div>
  );
}
