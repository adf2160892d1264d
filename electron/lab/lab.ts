/**
 * One lab, as the hosts see it: planned, started, acted upon, stopped and started again. Owns the state that pages and
 * command lines follow. Every act that changes something is recorded with its command line.
 */
import { ok, type Result } from '../../member/base/result.ts';
import type { HostState } from '../contract/state.ts';
import type { LogLine } from '../contract/notices.ts';
import type { LeftSubscription } from '../contract/requests.ts';
import type { Incident } from './cpu-data.ts';
import type { GuardLink } from './guard-link.ts';
import { linkCommand, type LinkSettings, type ProcessFault } from './fault-book.ts';
import { apiOf, clientOf, memberState, planShown, updateLab, showFaults } from './lab-context.ts';
import { dataShown } from './lab-data.ts';
import { failure, type LabError } from './lab-error.ts';
import { readPlan, rememberLab } from './lab-files.ts';
import type { Noticed } from './lab-watch.ts';
import { logLevel } from './log-level.ts';
import { influxUrl, memberConfig } from './member-config.ts';
import type { KeptLine } from './log-file.ts';
import type { Plan, PlanOptions } from './plan.ts';
import { memberOnFreePorts, planOnFreePorts } from './port-probe.ts';
import type { Programs } from './programs.ts';
import { RunningLab } from './running-lab.ts';
import { StateStore } from './state-store.ts';
import { dropStatement, dropSubscription, subscriptionsTo } from './subscriptions.ts';
import { sendTestAlert } from './test-alert.ts';

export interface LabSetup {
  readonly options: PlanOptions;
  readonly programs: Programs;
  readonly host: HostState['host'];
  readonly scenarios: HostState['scenarios'];
  /** Where the last lab is remembered; null in tests of the lab alone. */
  readonly home: string | null;
  /** Makes this process the one supervisor of the folder, until released. The error says who is it already. */
  readonly claim: ((dir: string) => Promise<Result<Release, string>>) | null;
}

export type Release = () => Promise<void>;

const portRetries = 3;

export class Lab {
  readonly store: StateStore;
  readonly programs: Programs;
  private readonly setup: LabSetup;
  private options: PlanOptions;
  private current: Plan;
  private running: RunningLab | null = null;
  private starting: Promise<Result<void, LabError>> | null = null;
  private isCancelled = false;
  private ending: Promise<void> | null = null;
  private release: Release = () => Promise.resolve();
  private readonly logListeners = new Set<(line: LogLine) => void>();
  private readonly noticeListeners = new Set<(noticed: Noticed) => void>();
  private lastCommandAt = 0;

  private constructor(setup: LabSetup, plan: Plan) {
    this.setup = setup;
    this.options = setup.options;
    this.programs = setup.programs;
    this.current = plan;
    this.store = new StateStore({
      host: setup.host,
      version: setup.programs.version,
      lab: {
        status: 'planned',
        plan: planShown(plan),
        steps: [],
        error: null,
        clusterId: null,
        inbox: null,
        deliveries: 0,
      },
      members: [],
      topics: [],
      links: [],
      faults: [],
      alerts: [],
      data: dataShown(plan),
      scenarios: setup.scenarios,
      scenario: null,
      commands: [],
    });
  }

  static async open(setup: LabSetup): Promise<Result<Lab, string>> {
    const saved = await readPlan(setup.options.dir);
    if (!saved.ok) return saved;
    const plan = await soundPlan(setup.options, saved.value);
    return plan.ok ? ok(new Lab(setup, plan.value)) : plan;
  }

  get plan(): Plan {
    return this.running?.context.plan ?? this.current;
  }

  get isUp(): boolean {
    return this.store.state.lab.status === 'running';
  }

  /** Of the running lab; null when none runs. */
  get guard(): GuardLink | null {
    return this.running?.context.guard ?? null;
  }

  /** Another plan, while nothing runs. `freshPorts`: as if none had been chosen before. */
  async replan(options: Partial<PlanOptions>, freshPorts = false): Promise<Result<void, LabError>> {
    if (this.running !== null || this.starting !== null) {
      return failure('wrong-state', 'the lab runs; stop it before planning it anew');
    }
    const wanted = { ...this.options, ...options };
    const saved = freshPorts ? ok(null) : await readPlan(wanted.dir);
    if (!saved.ok) return failure('invalid-input', saved.error);
    return this.planAfter(
      saved.value,
      freshPorts ? { ...wanted, members: wanted.members ?? this.current.members.length } : wanted,
    );
  }

