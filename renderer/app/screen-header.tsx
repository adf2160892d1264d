/** The 52 px above every screen: title, two or three facts, actions. The fault button stands here while a fault is active. */
import { Snowflake, Square, Undo2, Unlink, Zap, Timer, CircleDotDashed, type LucideIcon } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import type { ActiveFault } from '../../electron/contract/state.ts';
import { shortLink } from '../state/links.ts';
import { nameOf } from '../state/names.ts';
import { age, counted } from '../state/words.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { ButtonMenu } from '../ui/menu.tsx';
import { useNow } from '../ui/use-now.ts';
import { useFrame } from './frame-context.tsx';
import { keyText } from './keys.ts';
import { useHost } from './lab-context.tsx';
import { goTo, select } from './session.ts';
import { useActions } from './use-actions.tsx';
import { classes } from '../ui/class-names.ts';

export function ScreenHeader({
  title,
  facts,
  actions,
}: {
  readonly title: string;
  readonly facts?: ReactNode;
  readonly actions?: ReactNode;
}): ReactElement {
  return (
    <header
      data-region="header"
      className="flex h-(--kl-h-header) shrink-0 items-center gap-2.5 border-b border-line-1 pr-4 pl-5"
    >
      <h1 className="text-lg font-semibold tracking-[-.016em] whitespace-nowrap">{title}</h1>
      <div
        className={classes(
          'flex h-7 min-w-0 flex-1 flex-wrap content-start items-center gap-x-2 gap-y-3 overflow-hidden',
          'pl-1.5 text-xs whitespace-nowrap text-ink-3 [&>*]:h-7 [&>*]:leading-7',
        )}
      >
        {facts}
      </div>
      <div className="ml-auto flex items-center gap-2">
        <FaultButtons />
        {actions}
      </div>
    </header>
  );
}

/** A fact of the header: word, then its figure in ink. What has no room wraps out of sight, whole. */
export function Fact({ children }: { readonly children: ReactNode }): ReactElement {
  return (
    <span
      className={classes(
        '[&_b]:font-medium [&_b]:text-ink-1 [&+&]:before:mr-3 [&+&]:before:ml-1',
        '[&+&]:before:inline-block [&+&]:before:h-3 [&+&]:before:w-px [&+&]:before:bg-line-2',
        '[&+&]:before:align-[-1px]',
      )}
    >
      {children}
    </span>
  );
}

const faultIcons: Readonly<Record<ActiveFault['kind'], LucideIcon>> = {
  crash: Zap,
  freeze: Snowflake,
  stop: Square,
  cut: Unlink,
  delay: Timer,
  loss: CircleDotDashed,
};
const faultWords: Readonly<Record<ActiveFault['kind'], string>> = {
  crash: 'crash',
  freeze: 'freeze',
  stop: 'stop',
  cut: 'cut',
  delay: 'slow',
  loss: 'lossy',
};

/** `crash kapacitor-2`, `cut 1–3`. */
function faultTitle(kind: ActiveFault['kind'], members: readonly string[]): string {
  const [a = '', b] = members;
  return b === undefined ? `${faultWords[kind]} ${a}` : `${faultWords[kind]} ${shortLink(a, b)}`;
}

function FaultButtons(): ReactElement | null {
  const faults = useHost((host) => host.faults);
  const members = useHost((host) => host.members);
  const actions = useActions();
  const { isNarrow } = useFrame();
  const now = useNow(1000);
  if (faults.length === 0) return null;
  const items = faults.toReversed().map((fault) => {
    const [a = '', b] = fault.members.map((member) => nameOf(members, member));
    return {
      name: faultTitle(fault.kind, b === undefined ? [a] : [a, b]),
      icon: faultIcons[fault.kind],
      detail: age(now - fault.since),
      isFault: true,
      run: () => {
        goTo('topology');
        select(b === undefined ? { kind: 'member', name: a } : { kind: 'link', a, b });
      },
    };
  });
  return (
    <>
      <Button
        look="ghost"
        icon={Undo2}
        iconSize={15}
        bare={isNarrow}
        aria-label="Undo last fault"
        title={keyText('Ctrl Z')}
        onClick={() => void actions.undo()}
      >
        {isNarrow ? null : 'Undo'}
      </Button>
      <span className="inline-flex h-7 items-stretch rounded-sm bg-fault-soft font-medium text-fault shadow-fault">
        <ButtonMenu
          label="Active faults"
          groups={[items]}
          width={240}
          trigger={
            <button
              type="button"
              aria-label={`${counted(faults.length, 'fault')}, list`}
              className="flex items-center gap-[7px] rounded-l-sm pr-2 pl-[11px] hover:bg-fault-soft"
            >
              <Icon of={Zap} size={14} />
              {counted(faults.length, 'fault')}
            </button>
          }
        />
        <span aria-hidden="true" className="self-center opacity-50">
          |
        </span>
        <button
          type="button"
          aria-label="Heal all faults"
          title={keyText('Ctrl Shift H')}
          onClick={() => void actions.healAll()}
          className="rounded-r-sm pr-[11px] pl-2 hover:bg-fault-soft"
        >
          Heal all
        </button>
      </span>
    </>
  );
}
