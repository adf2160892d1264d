import { ChevronDown, PanelRightOpen, Play, Plus, Split } from 'lucide-react';
import { useRef, type ReactElement } from 'react';
import { useFrame } from '../../app/frame-context.tsx';
import { useHost, useWorld } from '../../app/lab-context.tsx';
import { Fact, ScreenHeader } from '../../app/screen-header.tsx';
import { goTo, session, useSession } from '../../app/session.ts';
import { StoryLine } from '../../app/story-line.tsx';
import { setInspector, useInspectorOpen } from '../../app/use-inspector.ts';
import { useActions } from '../../app/use-actions.tsx';
import { shownTopic } from '../../state/topics.ts';
import { goDuration } from '../../state/words.ts';
import { Button, SwitchButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ButtonMenu } from '../../ui/menu.tsx';
import { Spoken } from '../../ui/spoken.tsx';
import { useSize } from '../../ui/use-size.ts';
import { ClusterMap } from './cluster-map.tsx';
import { Inspector } from './inspector.tsx';
import { MapStrip } from './map-strip.tsx';
import { PlayerCard } from '../../app/player/player-card.tsx';
import { classes } from '../../ui/class-names.ts';

/** Under this height the map becomes a row of small members. */
const stripBelow = 300;

export function TopologyScreen(): ReactElement {
  const area = useRef<HTMLDivElement>(null);
  const size = useSize(area);
  const { isNarrow } = useFrame();
  const isInspectorOpen = useInspectorOpen();
  const isStrip = size !== null && size.height < stripBelow;
  const isInspectorShown = isInspectorOpen && !isStrip;
  return (
    <>
      <ScreenHeader title="Topology" facts={<TopologyFacts />} actions={<TopologyActions isStrip={isStrip} />} />
      <StoryLine />
      <div className="relative flex min-h-31 flex-1 overflow-hidden">
        <div ref={area} className="relative flex min-w-0 flex-1">
          {size !== null && (isStrip ? <MapStrip width={size.width} /> : <ClusterMap size={size} />)}
          {!isStrip && <PlayerCard />}
        </div>
        {isInspectorShown && <Inspector />}
        {isNarrow && isInspectorShown && (
          <button
            type="button"
            aria-hidden="true"
            tabIndex={-1}
            className="absolute inset-0 z-10"
            onClick={() => setInspector(false, isNarrow)}
          />
        )}
      </div>
    </>
  );
}

function TopologyFacts(): ReactElement {
  const plan = useHost((host) => host.lab.plan);
  const { isNarrow } = useFrame();
  return (
    <>
      <TopicChoice />
      {!isNarrow && (
        <>
          <Fact>
            redundancy <b className="num">{plan.redundancy}</b>
          </Fact>
          <Fact>
            delay-per-member <b className="num">{goDuration(plan.delayPerMemberMs)}</b>
          </Fact>
        </>
      )}
    </>
  );
}

function TopicChoice(): ReactElement | null {
  const wanted = useSession((state) => state.topic);
  const host = useWorld((world) => world.host);
  const topic = host === null ? null : shownTopic(host, wanted);
  if (host === null || topic === null) return null;
  return (
    <ButtonMenu
      label="Topic shown"
      groups={[
        host.topics.map((each) => ({
          name: each.topic,
          isChecked: each.topic === topic.topic,
          run: () => session.setState({ topic: each.topic }),
        })),
      ]}
      trigger={
        <button
          type="button"
          className={classes(
            'flex !h-[26px] items-center gap-2 rounded-sm bg-sunken px-[9px] !leading-normal text-ink-1',
            'shadow-line hover:bg-overlay',
          )}
        >
          <Spoken name="Topic shown">
            <Icon of={Split} size={13} />
            {topic.topic}
            <Icon of={ChevronDown} size={13} />
          </Spoken>
        </button>
      }
    />
  );
}

function TopologyActions({ isStrip }: { readonly isStrip: boolean }): ReactElement {
  const isGossipShown = useSession((state) => state.isGossipShown);
  const isInspectorOpen = useInspectorOpen();
  const hasFaults = useHost((host) => host.faults.length > 0);
  const { isNarrow } = useFrame();
  const actions = useActions();
  return (
    <>
      {!isStrip && !isNarrow && (
        <SwitchButton label="Show gossip" on={isGossipShown} onChange={(on) => session.setState({ isGossipShown: on })}>
          Gossip
        </SwitchButton>
      )}
      {!(hasFaults && !isStrip) && (
        <Button
          icon={Plus}
          iconSize={15}
          bare={isNarrow}
          aria-label="Add member"
          title="The size of a cluster is best settled before it is set up"
          onClick={() => void actions.addMember()}
        >
          {isNarrow ? null : 'Add member'}
        </Button>
      )}
      <RunScenario />
      {!isInspectorOpen && !isStrip && (
        <Button bare icon={PanelRightOpen} aria-label="Open inspector" onClick={() => setInspector(true, isNarrow)} />
      )}
    </>
  );
}

/** One scenario starts at once; of several one is chosen. */
function RunScenario(): ReactElement | null {
  const scenarios = useHost((host) => host.scenarios);
  const running = useHost((host) => host.scenario !== null);
  const actions = useActions();
  if (scenarios.length === 0 || running) return null;
  const [first] = scenarios;
  if (scenarios.length === 1 && first !== undefined) {
    return (
      <Button look="primary" icon={Play} onClick={() => void actions.startScenario(first.name)}>
        Run scenario
      </Button>
    );
  }
  return (
    <ButtonMenu
      label="Scenarios"
      width={260}
      groups={[
        scenarios.map((each) => ({
          name: each.title,
          detail: `${each.steps} steps`,
          run: () => void actions.startScenario(each.name),
        })),
        [{ name: 'All scenarios', run: () => goTo('scenarios') }],
      ]}
      trigger={
        <Button look="primary" icon={Play}>
          Run scenario
        </Button>
      }
    />
  );
}
