import type { ReactElement } from 'react';
import { useHost, useWorld } from '../../app/lab-context.tsx';
import { select, useSession } from '../../app/session.ts';
import { countAlerts } from '../../state/alerts.ts';
import { ranksOf, shownTopic } from '../../state/topics.ts';
import { duration, figure } from '../../state/words.ts';
import { RoundFigure, StatusChip } from '../../ui/chip.tsx';
import { useNow } from '../../ui/use-now.ts';
import { BeliefSection } from './belief-matrix.tsx';
import { InspectorHead, Section } from './inspector-parts.tsx';

export function ClusterInspector(): ReactElement {
  const clusterId = useHost((host) => host.lab.clusterId);
  const state = useHost((host) => host.members.find((member) => member.clusterState !== null)?.clusterState ?? null);
  return (
    <>
      <InspectorHead
        title="Cluster"
        id={clusterId}
        chips={state !== null && <StatusChip of={state === 'initialized' ? 'alive' : 'unknown'}>{state}</StatusChip>}
      />
      <BeliefSection />
      <TopicSection />
      <CountsSection />
      <GossipSection />
    </>
  );
}

function TopicSection(): ReactElement | null {
  const host = useWorld((world) => world.host);
  const wanted = useSession((state) => state.topic);
  const topic = host === null ? null : shownTopic(host, wanted);
  if (host === null || topic === null) return null;
  const ranks = ranksOf(host, topic);
  const order = host.members.map((member) => member.name).toSorted((a, b) => (ranks[a] ?? 99) - (ranks[b] ?? 99));
  return (
    <Section title={`Topic ${topic.topic}`}>
      <ul className="flex flex-col gap-1.5">
        {order.map((name) => (
          <OwnerLine key={name} name={name} rank={ranks[name] ?? null} delayMs={host.lab.plan.delayPerMemberMs} />
        ))}
      </ul>
    </Section>
  );
}

function OwnerLine({
  name,
  rank,
  delayMs,
}: {
  readonly name: string;
  readonly rank: number | null;
  readonly delayMs: number;
}): ReactElement {
  const does =
    rank === null ? 'publishes only' : rank === 0 ? 'handles at once' : `steps in after ${duration(rank * delayMs)}`;
  return (
    <li className={`flex items-center gap-2 text-xs ${rank === null ? 'text-ink-3' : ''}`}>
      <RoundFigure isHollow={rank === null}>{rank ?? '–'}</RoundFigure>
      <button
        type="button"
        onClick={() => select({ kind: 'member', name })}
        className={rank === null ? 'hover:underline' : 'font-[550] hover:underline'}
      >
        {name}
      </button>
      <span className={`ml-auto ${rank === null ? '' : 'text-ink-2'}`}>{does}</span>
    </li>
  );
}

const windowMs = 15 * 60_000;

function CountsSection(): ReactElement {
  const alerts = useHost((host) => host.alerts);
  const now = useNow(1000);
  const counts = countAlerts(alerts.filter((alert) => alert.at >= now - windowMs));
  return (
    <Section title="Its last 15 minutes">
      <dl className="grid grid-cols-4 gap-1">
        <Count value={counts.events} word="events" />
        <Count value={counts.deliveries} word="deliveries" />
        <Count value={counts.duplicates} word="duplicates" />
        <Count value={counts.lost} word="lost" />
      </dl>
    </Section>
  );
}

function Count({ value, word }: { readonly value: number; readonly word: string }): ReactElement {
  return (
    <div className="flex flex-col-reverse">
      <dt className="text-2xs text-ink-3">{word}</dt>
      <dd className="num text-lg font-semibold tracking-[-.012em]">{figure(value)}</dd>
    </div>
  );
}

const sparkSeconds = 60;

function GossipSection(): ReactElement {
  const probes = useWorld((world) => world.facts.probes);
  const members = useHost((host) => host.members.filter((member) => member.process === 'running').length);
  const now = useNow(1000);
  const last = Math.floor(now / 1000) - 1;
  const counts = Array.from({ length: sparkSeconds }, (_, index) => probes[last - sparkSeconds + 1 + index] ?? 0);
  const seconds = Math.min(10, counts.length - counts.findIndex((count) => count > 0));
  const rate = counts.slice(-seconds).reduce((sum, count) => sum + count, 0) / seconds / Math.max(1, members);
  return (
    <Section
      title="Gossip"
      note={<span className="text-ink-2">{rate.toFixed(1)} probes/s each</span>}
      className="flex-1"
    >
      <Spark counts={counts} />
    </Section>
  );
}

function Spark({ counts }: { readonly counts: readonly number[] }): ReactElement {
  const most = Math.max(3, ...counts);
  const step = 312 / (counts.length - 1);
  const line = counts
    .map(
      (count, index) =>
        `${index === 0 ? 'M' : 'L'}${(index * step).toFixed(1)} ${(41 - (count / most) * 36).toFixed(1)}`,
    )
    .join('');
  return (
    <svg
      viewBox="0 0 312 44"
      width="100%"
      height="44"
      preserveAspectRatio="none"
      role="img"
      aria-label="Probes per second, last minute"
    >
      <path d={`${line}L312 44L0 44Z`} fill="var(--kl-hover)" />
      <path d={line} fill="none" stroke="var(--kl-ink-2)" strokeWidth="1.4" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
