/** The JSON lines of `kapacitor-lab up --json`: what changed in the state, in the fixed forms. Pure but for its memory. */
import type { Change } from '../contract/notices.ts';
import type { AlertRecord, HostState, LabMember } from '../contract/state.ts';

export type EventLine = { readonly event: string } & Readonly<Record<string, unknown>>;

export class EventLines {
  private readonly members = new Map<string, string>();
  private readonly views = new Map<string, string>();
  private readonly deliveries = new Map<string, number>();

  of(changes: readonly Change[]): EventLine[] {
    return changes.flatMap((change) => {
      if (change.part === 'member') return [...this.memberLine(change.value), ...this.viewLines(change.value)];
      if (change.part === 'alert') return this.alertLine(change.value);
      return [];
    });
  }

  private memberLine({ name, process, pid, reason }: LabMember): EventLine[] {
    const line = { event: 'member', name, state: process, pid, reason };
    // A planned member is stopped without ever having been anything else.
    const before = this.members.get(name) ?? JSON.stringify({ ...line, state: 'stopped', pid: null, reason: null });
    const now = JSON.stringify(line);
    this.members.set(name, now);
    return before === now ? [] : [line];
  }

  private viewLines(observer: LabMember): EventLine[] {
    return observer.views.flatMap(({ member, status }) => {
      const key = `${observer.name} ${member}`;
      if (member === observer.name || this.views.get(key) === status) return [];
      this.views.set(key, status);
      return [{ event: 'view', observer: observer.name, member, status }];
    });
  }

  /** At the first delivery, and again at each further one. */
  private alertLine(alert: AlertRecord): EventLine[] {
    const count = alert.deliveries.length;
    if (count <= (this.deliveries.get(alert.key) ?? 0)) return [];
    this.deliveries.set(alert.key, count);
    return [
      {
        event: 'alert',
        topic: alert.topic,
        id: alert.event,
        level: alert.level,
        alertTime: new Date(alert.at).toISOString(),
        deliveries: count,
        handledBy: alert.deliveries.map(({ member }) => member),
        latencyMs: alert.latencyMs,
      },
    ];
  }
}

/** What others read to find the lab: the line `ready`, and the middle of `status`. */
export function labFacts(state: HostState): Record<string, unknown> {
  const { lab, members, data } = state;
  return {
    dir: lab.plan.dir,
    clusterId: lab.clusterId,
    members: members.map(({ name, id, pid, api, rpc, gossip }) => ({ name, id, pid, api, rpc, gossip })),
    inbox: lab.inbox,
    data: { kind: data.kind, state: data.state, title: data.title, url: data.url },
  };
}
