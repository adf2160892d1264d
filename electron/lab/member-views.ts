/** What one member believes of the others, from its own list and from what it notices in between. Pure. */
import type { ClusterView } from '../../member/api/cluster-routes.ts';
import type { StampedObservation } from '../../member/base/observation.ts';
import type { LabMember, MemberView } from '../contract/state.ts';
import { instantMs } from './instant.ts';

type Names = (memberId: string) => string;

/** After `GET /cluster` of this member. A deadline known from an observation is kept while the suspicion lasts. */
export function withClusterView(member: LabMember, view: ClusterView, nameOf: Names, seenAt: number): LabMember {
  const views = view.members.map((other): MemberView => {
    const name = nameOf(other.id);
    const known = member.views.find((known) => known.member === name);
    const isSame = known !== undefined && known.status === other.status && known.incarnation === other.incarnation;
    return {
      member: name,
      status: other.status,
      incarnation: other.incarnation,
      since: isSame ? known.since : (instantMs(other.since) ?? seenAt),
      deadAt: other.status === 'suspect' ? (known?.deadAt ?? null) : null,
    };
  });
  return { ...member, id: view['member-id'], clusterState: view.state, clusterId: view['cluster-id'], views, seenAt };
}

/** After an observation of this member; the same object when it changes nothing shown. */
export function withObservation(member: LabMember, observation: StampedObservation, nameOf: Names): LabMember {
  switch (observation.kind) {
    case 'status': {
      const { status, incarnation, at } = observation;
      return changed(member, nameOf(observation.member), (view) => ({
        status,
        incarnation,
        since: view?.status === status ? view.since : at,
        deadAt: status === 'suspect' ? (view?.deadAt ?? null) : null,
      }));
    }
    case 'suspected': {
      const { at, incarnation, timeoutMs } = observation;
      return changed(member, nameOf(observation.member), (view) => ({
        status: 'suspect',
        incarnation,
        since: view?.status === 'suspect' ? view.since : at,
        deadAt: at + timeoutMs,
      }));
    }
    case 'suspicion-confirmed': {
      const deadAt = observation.at + observation.remainingMs;
      return changed(member, nameOf(observation.member), (view) =>
        view?.status === 'suspect' ? { ...view, deadAt } : undefined,
      );
    }
    case 'forgotten':
      return { ...member, views: member.views.filter((view) => view.member !== nameOf(observation.member)) };
    case 'cluster-state':
      return { ...member, clusterState: observation.state, clusterId: observation.clusterId };
    default:
      return member;
  }
}

/** Whether after this observation the member's whole list should be read again. */
export function asksForView(observation: StampedObservation): boolean {
  return /^(status|refuted|cluster-state|member-added|member-removed|forgotten)$/.test(observation.kind);
}

/** Whether after this observation owners, levels or pending events may be others. */
export function asksForTopics(observation: StampedObservation): boolean {
  return /^(published|handled|completion-received|handler-changed|cluster-state|member-added|member-removed)$/.test(
    observation.kind,
  );
}

function changed(
  member: LabMember,
  name: string,
  next: (view: MemberView | undefined) => Omit<MemberView, 'member'> | undefined,
): LabMember {
  const index = member.views.findIndex((view) => view.member === name);
  const view = next(member.views[index]);
  if (view === undefined) return member;
  const whole = { ...view, member: name };
  return { ...member, views: index < 0 ? [...member.views, whole] : member.views.with(index, whole) };
}
