import { Ellipsis, Play, ScrollText, SquareTerminal } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { LabMember } from '../../../electron/contract/state.ts';
import { useHost, useWorld } from '../../app/lab-context.tsx';
import { badgeIcons } from '../../app/map/member-ring.tsx';
import { openLog, openTerminal, useSession } from '../../app/session.ts';
import { useActions } from '../../app/use-actions.tsx';
import { memberFacts, type MemberFacts } from '../../state/members.ts';
import { memberOf } from '../../state/names.ts';
import { allWaits, ranksOf, shownTopic } from '../../state/topics.ts';
import { age, clock, countdown, counted, minuteClock } from '../../state/words.ts';
import { Bar } from '../../ui/bar.tsx';
import { Button } from '../../ui/button.tsx';
import { Chip, RoundFigure, StatusChip } from '../../ui/chip.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { MenuPoint } from '../../ui/menu.tsx';
import { useNow } from '../../ui/use-now.ts';
import { BeliefSection } from './belief-matrix.tsx';
import { MemberFaultMenu } from './fault-menus.tsx';
import { InspectorHead, Section } from './inspector-parts.tsx';

export function MemberInspector({ name }: { readonly name: string }): ReactElement | null {
  const host = useWorld((world) => world.host);
  const member = host === null ? undefined : memberOf(host.members, name);
  if (host === null || member === undefined) return null;
  const facts = memberFacts(host, member);
  return (
    <>
      <InspectorHead title={name} id={member.id} chips={<Chips facts={facts} />} />
      {facts.deadAt !== null && facts.suspectSince !== null && (
        <Countdown from={facts.suspectSince} until={facts.deadAt} />
      )}
      <ProcessNote member={member} />
      <WhySection facts={facts} />
      <BeliefSection />
      <OwnerSection name={name} />
      <AddressSection member={member} />
      <Foot facts={facts} />
    </>
  );
}

function Chips({ facts }: { readonly facts: MemberFacts }): ReactElement {
  return (
    <>
      <StatusChip of={facts.status}>{facts.status === 'unknown' ? 'no answer' : facts.status}</StatusChip>
      {facts.badge !== null && (
        <Chip tone={facts.byFault ? 'fault' : 'dead'}>
          <Icon of={badgeIcons[facts.badge]} size={11} />
          {facts.badge}
        </Chip>
      )}
    </>
  );
}

function Countdown({ from, until }: { readonly from: number; readonly until: number }): ReactElement {
  const now = useNow(100);
  const left = Math.max(0, until - now);
  return (
    <Section>
      <div className="flex items-baseline gap-2">
        <span className="num text-[32px] leading-9 font-semibold tracking-[-.03em]">{countdown(left)}</span>
        <span className="text-ink-2">until dead, unless it refutes</span>
      </div>
      <Bar
        label="Suspicion time left"
        fraction={left / Math.max(1, until - from)}
        fill="bg-suspect-fill"
        className="mt-2"
        valueText={countdown(left)}
      />
    </Section>
  );
}

function ProcessNote({ member }: { readonly member: LabMember }): ReactElement | null {
  // What was done through the lab, the badge says.
  if (member.reason === null || member.byFault) return null;
  return (
    <Section title="Why its process does not run">
      <p className="font-mono text-xs break-words text-ink-2">{member.reason}</p>
    </Section>
  );
}

/** Feature S3: each failed probe with its time and relay, who confirmed, what was decided. */
function WhySection({ facts }: { readonly facts: MemberFacts }): ReactElement | null {
  const lines = useWorld((world) => world.facts.why[facts.name]);
  if (lines === undefined || lines.length === 0) return null;
  const title = facts.status === 'dead' ? 'Why dead' : facts.status === 'suspect' ? 'Why suspect' : 'What happened';
  return (
    <Section title={title}>
      <ol
        tabIndex={0}
        aria-label={title}
        className="grid max-h-40 grid-cols-[66px_1fr] gap-y-1 overflow-y-auto text-xs"
      >
        {lines.slice(-12).map((line, index) => (
          <li key={`${line.at}-${index}`} className="contents">
            <span className="num text-ink-3">{minuteClock(line.at)}</span>
            <span className={line.strong ? 'font-[550]' : ''}>{line.text}</span>
          </li>
        ))}
      </ol>
    </Section>
  );
}

