import { Bell, ChevronDown, Clock, Flame, SearchX, Send, Split } from 'lucide-react';
import { useMemo, useState, type ReactElement } from 'react';
import type { AlertRecord, LevelName } from '../../../electron/contract/state.ts';
import { useFrame } from '../../app/frame-context.tsx';
import { useHost, useWorld } from '../../app/lab-context.tsx';
import { Fact, ScreenHeader } from '../../app/screen-header.tsx';
import { session, useSession } from '../../app/session.ts';
import { useActions } from '../../app/use-actions.tsx';
import { countAlerts, filterAlerts, type AlertCounts, type AlertFilter } from '../../state/alerts.ts';
import { age, figure } from '../../state/words.ts';
import { Button } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { SeverityGlyph } from '../../ui/glyphs.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ButtonMenu } from '../../ui/menu.tsx';
import { EmptyPanel } from '../../ui/panels.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Spoken } from '../../ui/spoken.tsx';
import { useNow } from '../../ui/use-now.ts';
import { AlertDetail } from './alert-detail.tsx';
import { AlertList } from './alert-list.tsx';
import { useHeldList } from './use-held-list.ts';

export function AlertsScreen(): ReactElement {
  const alerts = useHost((host) => host.alerts);
  const [filter, setFilter] = useState<AlertFilter>({ level: null, topic: null, text: '' });
  const counts = useMemo(() => countAlerts(alerts), [alerts]);
  return (
    <>
      <ScreenHeader
        title="Alerts"
        facts={<AlertFacts counts={counts} />}
        actions={<AlertActions filter={filter} onFilter={setFilter} />}
      />
      {alerts.length === 0 ? (
        <NoAlerts />
      ) : (
        <AlertBody alerts={alerts} filter={filter} onFilter={setFilter} counts={counts} />
      )}
    </>
  );
}

function AlertFacts({ counts }: { readonly counts: AlertCounts }): ReactElement | null {
  const { isNarrow } = useFrame();
  if (counts.events === 0) return null;
  const facts: readonly (readonly [number, string])[] = [
    [counts.events, counts.events === 1 ? 'event' : 'events'],
    [counts.once, 'delivered once'],
    ...(counts.inline > 0 ? [[counts.inline, 'inline'] as const] : []),
    [counts.takenOver, 'taken over'],
    [counts.duplicates, counts.duplicates === 1 ? 'duplicate' : 'duplicates'],
    [counts.lost, 'lost'],
  ];
  return (
    <>
      {facts.slice(0, isNarrow ? 2 : facts.length).map(([count, word]) => (
        <Fact key={word}>
          <b className="num">{figure(count)}</b> {word}
        </Fact>
      ))}
    </>
  );
}

function AlertActions({
  filter,
  onFilter,
}: {
  readonly filter: AlertFilter;
  readonly onFilter: (filter: AlertFilter) => void;
}): ReactElement {
  const { isNarrow } = useFrame();
  return (
    <>
      <TopicFilter filter={filter} onFilter={onFilter} />
      <SearchField
        label="Filter by ID or member"
        value={filter.text}
        onChange={(text) => onFilter({ ...filter, text })}
        className="w-44"
      />
      <SendTest isBare={isNarrow} />
    </>
  );
}

function TopicFilter({
  filter,
  onFilter,
}: {
  readonly filter: AlertFilter;
  readonly onFilter: (filter: AlertFilter) => void;
}): ReactElement {
  const names = useHost((host) =>
    [...new Set([...host.topics.map((topic) => topic.topic), ...host.alerts.map((alert) => alert.topic)])].join('\n'),
  );
  const topics = names === '' ? [] : names.split('\n');
  return (
    <ButtonMenu
      label="Topic filter"
      groups={[
        [{ name: 'All topics', isChecked: filter.topic === null, run: () => onFilter({ ...filter, topic: null }) }],
        ...(topics.length === 0
          ? []
          : [
              topics.map((topic) => ({
                name: topic,
                isChecked: filter.topic === topic,
                run: () => onFilter({ ...filter, topic }),
              })),
            ]),
      ]}
      trigger={
        <button
          type="button"
          className="flex h-7 w-34 items-center gap-2 rounded-sm bg-sunken px-[9px] text-xs shadow-line hover:bg-overlay"
        >
          <Spoken layout="through" name="Topic filter">
            <Icon of={Split} size={13} />
            <span className="overflow-hidden text-ellipsis">{filter.topic ?? 'All topics'}</span>
            <Icon of={ChevronDown} size={13} className="ml-auto" />
          </Spoken>
        </button>
      }
    />
  );
}

