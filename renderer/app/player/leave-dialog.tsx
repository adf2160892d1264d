import type { ReactElement } from 'react';
import { counted } from '../../state/words.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { useHost } from '../lab-context.tsx';
import { useActions } from '../use-actions.tsx';

/** Leaving asks whether to heal what the scenario broke; without faults it just leaves. */
export function LeaveDialog({
  isOpen,
  onClose,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}): ReactElement {
  const faults = useHost((host) => host.faults.length);
  const actions = useActions();
  const leave = (heal: boolean): void => {
    onClose();
    void actions.leaveScenario(heal);
  };
  return (
    <Dialog
      label="Leave the scenario"
      isOpen={isOpen}
      onClose={onClose}
      width={440}
      foot={
        <>
          <Button look="ghost" onClick={onClose}>
            Stay
          </Button>
          <span className="ml-auto flex gap-2">
            {faults > 0 && <Button onClick={() => leave(false)}>Leave as it is</Button>}
            <Button look="primary" onClick={() => leave(faults > 0)}>
              {faults > 0 ? 'Leave and heal all' : 'Leave'}
            </Button>
          </span>
        </>
      }
    >
      <p className="px-[22px] pb-[18px] text-ink-2">
        {faults > 0
          ? `${counted(faults, 'fault')} ${faults === 1 ? 'is' : 'are'} still active. Heal ${faults === 1 ? 'it' : 'them'} on the way out?`
          : 'The lab goes on as it is.'}
      </p>
    </Dialog>
  );
}
