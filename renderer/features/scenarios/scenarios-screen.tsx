import { Clapperboard, Play, Presentation } from 'lucide-react';
import type { ReactElement } from 'react';
import type { ScenarioSummary } from '../../../electron/contract/state.ts';
import { useHost } from '../../app/lab-context.tsx';
import { Fact, ScreenHeader } from '../../app/screen-header.tsx';
import { goTo, session } from '../../app/session.ts';
import { useActions } from '../../app/use-actions.tsx';
import { scenarioCommand } from '../../state/commands.ts';
import { counted, duration } from '../../state/words.ts';
import { Button } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { EmptyPanel } from '../../ui/panels.tsx';

/** Lessons on the running lab: steps that act, wait for what must happen, and let the trainer go on. */
export function ScenariosScreen(): ReactElement {
  const scenarios = useHost((host) => host.scenarios);
  return (
    <>
      <ScreenHeader title="Scenarios" facts={<Fact>{counted(scenarios.length, 'scenario')} on real processes</Fact>} />
      <div data-region="canvas" className="min-h-0 flex-1 overflow-y-auto p-5">
        {scenarios.length === 0 ? (
          <EmptyPanel icon={Clapperboard} title="No scenario is bundled">
            Put a scenario file into the folder of the lab and open it from the command line.
          </EmptyPanel>
        ) : (
          <ul className="flex max-w-[860px] flex-col gap-3">
            {scenarios.map((scenario) => (
              <ScenarioCard key={scenario.name} scenario={scenario} />
            ))}
          </ul>
        )}
      </div>
    </>
  );
}

function ScenarioCard({ scenario }: { readonly scenario: ScenarioSummary }): ReactElement {
  const running = useHost((host) => host.scenario);
  const actions = useActions();
  const isThis = running?.name === scenario.name;
  const run = (isPresenting: boolean): void => {
    if (isThis) {
      session.setState({ isPresenting });
      goTo('topology');
      return;
    }
    void actions.startScenario(scenario.name).then(() => {
      session.setState({ isPresenting });
      goTo('topology');
    });
  };
  return (
    <li className="rounded-md bg-raised p-4 shadow-line">
      <div className="flex items-center gap-2.5">
        <Icon of={Clapperboard} size={16} className="text-ink-3" />
        <h2 className="text-md font-semibold tracking-[-.01em]">{scenario.title}</h2>
        {isThis && <Chip tone="focus">under way, step {running.current + 1}</Chip>}
        <span className="num ml-auto text-xs text-ink-3">
          {counted(scenario.steps, 'step')}, about {duration(scenario.aboutMs)}
        </span>
      </div>
      <p className="mt-1.5 max-w-[640px] text-ink-2">{scenario.description}</p>
      <div className="mt-3 flex items-center gap-2">
        <Button
          look="primary"
          icon={Play}
          spokenName={isThis ? `Go to ${scenario.title}` : `Run ${scenario.title}`}
          isOff={running !== null && !isThis}
          onClick={() => run(false)}
        >
          {isThis ? 'Go to it' : 'Run scenario'}
        </Button>
        <Button
          icon={Presentation}
          spokenName={`Present ${scenario.title}`}
          isOff={running !== null && !isThis}
          onClick={() => run(true)}
        >
          Present it
        </Button>
        <span className="mono ml-auto text-xs text-ink-3">{scenarioCommand(scenario.name)}</span>
        <CopyButton label={`Copy command of ${scenario.title}`} text={scenarioCommand(scenario.name)} />
      </div>
    </li>
  );
}
