import type { ReactElement } from 'react';
import { MemberRing, type RingHandlers } from '../../app/map/member-ring.tsx';
import type { Point } from '../../state/map-geometry.ts';
import { memberLabel } from '../../state/member-words.ts';
import type { MemberFacts } from '../../state/members.ts';
import type { Waiting } from '../../state/topics.ts';
import { useNow } from '../../ui/use-now.ts';

interface MapMemberProps extends RingHandlers {
  readonly facts: MemberFacts;
  readonly at: Point;
  readonly radius: number;
  readonly rank: number | null;
  readonly wait: Waiting | null;
  readonly isSelected: boolean;
  readonly isStale?: boolean;
  readonly isHeld?: boolean;
  readonly tabIndex: number;
}

/** A ring whose accessible name keeps up with its countdown. */
export function MapMember(props: MapMemberProps): ReactElement {
  const now = useNow(props.facts.deadAt === null ? 1000 : 100);
  return <MemberRing {...props} label={memberLabel(props.facts, now)} patternId="map" />;
}