/** From which member is a choice, because each goes its own way to the owners. */
function SendTest({ isBare }: { readonly isBare: boolean }): ReactElement | null {
  const actions = useActions();
  const topics = useHost((host) => host.topics);
  const members = useHost((host) => host.members);
  const wanted = useSession((state) => state.topic);
  const topic = topics.find((each) => each.topic === wanted) ?? topics[0];
  const running = members.filter((member) => member.process === 'running');
  const trigger = (
    <Button icon={Send} bare={isBare} aria-label="Send test alert" isOff={topic === undefined || running.length === 0}>
      {isBare ? null : 'Send test alert'}
    </Button>
  );
  if (topic === undefined || running.length === 0) return trigger;
  return (
    <ButtonMenu
      label="Send test alert"
      width={220}
      groups={[
        running.map((member) => ({
          name: `From ${member.name}`,
          detail: topic.topic,
          run: () => void actions.testAlert(topic.topic, member.name),
        })),
      ]}
      trigger={trigger}
    />
  );
}

interface AlertBodyProps {
  readonly alerts: readonly AlertRecord[];
  readonly filter: AlertFilter;
  readonly counts: AlertCounts;
  readonly onFilter: (filter: AlertFilter) => void;
}

function AlertBody({ alerts, filter, counts, onFilter }: AlertBodyProps): ReactElement | null {
  const host = useWorld((world) => world.host);
  const chosenKey = useSession((state) => state.alertKey);
  const held = useHeldList(alerts);
  const shown = useMemo(() => filterAlerts(held.list, filter), [held.list, filter]);
  const { isNarrow } = useFrame();
  const chosen = shown.find((alert) => alert.key === chosenKey) ?? shown[0];
  if (host === null) return null;
  return (
    <div data-region="canvas" className="flex min-h-0 flex-1">
      <div className={`flex min-h-0 shrink-0 flex-col border-r border-line-1 ${isNarrow ? 'w-[300px]' : 'w-[372px]'}`}>
        <div className="flex h-10 shrink-0 items-center border-b border-line-1 pr-3 pl-5">
          <SeverityChoice filter={filter} counts={counts} onFilter={onFilter} />
          <Staleness />
        </div>
        {shown.length === 0 ? (
          <EmptyPanel
            icon={SearchX}
            title="No event matches"
            action={<Button onClick={() => onFilter({ level: null, topic: null, text: '' })}>Clear the filter</Button>}
          />
        ) : (
          <AlertList
            host={host}
            alerts={shown}
            chosen={chosen?.key ?? null}
            onChoose={(key) => session.setState({ alertKey: key })}
            unseen={held.unseen}
            onShowNew={held.release}
            onScrolled={held.setAtTop}
          />
        )}
      </div>
      {chosen !== undefined && <AlertDetail key={chosen.key} alert={chosen} />}
    </div>
  );
}

function SeverityChoice({
  filter,
  counts,
  onFilter,
}: Pick<AlertBodyProps, 'filter' | 'counts' | 'onFilter'>): ReactElement {
  const levels: readonly LevelName[] = ['CRITICAL', 'WARNING', 'INFO', 'OK'];
  return (
    <Segmented<LevelName | 'All'>
      label="Severity"
      isTight
      value={filter.level ?? 'All'}
      onChange={(value) => onFilter({ ...filter, level: value === 'All' ? null : value })}
      segments={[
        { value: 'All', label: 'All', name: 'All' },
        ...levels.map((level) => ({
          value: level,
          name: level,
          label: (
            <>
              <SeverityGlyph of={level} size={12} />
              <span className="num">{figure(counts.byLevel[level])}</span>
            </>
          ),
        })),
      ]}
    />
  );
}

/** While the host is away the list keeps its last state, with its age. */
function Staleness(): ReactElement {
  const isLost = useWorld((world) => world.connection === 'lost');
  const since = useWorld((world) => world.connectionSince);
  const { isNarrow } = useFrame();
  const now = useNow(1000);
  if (isLost) {
    return (
      <span className="ml-auto">
        <Chip tone="suspect">
          <Icon of={Clock} size={11} />
          {age(now - since)} old
        </Chip>
      </span>
    );
  }
  return <>{!isNarrow && <span className="ml-auto text-xs text-ink-3">newest first</span>}</>;
}

function NoAlerts(): ReactElement {
  const actions = useActions();
  const host = useHost(
    (state) => state.data.hosts.find((each) => each.host === 'web-03')?.host ?? state.data.hosts[0]?.host ?? null,
  );
  return (
    <div data-region="canvas" className="min-h-0 flex-1">
      <EmptyPanel
        icon={Bell}
        title="No alerts yet"
        action={
          host !== null && (
            <Button icon={Flame} onClick={() => void actions.incident(host, 'hot')}>
              Make {host} run hot
            </Button>
          )
        }
      >
        Raise the load on one host and watch what the cluster does.
      </EmptyPanel>
    </div>
  );
}