  /** Resolves when the lab runs, or with the step that failed. */
  async start(): Promise<Result<void, LabError>> {
    if (this.running !== null || this.starting !== null) {
      return failure(
        'wrong-state',
        `the lab is ${this.starting === null ? this.store.state.lab.status : 'starting'} already`,
      );
    }
    this.isCancelled = false;
    this.starting = this.startNow().finally(() => (this.starting = null));
    return this.starting;
  }

  cancel(): Result<void, LabError> {
    if (this.starting === null) return failure('wrong-state', 'no start is under way');
    this.isCancelled = true;
    this.running?.cancel();
    return ok(undefined);
  }

  /** Ends everything the lab has started. Also right when nothing runs. */
  async stop(): Promise<void> {
    if (this.starting !== null) {
      this.cancel();
      await this.starting;
      return;
    }
    const { running } = this;
    if (running === null) return;
    updateLab(this, { status: 'stopping' });
    this.ending ??= this.endRunning(running);
    await this.ending;
  }

  private async startNow(): Promise<Result<void, LabError>> {
    const release = await this.claim(this.current.dir);
    if (!release.ok) return release;
    this.release = release.value;
    if (this.setup.home !== null) await rememberLab(this.setup.home, this.current.dir);
    this.store.change({ part: 'alerts-cleared' });
    let result = await this.startOnce();
    // Between the look at a port and its use somebody else may take it; then the next plan goes around him.
    for (let again = 0; again < portRetries && !result.ok && result.error.code === 'port-taken'; again++)
      result = await this.startOnce();
    if (!result.ok) await this.release();
    return result;
  }

  private async startOnce(): Promise<Result<void, LabError>> {
    const planned = await this.planAfter(this.current, this.options);
    if (!planned.ok) return planned;
    if (this.isCancelled) return failure('wrong-state', 'the start was cancelled');
    const running = new RunningLab({
      plan: this.current,
      store: this.store,
      programs: this.programs,
      onNoticed: (noticed) => this.noticeListeners.forEach((listener) => listener(noticed)),
      onLog: (name, line) => this.logged(name, line),
    });
    this.running = running;
    if (await running.bringUp()) return ok(undefined);
    this.running = null;
    const message = this.store.state.lab.error?.message;
    if (message === undefined) return failure('wrong-state', 'the start was cancelled');
    return failure(/EADDRINUSE|address already in use/i.test(message) ? 'port-taken' : 'member-failed', message);
  }

  private async endRunning(running: RunningLab): Promise<void> {
    await running.end();
    running.showNobody();
    this.current = running.context.plan;
    this.running = null;
    this.ending = null;
    updateLab(this, { status: 'stopped', steps: [] });
    await this.release();
  }

  private async claim(dir: string): Promise<Result<Release, LabError>> {
    if (this.setup.claim === null) return ok(() => Promise.resolve());
    const claimed = await this.setup.claim(dir);
    if (claimed.ok) return claimed;
    updateLab(this, { status: 'failed', error: { step: 'ports', message: claimed.error, log: [] } });
    return failure('wrong-state', claimed.error);
  }

  async addMember(): Promise<Result<string, LabError>> {
    const planned = await memberOnFreePorts(this.plan);
    if (!planned.ok) return failure('wrong-state', planned.error);
    const { member } = planned.value;
    return this.act(`kapacitorctl member add 127.0.0.1:${member.rpc}`, (running) => running.addMember(member));
  }

  removeMember(name: string): Promise<Result<{ left: LeftSubscription | null }, LabError>> {
    return this.act(`kapacitorctl member remove ${memberState(this, name)?.id ?? name}`, (running) =>
      running.removeMember(name),
    );
  }

  startMember(name: string): Promise<Result<void, LabError>> {
    return this.act(`kapacitor-lab fault start ${name}`, (running) => running.startMember(name));
  }

  crash(name: string): Promise<Result<void, LabError>> {
    return this.fault('crash', name, (running) => running.context.supervisor.crash(name));
  }

