import { Columns2, Eraser, RotateCcw, X } from 'lucide-react';
import { useEffect, useRef, useState, useSyncExternalStore, type ReactElement } from 'react';
import { useHost, useLab, useWorld } from '../../app/lab-context.tsx';
import { terminals, addShell, closeShell, useTerminals } from './terminal-store.ts';
import type { TerminalSession } from './terminal-session.ts';
import { memberFacts } from '../../state/members.ts';
import { memberOf } from '../../state/names.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/class-names.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { StatusGlyph } from '../../ui/glyphs.tsx';
import { ErrorPanel } from '../../ui/panels.tsx';

/** A member's shells under its name, status and address. A dead member's shell stays; the head shows its status. */
export function TerminalPane({ member }: { readonly member: string }): ReactElement {
  const { bridge } = useLab();
  const shells = useTerminals((state) => state.shells[member]) ?? [];
  const isTypingToAll = useTerminals((state) => state.isTypingToAll);
  const [hasFocus, setFocus] = useState(false);
  const api = useHost((host) => memberOf(host.members, member)?.api ?? '');
  const status = useWorld((world) => {
    const found = world.host === null ? undefined : memberOf(world.host.members, member);
    return world.host === null || found === undefined ? 'unknown' : memberFacts(world.host, found).status;
  });
  return (
    <div
      role="group"
      aria-label={`Terminal ${member}`}
      onFocus={() => {
        setFocus(true);
        terminals.setState({ active: member });
      }}
      onBlur={() => setFocus(false)}
      className={classes(
        'relative flex min-h-0 min-w-0 flex-1 flex-col bg-sunken',
        isTypingToAll && 'shadow-[inset_0_0_0_2px_var(--kl-fault)]',
      )}
    >
      <div
        className={classes(
          'flex h-[30px] shrink-0 items-center gap-2 border-b border-line-1 bg-canvas pr-1.5 pl-3.5 text-xs',
          hasFocus && !isTypingToAll && 'shadow-[inset_0_2px_0_var(--kl-focus)]',
          isTypingToAll && 'm-0.5 mb-0',
        )}
      >
        <StatusGlyph of={status} size={9} />
        <span className="font-[550]">{member}</span>
        <span className="mono overflow-hidden text-ellipsis whitespace-nowrap text-ink-3">
          {api.replace(/^https?:\/\//, '')}
        </span>
        <CopyButton label={`Copy address of ${member}`} text={api} size={12} className="size-[22px]" />
        <span className="ml-auto flex">
          <Button
            look="ghost"
            bare
            icon={Columns2}
            iconSize={14}
            aria-label={`Split terminal ${member}`}
            className="h-6"
            onClick={() => addShell(bridge, member)}
          />
          <Button
            look="ghost"
            bare
            icon={Eraser}
            iconSize={14}
            aria-label={`Clear terminal ${member}`}
            className="h-6"
            onClick={() => shells.forEach((shell) => shell.terminal.clear())}
          />
        </span>
      </div>
      <div className="flex min-h-0 flex-1 divide-x divide-line-1">
        {shells.map((shell, index) => (
          <Shell key={index} shell={shell} canClose={shells.length > 1} />
        ))}
      </div>
    </div>
  );
}

function Shell({ shell, canClose }: { readonly shell: TerminalSession; readonly canClose: boolean }): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const state = useSyncExternalStore(
    (listener) => shell.watch(listener),
    () => shell.state,
  );
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    shell.showIn(element);
    const observer = new ResizeObserver(() => shell.fit());
    observer.observe(element);
    return () => observer.disconnect();
  }, [shell]);
  return (
    <div className="relative min-h-0 min-w-0 flex-1">
      <div ref={place} className="absolute inset-0" />
      {canClose && (
        <Button
          look="ghost"
          bare
          icon={X}
          iconSize={13}
          aria-label="Close this shell"
          className="absolute top-1 right-1 h-6"
          onClick={() => closeShell(shell)}
        />
      )}
      {state.kind === 'opening' && (
        <div className="absolute bottom-2 left-3.5 text-2xs text-ink-3">The shell starts.</div>
      )}
      {state.kind === 'ended' && (
        <div className="absolute inset-x-0 bottom-0 flex items-center gap-3 border-t border-line-1 bg-canvas px-3.5 py-1.5 text-xs">
          <span className="num text-ink-2">The shell ended with exit code {state.code}.</span>
          <Button icon={RotateCcw} onClick={() => void shell.open()}>
            Start again
          </Button>
        </div>
      )}
      {state.kind === 'failed' && (
        <div className="absolute inset-0 overflow-auto bg-sunken">
          <ErrorPanel
            title={`No shell for ${shell.member}.`}
            original={state.error.message}
            next="Start it again when the cause is gone."
            actions={<Button onClick={() => void shell.open()}>Start again</Button>}
          />
        </div>
      )}
    </div>
  );
}
