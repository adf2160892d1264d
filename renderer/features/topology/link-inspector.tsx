import { CircleDotDashed, Timer, Undo2, Unlink } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useWorld } from '../../app/lab-context.tsx';
import { cutFault, useActions } from '../../app/use-actions.tsx';
import { linkCommand } from '../../state/commands.ts';
import { allLinks, type Lane, type LaneState } from '../../state/links.ts';
import { duration, numberOf, percent } from '../../state/words.ts';
import { Button } from '../../ui/button.tsx';
import { Chip, type ChipTone } from '../../ui/chip.tsx';
import { CommandLine } from '../../ui/copy-button.tsx';
import { faultDefaults } from './fault-menus.tsx';
import { InspectorHead, Section } from './inspector-parts.tsx';
import { classes } from '../../ui/class-names.ts';

const words: Readonly<Record<LaneState, string>> = {
  healthy: 'healthy',
  cut: 'cut',
  slow: 'slow',
  lossy: 'lossy',
  unanswered: 'no ack',
  down: 'not asked',
  'not-yet': 'not yet',
};
const tones: Readonly<Record<LaneState, ChipTone>> = {
  healthy: 'alive',
  cut: 'fault',
  slow: 'fault',
  lossy: 'fault',
  unanswered: 'suspect',
  down: 'plain',
  'not-yet': 'plain',
};

export function LinkInspector({ a, b }: { readonly a: string; readonly b: string }): ReactElement | null {
  const world = useWorld((each) => each);
  const link =
    world.host === null ? undefined : allLinks(world.host, world.facts).find((each) => each.a === a && each.b === b);
  if (link === undefined) return null;
  return (
    <>
      <InspectorHead title={`${a} to ${b}`} />
      <Section title="Each direction">
        <LaneLine lane={link.there} />
        <LaneLine lane={link.back} />
      </Section>
      <BreakSection a={a} b={b} hasFault={link.hasFault} />
    </>
  );
}

function LaneLine({ lane }: { readonly lane: Lane }): ReactElement {
  const measured = lane.roundTripMs === null ? 'nothing measured' : `${duration(lane.roundTripMs)} measured`;
  const set =
    lane.fault === null || lane.fault.cut
      ? null
      : lane.fault.loss > 0
        ? `${percent(lane.fault.loss)} set`
        : `${duration(lane.fault.delayMs)} set`;
  return (
    <div className="flex h-8 items-center gap-2 text-xs">
      <span>
        {numberOf(lane.from)} to {numberOf(lane.to)}
      </span>
      <Chip tone={tones[lane.state]}>{words[lane.state]}</Chip>
      <span className="num ml-auto text-ink-2">{set === null ? measured : `${set}, ${measured}`}</span>
    </div>
  );
}

/** Faults with values of one's own; the menu on the link has the usual ones. */
function BreakSection({
  a,
  b,
  hasFault,
}: {
  readonly a: string;
  readonly b: string;
  readonly hasFault: boolean;
}): ReactElement {
  const actions = useActions();
  const [delayMs, setDelay] = useState<number>(faultDefaults.delayMs);
  const [jitterMs, setJitter] = useState(0);
  const [loss, setLoss] = useState<number>(faultDefaults.loss * 100);
  return (
    <Section title="Break it" className="flex flex-1 flex-col gap-2.5">
      <div className="flex flex-wrap gap-1.5">
        <Button icon={Unlink} onClick={() => void actions.faultLink(a, b, cutFault)}>
          Cut both ways
        </Button>
        <Button icon={Undo2} isOff={!hasFault} onClick={() => void actions.healLink(a, b)}>
          Heal this
        </Button>
      </div>
      <div className="flex items-end gap-1.5">
        <Figure label="Delay" unit="ms" value={delayMs} most={60_000} onChange={setDelay} />
        <Figure label="Jitter" unit="ms" value={jitterMs} most={60_000} onChange={setJitter} />
        <Button
          icon={Timer}
          className="ml-auto"
          onClick={() => void actions.faultLink(a, b, { cut: false, delayMs, jitterMs, loss: 0 })}
        >
          Slow
        </Button>
      </div>
      <div className="flex items-end gap-1.5">
        <Figure label="Loss" unit="%" value={loss} most={100} onChange={setLoss} />
        <Button
          icon={CircleDotDashed}
          className="ml-auto"
          onClick={() => void actions.faultLink(a, b, { cut: false, delayMs: 0, jitterMs: 0, loss: loss / 100 })}
        >
          Lossy
        </Button>
      </div>
      <div className="mt-auto pt-2">
        <CommandLine line={linkCommand({ change: 'slow', from: a, to: b, fault: { delayMs, loss: 0 } })} />
      </div>
    </Section>
  );
}

interface FigureProps {
  readonly label: string;
  readonly unit: string;
  readonly value: number;
  readonly most: number;
  readonly onChange: (value: number) => void;
}

function Figure({ label, unit, value, most, onChange }: FigureProps): ReactElement {
  return (
    <label className="flex flex-col gap-1 text-2xs text-ink-3">
      {label}
      <span
        className={classes(
          'flex h-7 w-[92px] items-center gap-1 rounded-sm bg-sunken px-2 text-xs text-ink-1',
          'shadow-line-ctl',
          'focus-within:shadow-[inset_0_0_0_1px_var(--kl-focus),0_0_0_3px_var(--kl-focus-soft)]',
        )}
      >
        <input
          type="number"
          aria-label={`${label} in ${unit === '%' ? 'percent' : unit}`}
          min={0}
          max={most}
          value={value}
          onChange={(event) => onChange(Math.min(most, Math.max(0, Number(event.target.value) || 0)))}
          className="num min-w-0 flex-1 bg-transparent outline-none"
        />
        <span className="text-ink-3">{unit}</span>
      </span>
    </label>
  );
}