  freeze(name: string): Promise<Result<void, LabError>> {
    return this.fault('freeze', name, (running) => Promise.resolve(running.context.supervisor.freeze(name)));
  }

  stopMember(name: string): Promise<Result<void, LabError>> {
    return this.fault('stop', name, (running) => running.context.supervisor.stop(name, true));
  }

  thaw(name: string): Promise<Result<void, LabError>> {
    return this.act(`kapacitor-lab fault thaw ${name}`, (running) => {
      const thawed = running.context.supervisor.thaw(name);
      return Promise.resolve(thawed.ok ? thawed : failure(this.wrongMember(name), thawed.error));
    });
  }

  linkFault(from: string, to: string, settings: LinkSettings | null): Promise<Result<void, LabError>> {
    return this.act(linkCommand(from, to, settings), (running) => {
      const stranger = [from, to].find((name) => memberState(this, name) === undefined);
      if (stranger !== undefined) return Promise.resolve(failure('not-found', `there is no ${stranger} in this lab`));
      if (from === to) return Promise.resolve(failure('invalid-input', `${from} has no link to itself`));
      if (this.plan.engine.kind === 'path')
        return Promise.resolve(failure('refused', 'a foreign engine takes no link faults'));
      running.context.faults.setLink(from, to, settings, Date.now());
      running.linksChanged();
      return Promise.resolve(ok(undefined));
    });
  }

  /** Takes back the last fault that is still in force; null when there is none. */
  async undo(): Promise<Result<string | null, LabError>> {
    const { running } = this;
    if (running === null) return ok(null);
    const undo = running.context.faults.takeLast();
    if (undo === null) return ok(null);
    if (undo.kind === 'links') {
      running.context.faults.restoreLinks(undo.links, Date.now());
      running.linksChanged();
      const [link] = undo.links;
      return ok(link === undefined ? null : `${link.from} and ${link.to} are as before`);
    }
    const healed = await this.healMember(undo.name);
    return healed.ok
      ? ok(undo.fault === 'freeze' ? `${undo.name} is thawed` : `${undo.name} is started again`)
      : healed;
  }

  /** Lifts all link faults, thaws and starts members. How many faults that healed. */
  async heal(): Promise<Result<number, LabError>> {
    return this.act('kapacitor-lab fault heal', async (running) => {
      const healed = this.store.state.faults.length;
      running.context.faults.clearLinks();
      running.linksChanged();
      const { supervisor } = running.context;
      const names = [...this.store.state.members.map(({ name }) => name), 'influxd'];
      const down = names.filter((name) => /^(frozen|crashed|stopped|failed)$/.test(supervisor.info(name)?.state ?? ''));
      const results = await Promise.all(down.map((name) => this.healMember(name)));
      const failed = results.find((result) => !result.ok);
      return failed === undefined || failed.ok ? ok(healed) : failed;
    });
  }

  incident(host: string, incident: Incident | null): Promise<Result<void, LabError>> {
    return this.act(`kapacitor-lab fault incident ${host} ${incident ?? 'none'}`, (running) =>
      Promise.resolve(running.data.incident(host, incident)),
    );
  }

  /** Drops what the lab's InfluxDB sends to an address that is no member's any more. How many subscriptions that were. */
  async unsubscribe(destination: string): Promise<Result<number, LabError>> {
    const influx = influxUrl(this.plan);
    if (influx === null) return failure('wrong-state', 'this lab has no InfluxDB');
    const member = this.plan.members.find((one) => apiOf(one) === destination);
    if (member !== undefined) return failure('refused', `${destination} is ${member.name}, a member of this lab`);
    const found = await subscriptionsTo(influx, destination);
    if (!found.ok) return failure('unreachable', found.error);
    for (const subscription of found.value) {
      const dropped = await this.act(`influx -execute '${dropStatement(subscription)}'`, async () => {
        const done = await dropSubscription(influx, subscription);
        return done.ok ? done : failure('refused', done.error);
      });
      if (!dropped.ok) return dropped;
    }
    return ok(found.value.length);
  }

  testAlert(topic: string, name: string): Promise<Result<void, LabError>> {
    return this.act(`kapacitor-lab fault alert ${topic} ${name}`, async (running) => {
      const member = running.context.plan.members.find((one) => one.name === name);
      if (member === undefined) return failure('not-found', `there is no ${name} in this lab`);
      const sent = await sendTestAlert(clientOf(member), topic, BigInt(Date.now()) * 1_000_000n);
      return sent.ok ? sent : failure('refused', sent.error);
    });
  }

