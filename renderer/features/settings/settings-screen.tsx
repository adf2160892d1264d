import { Keyboard, Monitor, Moon, Sun } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { Fact, ScreenHeader } from '../../app/screen-header.tsx';
import { session, useSession, type MotionChoice, type TextSize, type ThemeChoice } from '../../app/session.ts';
import { useHost } from '../../app/lab-context.tsx';
import { Button, SwitchButton } from '../../ui/button.tsx';
import { StatusGlyph, type StatusShape } from '../../ui/glyphs.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Segmented } from '../../ui/segmented.tsx';

const shapes: readonly StatusShape[] = ['alive', 'suspect', 'dead', 'left', 'frozen', 'stopped', 'starting'];

export function SettingsScreen(): ReactElement {
  const theme = useSession((state) => state.theme);
  const textSize = useSession((state) => state.textSize);
  const reduceMotion = useSession((state) => state.reduceMotion);
  const isGossipShown = useSession((state) => state.isGossipShown);
  const version = useHost((host) => host.version);
  return (
    <>
      <ScreenHeader title="Settings" facts={<Fact>saved as you change them</Fact>} />
      <div data-region="canvas" className="min-h-0 flex-1 overflow-y-auto px-12 py-2">
        <div className="max-w-[724px]">
          <Line title="Theme" text="System follows the computer. Both themes meet the same contrast.">
            <Segmented<ThemeChoice>
              label="Theme"
              value={theme}
              onChange={(value) => session.setState({ theme: value })}
              segments={[
                {
                  value: 'system',
                  name: 'System',
                  label: (
                    <>
                      <Icon of={Monitor} size={14} />
                      System
                    </>
                  ),
                },
                {
                  value: 'dark',
                  name: 'Dark',
                  label: (
                    <>
                      <Icon of={Moon} size={14} />
                      Dark
                    </>
                  ),
                },
                {
                  value: 'light',
                  name: 'Light',
                  label: (
                    <>
                      <Icon of={Sun} size={14} />
                      Light
                    </>
                  ),
                },
              ]}
            />
          </Line>
          <Line title="Text size" text="Everything scales, the map included. Presenter mode has its own size.">
            <Segmented<`${TextSize}`>
              label="Text size"
              value={`${textSize}`}
              onChange={(value) => session.setState({ textSize: sizes[value] })}
              segments={[
                { value: '90', label: 'Small' },
                { value: '100', label: 'Normal' },
                { value: '115', label: 'Large' },
                { value: '130', label: 'Huge' },
              ]}
            />
          </Line>
          <Line title="Reduce motion" text="Pulses on links stop, countdowns step once a second, panes appear at once.">
            <Segmented<MotionChoice>
              label="Reduce motion"
              value={reduceMotion}
              onChange={(value) => session.setState({ reduceMotion: value })}
              segments={[
                { value: 'system', label: 'System' },
                { value: 'on', label: 'On' },
                { value: 'off', label: 'Off' },
              ]}
            />
          </Line>
          <Line title="Status shapes" text="Each status has a shape and a word as well as a colour.">
            <span className="flex gap-3.5">
              {shapes.map((shape) => (
                <span key={shape} className="flex flex-col items-center gap-[3px] text-2xs text-ink-2">
                  <StatusGlyph of={shape} size={12} />
                  {shape}
                </span>
              ))}
            </span>
          </Line>
          <Line title="Gossip on links" text="Draw probes and acks as they happen.">
            <SwitchButton
              label="Gossip on links"
              on={isGossipShown}
              onChange={(on) => session.setState({ isGossipShown: on })}
            />
          </Line>
          <Line title="Keys" text="Everything here can be done without a mouse.">
            <Button icon={Keyboard} onClick={() => session.setState({ isKeyTableOpen: true })}>
              Show the keys
            </Button>
          </Line>
          <p className="num mt-6 text-xs text-ink-3">
            Kapacitor Lab {version}. MIT licence. Not affiliated with InfluxData.
          </p>
        </div>
      </div>
    </>
  );
}

const sizes: Readonly<Record<`${TextSize}`, TextSize>> = { '90': 90, '100': 100, '115': 115, '130': 130 };

function Line({
  title,
  text,
  children,
}: {
  readonly title: string;
  readonly text: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <div className="flex min-h-[58px] items-center gap-6 border-b border-line-1 py-[9px]">
      <div className="min-w-0 flex-1">
        <div className="font-[550]">{title}</div>
        <div className="text-xs text-ink-2">{text}</div>
      </div>
      {children}
    </div>
  );
}
