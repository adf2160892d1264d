/**
 * Follows the members of a lab: their observations as they come, their own lists when something moved and every two
 * seconds, the owners of topics, and what became of each alert.
 */
import type { StampedObservation } from '../../member/base/observation.ts';
import type { AlertRecord } from '../contract/state.ts';
import { AlertLog, levelOf, type InboxDelivery } from './alert-log.ts';
import { faultWords } from './fault-book.ts';
import {
  clientOf,
  memberState,
  nameOf,
  runningMembers,
  updateLab,
  updateMember,
  type LabContext,
} from './lab-context.ts';
import { asksForTopics, asksForView, withClusterView, withObservation } from './member-views.ts';
import { ObservationStream } from './observation-stream.ts';
import type { PlannedMember } from './plan.ts';

const refreshMs = 2_000;
const soonMs = 50;
const topicsEveryMs = 1_000;

export interface Noticed {
  readonly member: string;
  readonly at: number;
  readonly observation: StampedObservation;
}

interface Watched {
  readonly member: PlannedMember;
  readonly stream: ObservationStream;
  isConnected: boolean;
  soon: NodeJS.Timeout | null;
  reading: Promise<void> | null;
}

/** What watching needs of the lab. */
type WatchContext = Pick<LabContext, 'store' | 'plan'> & { readonly journal: Pick<LabContext['journal'], 'write'> };

export class LabWatch {
  private readonly context: WatchContext;
  private readonly onNoticed: (noticed: Noticed) => void;
  private readonly watched = new Map<string, Watched>();
  private readonly alerts: AlertLog;
  private readonly timer: NodeJS.Timeout;
  private topicsTimer: NodeJS.Timeout | null = null;
  private topicsAt = 0;

  constructor(context: WatchContext, onNoticed: (noticed: Noticed) => void) {
    this.context = context;
    this.onNoticed = onNoticed;
    this.alerts = new AlertLog({
      nameOf: nameOf(context),
      isObserved: () => [...this.watched.values()].some(({ isConnected }) => isConnected),
      causeOf: (record) => this.causeOf(record),
      delayPerMemberMs: () => context.plan.delayPerMemberMs,
    });
    this.timer = setInterval(() => this.refresh(), refreshMs);
  }

  /** The member's process serves now. */
  open(member: PlannedMember): void {
    this.close(member.name);
    const client = clientOf(member);
    const stream = new ObservationStream({
      url: (after) => client.observationsUrl(after),
      onObservation: (observation) => this.noticed(member, observation),
      onConnected: (isConnected) => {
        watched.isConnected = isConnected;
        if (isConnected) this.readSoon(watched);
      },
    });
    const watched: Watched = { member, stream, isConnected: false, soon: null, reading: null };
    this.watched.set(member.name, watched);
    void this.read(watched);
    this.topicsSoon();
  }

  /** The member's process is gone. */
  close(name: string): void {
    const watched = this.watched.get(name);
    if (watched === undefined) return;
    this.watched.delete(name);
    watched.stream.close();
    if (watched.soon !== null) clearTimeout(watched.soon);
  }

  delivered(delivery: InboxDelivery): void {
    updateLab(this.context, { deliveries: this.context.store.state.lab.deliveries + 1 });
    this.show(this.alerts.deliver(delivery));
  }

  dispose(): void {
    clearInterval(this.timer);
    if (this.topicsTimer !== null) clearTimeout(this.topicsTimer);
    for (const name of this.watched.keys()) this.close(name);
  }

  /** Reads lists and owners now, whatever was read last. */
  async readNow(): Promise<void> {
    await Promise.all(Array.from(this.watched.values(), (watched) => this.read(watched)));
    await this.readTopics();
  }

  private noticed(member: PlannedMember, observation: StampedObservation): void {
    updateMember(this.context, member.name, (shown) => withObservation(shown, observation, nameOf(this.context)));
    this.context.journal.write({ kind: 'observation', member: member.name, observation });
    this.onNoticed({ member: member.name, at: observation.at, observation });
    this.show(this.alerts.observe(observation));
    const watched = this.watched.get(member.name);
    if (watched !== undefined && asksForView(observation)) this.readSoon(watched);
    if (asksForTopics(observation)) this.topicsSoon();
  }

  private refresh(): void {
    for (const watched of this.watched.values()) void this.read(watched);
    this.topicsSoon();
    const { members } = this.context.store.state;
    const isWhole = members.every(
      ({ name, process }) => process === 'running' && this.watched.get(name)?.isConnected === true,
    );
    this.show(this.alerts.tick(Date.now(), isWhole));
  }

  private readSoon(watched: Watched): void {
    watched.soon ??= setTimeout(() => {
      watched.soon = null;
      void this.read(watched);
    }, soonMs);
  }

  /** One question at a time; a frozen member leaves it unanswered, and what it said last stays with its age. */
  private read(watched: Watched): Promise<void> {
    if (memberState(this.context, watched.member.name)?.process !== 'running') return Promise.resolve();
    // Who asks for what is known now waits for the question under way: before its answer nothing may be known.
    watched.reading ??= this.ask(watched).finally(() => {
      watched.reading = null;
    });
    return watched.reading;
  }

  private async ask(watched: Watched): Promise<void> {
    const view = await clientOf(watched.member).cluster();
    if (!view.ok || this.watched.get(watched.member.name) !== watched) return;
    const { value } = view;
    updateMember(this.context, watched.member.name, (shown) =>
      withClusterView(shown, value, nameOf(this.context), Date.now()),
    );
    this.showClusterId();
  }

  private showClusterId(): void {
    const { lab, members } = this.context.store.state;
    const first = members.find(({ clusterState, process }) => clusterState === 'initialized' && process === 'running');
    const clusterId = (first ?? members.find(({ clusterId }) => clusterId !== null))?.clusterId ?? null;
    if (clusterId !== lab.clusterId) updateLab(this.context, { clusterId });
  }

  /** At most once a second, however many alerts there are. */
  private topicsSoon(): void {
    this.topicsTimer ??= setTimeout(
      () => {
        this.topicsTimer = null;
        void this.readTopics();
      },
      Math.max(soonMs, this.topicsAt + topicsEveryMs - Date.now()),
    );
  }

  private async readTopics(): Promise<void> {
    this.topicsAt = Date.now();
    const [member] = runningMembers(this.context);
    if (member === undefined) return;
    const answer = await clientOf(member).topics();
    if (!answer.ok) return;
    const value = answer.value.topics.map(({ topic, level, owners, pending }) => ({
      topic,
      level: levelOf(level),
      owners: owners.toSorted((a, b) => a.rank - b.rank).map(({ id }) => id),
      pending,
    }));
    if (JSON.stringify(value) !== JSON.stringify(this.context.store.state.topics))
      this.context.store.change({ part: 'topics', value });
  }

  private show(records: readonly AlertRecord[]): void {
    for (const value of records) {
      this.context.store.change({ part: 'alert', value });
      if (value.outcome !== 'pending') this.context.journal.write({ kind: 'alert', alert: value });
    }
  }

  /** D25, as far as the lab itself knows: what it did to an owner. */
  private causeOf(record: AlertRecord): string | null {
    const { faults, members } = this.context.store.state;
    const concerned = new Set([...record.steps.map(({ member }) => member), ...members.map(({ name }) => name)]);
    for (const name of concerned) {
      const words = faultWords(name, faults, members);
      if (words !== null) return words;
    }
    return record.steps.some(({ did }) => did === 'took-over') ? 'the delay ran out under load' : null;
  }
}