  /** Lines of one member, or of all with `*`; first the recent ones, oldest first. */
  followLog(member: string, listener: (line: LogLine) => void): () => void {
    const wants = (name: string): boolean => member === '*' || member === name;
    const names = [...this.plan.members.map(({ name }) => name), 'influxd'].filter(wants);
    const recent = names.flatMap((name) =>
      (this.running?.context.supervisor.recentLog(name) ?? []).map((line) => logLine(name, line)),
    );
    for (const line of recent.sort((a, b) => a.at - b.at)) listener(line);
    const wanting = (line: LogLine): void => {
      if (wants(line.member)) listener(line);
    };
    this.logListeners.add(wanting);
    return () => this.logListeners.delete(wanting);
  }

  followObservations(listener: (noticed: Noticed) => void): () => void {
    this.noticeListeners.add(listener);
    return () => this.noticeListeners.delete(listener);
  }

  private async planAfter(saved: Plan | null, options: PlanOptions): Promise<Result<void, LabError>> {
    const plan = await soundPlan(options, saved);
    if (!plan.ok) return failure('invalid-input', plan.error);
    this.options = options;
    this.show(plan.value);
    updateLab(this, { status: 'planned', steps: [], error: null });
    return ok(undefined);
  }

  private healMember(name: string): Promise<Result<void, LabError>> {
    const state = this.running?.context.supervisor.info(name)?.state;
    return state === 'frozen' ? this.thaw(name) : this.startMember(name);
  }

  /** A fault of a process enters the book once it has taken effect. */
  private fault(
    fault: ProcessFault,
    name: string,
    work: (running: RunningLab) => Promise<Result<void, string>>,
  ): Promise<Result<void, LabError>> {
    return this.act(`kapacitor-lab fault ${fault} ${name}`, async (running) => {
      const done = await work(running);
      if (!done.ok) return failure(this.wrongMember(name), done.error);
      running.context.faults.processFault(name, fault, Date.now());
      showFaults(running.context);
      return ok(undefined);
    });
  }

  private wrongMember(name: string): LabError['code'] {
    return memberState(this, name) === undefined ? 'not-found' : 'wrong-state';
  }

  /** Does something to the running lab, with its command line recorded from beginning to outcome. */
  private async act<T>(
    line: string,
    work: (running: RunningLab) => Promise<Result<T, LabError>>,
  ): Promise<Result<T, LabError>> {
    const { running } = this;
    if (running === null || !this.isUp)
      return failure('wrong-state', `the lab is ${this.store.state.lab.status}, not running`);
    // Two commands of one millisecond stay two lines.
    const at = Math.max(Date.now(), this.lastCommandAt + 1);
    this.lastCommandAt = at;
    this.store.change({ part: 'command', value: { at, line, outcome: 'running', error: null } });
    const result = await work(running);
    const error = result.ok ? null : result.error.message;
    this.store.change({ part: 'command', value: { at, line, outcome: result.ok ? 'done' : 'failed', error } });
    running.context.journal.write({ kind: 'command', line, error });
    return result;
  }

  private show(plan: Plan): void {
    this.current = plan;
    // Until they start, members are only planned: the plan shows them.
    this.store.change(...this.store.state.members.map(({ name }) => ({ part: 'member-gone' as const, name })), {
      part: 'data',
      value: dataShown(plan),
    });
    updateLab(this, { plan: planShown(plan) });
  }

  private logged(name: string, line: KeptLine): void {
    const shown = logLine(name, line);
    for (const listener of this.logListeners) listener(shown);
  }
}

/** A plan on free ports whose configurations the members will accept: found out before anything is written. */
async function soundPlan(options: PlanOptions, saved: Plan | null): Promise<Result<Plan, string>> {
  const plan = await planOnFreePorts(options, saved);
  if (!plan.ok) return plan;
  for (const member of plan.value.members) {
    const config = memberConfig(plan.value, member);
    if (!config.ok) return config;
  }
  return plan;
}

function logLine(member: string, line: KeptLine): LogLine {
  return { member, seq: line.seq, at: line.at, level: logLevel(line.text), text: line.text };
}