function OwnerSection({ name }: { readonly name: string }): ReactElement | null {
  const host = useWorld((world) => world.host);
  if (host === null) return null;
  const waits = allWaits(host);
  const owned = host.topics.flatMap((topic) => {
    const rank = ranksOf(host, topic)[name];
    return rank === undefined ? [] : [{ topic: topic.topic, rank }];
  });
  const isUp = memberOf(host.members, name)?.process === 'running';
  return (
    <Section title="Owner of">
      {owned.length === 0 ? (
        <p className="text-xs text-ink-3">No topic. It publishes what its tasks find.</p>
      ) : (
        <ul className="flex flex-col gap-1.5">
          {owned.map(({ topic, rank }) => {
            const silent = isUp ? 0 : waits.filter((wait) => wait.topic === topic && wait.before.includes(name)).length;
            const held = waits.filter((wait) => wait.topic === topic && wait.member === name).length;
            const note =
              silent > 0
                ? `silent on ${counted(silent, 'event')}`
                : held > 0
                  ? `holds ${counted(held, 'event')}`
                  : rank === 0
                    ? 'handles at once'
                    : 'stands by';
            return (
              <li key={topic} className="flex items-center gap-2 text-xs">
                <RoundFigure>{rank}</RoundFigure>
                <span className="font-[550]">{topic}</span>
                <span className={`ml-auto ${silent > 0 ? 'text-suspect' : 'text-ink-2'}`}>{note}</span>
              </li>
            );
          })}
        </ul>
      )}
    </Section>
  );
}

function AddressSection({ member }: { readonly member: LabMember }): ReactElement {
  const now = useNow(1000);
  const rows = [
    ['API', member.api],
    ['RPC', member.rpc],
    ['Gossip', member.gossip],
  ] as const;
  return (
    <Section
      title="Process"
      note={
        <span className="text-ink-2">
          {member.pid === null ? member.process : `${member.process}, pid ${member.pid}`}
        </span>
      }
      className="flex-1"
    >
      <dl className="grid grid-cols-[56px_1fr] items-center text-xs leading-[22px]">
        {rows.map(([word, address]) => (
          <div key={word} className="contents">
            <dt className="text-ink-3">{word}</dt>
            <dd className="flex items-center text-ink-2">
              <span className="mono overflow-hidden text-ellipsis whitespace-nowrap">{address}</span>
              <CopyButton
                label={`Copy ${word} address of ${member.name}`}
                text={address}
                className="ml-auto size-[22px]"
              />
            </dd>
          </div>
        ))}
        <dt className="text-ink-3">Since</dt>
        <dd className="num text-ink-2">
          {clock(member.processSince)}, {age(now - member.processSince)}
        </dd>
      </dl>
    </Section>
  );
}

function Foot({ facts }: { readonly facts: MemberFacts }): ReactElement {
  const actions = useActions();
  const [menuAt, setMenuAt] = useState<MenuPoint | null>(null);
  const [from, setFrom] = useState<HTMLElement | null>(null);
  const wanted = useSession((state) => state.topic);
  const topic = useHost((host) => shownTopic(host, wanted)?.topic ?? null);
  const rank = useHost((host) => ranksOf(host, shownTopic(host, wanted))[facts.name] ?? null);
  const isDown = facts.process === 'crashed' || facts.process === 'stopped' || facts.process === 'failed';
  return (
    <div className="sticky bottom-0 mt-auto flex items-center gap-1.5 border-t border-line-1 bg-raised py-2.5 pr-2 pl-4">
      {isDown && (
        <Button look="primary" icon={Play} onClick={() => void actions.process('start', facts.name)}>
          Start again
        </Button>
      )}
      {facts.process === 'frozen' && (
        <Button look="primary" icon={Play} onClick={() => void actions.process('thaw', facts.name)}>
          Thaw
        </Button>
      )}
      <Button icon={ScrollText} onClick={() => openLog(facts.name)}>
        Log
      </Button>
      <Button icon={SquareTerminal} onClick={() => openTerminal(facts.name)}>
        Terminal
      </Button>
      <Button
        look="ghost"
        bare
        icon={Ellipsis}
        iconSize={16}
        aria-label={`More for ${facts.name}`}
        aria-haspopup="menu"
        className="ml-auto"
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          setFrom(event.currentTarget);
          setMenuAt({ x: box.left, y: box.bottom });
        }}
      />
      <MemberFaultMenu
        facts={facts}
        rank={rank}
        topic={topic}
        at={menuAt}
        returnFocus={from}
        onClose={() => setMenuAt(null)}
      />
    </div>
  );
}
