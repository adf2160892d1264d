/** The failover lesson over the in-memory cluster: steps that act, wait for what must happen, and let the trainer go on. */
import type { HostState, ScenarioRun } from '../../electron/contract/state.ts';
import type { FakeCluster } from './fake-cluster.ts';

interface Step {
  readonly title: string;
  readonly text: string;
  readonly act?: (cluster: FakeCluster, crash: (name: string) => void) => void;
  readonly waitingFor: string;
  readonly limitMs: number;
  readonly isFulfilled: (state: HostState, since: number) => boolean;
}

const since =
  (at: number) =>
  (alert: HostState['alerts'][number]): boolean =>
    alert.at >= at;

const failoverSteps: readonly Step[] = [
  {
    title: 'Three members agree.',
    text: 'Each member lists three members, and all of them are alive. kapacitor-2 owns cpu-alerts first, kapacitor-3 second.',
    waitingFor: 'all lists to be equal',
    limitMs: 10_000,
    isFulfilled: (state) => state.members.every((member) => member.views.every((view) => view.status === 'alive')),
  },
  {
    title: 'Crash the first owner.',
    text: 'kapacitor-2 is killed, as a machine that loses its power. Nobody has noticed yet.',
    act: (_cluster, crash) => crash('kapacitor-2'),
    waitingFor: 'kapacitor-2 to be gone',
    limitMs: 2_000,
    isFulfilled: (state) => state.members.some((member) => member.process === 'crashed'),
  },
  {
    title: 'web-03 runs hot.',
    text: 'The task on both other members sees it at the same moment and publishes the same alert.',
    act: (cluster) => cluster.raise('cpu_high:web-03', 'CRITICAL'),
    waitingFor: 'the alert to be published',
    limitMs: 4_000,
    isFulfilled: (state, at) => state.alerts.some((alert) => since(at)(alert) && alert.steps.length > 1),
  },
  {
    title: 'The second owner waits its turn.',
    text: 'kapacitor-2 owns cpu-alerts first, and it is gone. Nobody has told kapacitor-3 that the alert is done, so after 2 seconds it delivers the alert itself.',
    waitingFor: 'kapacitor-3 to take over',
    limitMs: 4_000,
    isFulfilled: (state) => state.alerts.some((alert) => alert.steps.some((step) => step.did === 'took-over')),
  },
  {
    title: 'Exactly one delivery.',
    text: 'The inbox received the alert once, by the second owner, and not before the delay.',
    waitingFor: 'one delivery',
    limitMs: 4_000,
    isFulfilled: (state) => state.alerts[0]?.deliveries.length === 1,
  },
  {
    title: 'kapacitor-2 comes back.',
    text: 'It starts again with its own data, learns that the alert is done, and stays silent.',
    act: (cluster) => {
      cluster.setProcess('kapacitor-2', 'running', false);
      cluster.meet('kapacitor-2');
      cluster.set({ part: 'faults', value: [] });
    },
    waitingFor: 'all lists to be equal',
    limitMs: 10_000,
    isFulfilled: (state) => state.members.every((member) => member.views.every((view) => view.status === 'alive')),
  },
];

export class FakeScenario {
  private readonly cluster: FakeCluster;
  private readonly crash: (name: string) => void;
  private index = -1;
  private begunAt = 0;
  private paused = false;
  private isFulfilled = false;
  private name = '';

  constructor(cluster: FakeCluster, crash: (name: string) => void) {
    this.cluster = cluster;
    this.crash = crash;
  }

  start(name: string): void {
    this.name = name;
    this.paused = false;
    this.enter(0);
  }

  next(): void {
    if (this.index < 0) return;
    if (this.index === failoverSteps.length - 1) this.leave();
    else this.enter(this.index + 1);
  }

  repeat(): void {
    if (this.index >= 0) this.enter(this.index);
  }

  pause(paused: boolean): void {
    this.paused = paused;
    this.show();
  }

  leave(): void {
    this.index = -1;
    this.cluster.set({ part: 'scenario', value: null });
  }

  tick(): void {
    const step = failoverSteps[this.index];
    if (step === undefined || this.isFulfilled || this.paused || !step.isFulfilled(this.cluster.state, this.begunAt))
      return;
    this.isFulfilled = true;
    this.show();
  }

  private enter(index: number): void {
    this.index = index;
    this.begunAt = this.cluster.now;
    this.isFulfilled = false;
    failoverSteps[index]?.act?.(this.cluster, this.crash);
    this.show();
  }

  private show(): void {
    const step = failoverSteps[this.index];
    if (step === undefined) return;
    const stateOf = (index: number): ScenarioRun['steps'][number]['state'] =>
      index < this.index ? 'past' : index > this.index ? 'ahead' : this.isFulfilled ? 'fulfilled' : 'waiting';
    const value: ScenarioRun = {
      name: this.name,
      title: 'Failover',
      steps: failoverSteps.map(({ title, text }, index) => ({ title, text, state: stateOf(index) })),
      current: this.index,
      waitingFor: this.isFulfilled ? null : step.waitingFor,
      waitingSince: this.isFulfilled ? null : this.begunAt,
      limitMs: this.isFulfilled ? null : step.limitMs,
      paused: this.paused,
      error: null,
      finished: this.isFulfilled && this.index === failoverSteps.length - 1,
    };
    this.cluster.set({ part: 'scenario', value });
  }
}
