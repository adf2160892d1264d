/** The whole window: title bar, then first start or the frame of a running lab. */
import { Tooltip } from 'radix-ui';
import { useEffect, useMemo, useRef, type ReactElement } from 'react';
import { FirstStartScreen } from '../features/first-start/first-start-screen.tsx';
import { LoadingPanel } from '../ui/panels.tsx';
import { Notes } from '../ui/toasts.tsx';
import { useNow } from '../ui/use-now.ts';
import { useSize } from '../ui/use-size.ts';
import { followAppearance } from './appearance.ts';
import { FrameContext, lowBelow, narrowBelow, useFrame, type Frame } from './frame-context.tsx';
import { KeyTable } from './key-table.tsx';
import { LabFrame } from './lab-frame.tsx';
import { LabProvider, useWorld, type LabHandle } from './lab-context.tsx';
import { Palette } from './palette/palette.tsx';
import { Presenter } from './player/presenter.tsx';
import { Sidebar } from './sidebar.tsx';
import { StatusBar } from './status-bar.tsx';
import { TitleBar } from './title-bar.tsx';
import { useKeys } from './use-keys.ts';
import { useSession } from './session.ts';

export function App({ handle }: { readonly handle: LabHandle }): ReactElement {
  useEffect(() => followAppearance(document.documentElement), []);
  return (
    <LabProvider handle={handle}>
      <Tooltip.Provider>
        <Window />
        <Notes />
      </Tooltip.Provider>
    </LabProvider>
  );
}

function Window(): ReactElement {
  const root = useRef<HTMLDivElement>(null);
  const size = useSize(root);
  const frame = useMemo<Frame>(
    () => ({ isNarrow: size !== null && size.width < narrowBelow, isLow: size !== null && size.height < lowBelow }),
    [size],
  );
  return (
    <FrameContext value={frame}>
      <div ref={root} className="h-full w-full">
        <Content />
      </div>
    </FrameContext>
  );
}

function Content(): ReactElement {
  const status = useWorld((world) => world.host?.lab.status ?? null);
  if (status === null) return <Connecting />;
  return <Frames isLabOpen={status === 'running'} />;
}

const frameRows = 'var(--kl-h-title) minmax(0, 1fr) var(--kl-h-status)';

function Frames({ isLabOpen }: { readonly isLabOpen: boolean }): ReactElement {
  const isPresenting = useSession((state) => state.isPresenting) && isLabOpen;
  const { isNarrow } = useFrame();
  useKeys(isLabOpen);
  if (isPresenting) {
    return (
      <>
        <Presenter />
        <Palette />
        <KeyTable />
      </>
    );
  }
  const side = !isLabOpen ? '0' : isNarrow ? '52px' : 'var(--kl-w-sidebar)';
  return (
    <div className="grid h-full bg-backdrop" style={{ gridTemplate: `${frameRows} / ${side} minmax(0, 1fr)` }}>
      <TitleBar isLabOpen={isLabOpen} />
      {isLabOpen ? (
        <>
          <Sidebar />
          <LabFrame />
        </>
      ) : (
        <FirstStartScreen />
      )}
      <StatusBar isLabOpen={isLabOpen} />
      <Palette />
      <KeyTable />
    </div>
  );
}

/** Nothing spins for more than ten seconds without saying for what. */
function Connecting(): ReactElement {
  const since = useWorld((world) => world.connectionSince);
  const now = useNow(1000);
  const waited = now - since;
  return (
    <main aria-label="Connecting" className="grid h-full place-items-center bg-canvas">
      <div className="w-80">
        <LoadingPanel
          what="Reading the state of the lab"
          note={
            waited > 10_000
              ? 'The host does not answer. Is its window or its terminal still open? This page connects again by itself.'
              : 'The host answers within a second.'
          }
        />
      </div>
    </main>
  );
}
