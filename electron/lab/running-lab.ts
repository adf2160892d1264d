/**
 * A lab while its processes exist: started step by step along the plan, acted upon, and ended. Made anew for each
 * start; what outlives it (plan, state, followers) belongs to `Lab`.
 */
import { err, ok, type Result } from '../../member/base/result.ts';
import type { LeftSubscription } from '../contract/requests.ts';
import { present } from '../../member/base/assert.ts';
import { FaultBook } from './fault-book.ts';
import { addToCluster, formCluster } from './formation.ts';
import { GuardLink } from './guard-link.ts';
import { Inbox } from './inbox.ts';
import { Journal } from './journal.ts';
import {
  anotherMember,
  apiOf,
  clientOf,
  emptyMember,
  memberState,
  planShown,
  runningMembers,
  showFaults,
  updateLab,
  updateMember,
  updateStep,
  type LabContext,
} from './lab-context.ts';
import { LabData } from './lab-data.ts';
import { failure, type LabError } from './lab-error.ts';
import { labFiles, savePlan } from './lab-files.ts';
import { LabWatch, type Noticed } from './lab-watch.ts';
import { influxUrl } from './member-config.ts';
import { foreignControl, memberSpec, setAsideOldFolder, writeLabFiles, writeMemberFiles } from './member-processes.ts';
import { planSteps, portsDetail, stepIds } from './plan-steps.ts';
import { portsOf, removeMember, type Plan, type PlannedMember } from './plan.ts';
import { releasePorts, reservePorts } from './port-book.ts';
import type { Programs } from './programs.ts';
import { defineHandlers, defineTasks, readSamples } from './samples.ts';
import type { StateStore } from './state-store.ts';
import { Supervisor, type ProcessEvent } from './supervisor.ts';
import type { KeptLine } from './log-file.ts';

export interface RunningLabOptions {
  readonly plan: Plan;
  readonly store: StateStore;
  readonly programs: Programs;
  readonly onNoticed: (noticed: Noticed) => void;
  readonly onLog: (name: string, line: KeptLine) => void;
}

/** A step that failed: what the page shows, with the last lines of the log concerned. */
interface StepFailure {
  readonly step: string;
  readonly message: string;
  readonly log: readonly string[];
}

export class RunningLab {
  readonly context: LabContext;
  readonly data: LabData;
  private readonly options: RunningLabOptions;
  private readonly watch: LabWatch;
  private inbox: Inbox | null = null;
  private isCancelled = false;

  constructor(options: RunningLabOptions) {
    const { plan, store, programs } = options;
    this.options = options;
    const journal = new Journal(labFiles.journal(plan.dir));
    const guard = new GuardLink(programs.guard, (message) => journal.write({ kind: 'trouble', message }));
    const supervisor = new Supervisor(guard, (event) => this.happened(event));
    this.context = { store, programs, journal, supervisor, guard, faults: new FaultBook(), plan };
    this.data = new LabData(this.context);
    this.watch = new LabWatch(this.context, options.onNoticed);
  }

  /** True when the lab runs. Otherwise everything has ended again, and the state says which step failed. */
  async bringUp(): Promise<boolean> {
    const { store, plan, journal } = this.context;
    journal.write({ kind: 'lab', status: 'starting' });
    this.reservePorts();
    store.change(
      ...plan.members.map((member) => ({
        part: 'member' as const,
        value: memberState(this.context, member.name) ?? emptyMember(member),
      })),
    );
    updateLab(this.context, {
      status: 'starting',
      plan: planShown(plan),
      steps: planSteps(plan),
      error: null,
      deliveries: 0,
    });
    const failed = await this.runSteps();
    if (failed === null && !this.isCancelled) {
      updateLab(this.context, { status: 'running' });
      journal.write({ kind: 'lab', status: 'running' });
      return true;
    }
    await this.end();
    if (this.isCancelled) this.showNobody();
    if (this.isCancelled) updateLab(this.context, { status: 'planned', steps: [], error: null });
    else if (failed !== null) updateLab(this.context, { status: 'failed', error: { ...failed, log: [...failed.log] } });
    return false;
  }

  /** The start under way ends as soon as its present step notices. */
  cancel(): void {
    this.isCancelled = true;
    this.context.supervisor.killAll();
  }

  /** Stops members in the reverse order of their start, then everything else. Nothing is left running. */
  async end(): Promise<void> {
    const { supervisor, guard, journal, plan } = this.context;
    this.data.end();
    for (const { name } of plan.members.toReversed()) await supervisor.stop(name, false);
    await supervisor.stop('influxd', false);
    this.watch.dispose();
    await this.inbox?.close();
    supervisor.killAll();
    await guard.close();
    releasePorts(plan.dir);
    supervisor.closeLogs();
    journal.write({ kind: 'lab', status: 'stopped' });
    journal.close();
    this.context.store.change(
      { part: 'links', value: [] },
      { part: 'faults', value: [] },
      { part: 'topics', value: [] },
    );
    updateLab(this.context, { clusterId: null, inbox: null });
  }

  /** The members of a lab that is over are its plan's again. */
  showNobody(): void {
    this.context.store.change(
      ...this.context.store.state.members.map(({ name }) => ({ part: 'member-gone' as const, name })),
    );
  }

  async startMember(name: string): Promise<Result<void, LabError>> {
    const member = this.context.plan.members.find((one) => one.name === name);
    if (member === undefined && name !== 'influxd') return noMember(name);
    const started = member === undefined ? await this.data.startInflux() : await this.start(member);
    return started.ok ? started : failure('member-failed', `${name} did not start: ${started.error}`);
  }

  /** One member more, on ports found free: started, added to the cluster, given the sample tasks. */
  async addMember(member: PlannedMember): Promise<Result<string, LabError>> {
    const plan = { ...this.context.plan, members: [...this.context.plan.members, member] };
    await setAsideOldFolder(plan, member.name);
    const written = await writeMemberFiles(plan, member);
    if (!written.ok) return failure('invalid-input', written.error);
    this.context.plan = plan;
    await savePlan(plan);
    this.reservePorts();
    this.context.store.change({ part: 'member', value: emptyMember(member) });
    updateLab(this.context, { plan: planShown(plan) });
    const started = await this.start(member);
    if (!started.ok) return failure('member-failed', `${member.name} did not start: ${started.error}`);
    const adder = anotherMember(this.context, member.name);
    if (!adder.ok) return adder;
    const added = await addToCluster(adder.value, member);
    if (!added.ok) return failure('refused', `${member.name} runs but did not join: ${added.error}`);
    const defined = await this.defineSamples([member], false);
    return defined.ok ? ok(member.name) : failure('refused', `${member.name} joined, but ${defined.error}`);
  }

  /** `member remove` in the cluster, then the process is stopped and leaves the lab. */
  async removeMember(name: string): Promise<Result<{ left: LeftSubscription | null }, LabError>> {
    const { plan, supervisor, store, faults } = this.context;
    const shown = memberState(this.context, name);
    if (shown === undefined) return noMember(name);
    if (plan.members.length === 1) return failure('wrong-state', `${name} is the only member of this lab`);
    const other = anotherMember(this.context, name);
    if (!other.ok) return other;
    if (shown.id !== null && shown.clusterState === 'initialized') {
      const removed = await clientOf(other.value).removeMember(shown.id);
      if (!removed.ok) return failure('refused', removed.error);
    }
    await supervisor.stop(name, false);
    supervisor.forget(name);
    faults.memberGone(name);
    this.context.plan = removeMember(plan, name);
    await savePlan(this.context.plan);
    this.reservePorts();
    store.change({ part: 'member-gone', name });
    updateLab(this.context, { plan: planShown(this.context.plan) });
    this.linksChanged();
    const gone = plan.members.find((one) => one.name === name);
    if (gone === undefined || influxUrl(plan) === null) return ok({ left: null });
    const hint = `InfluxDB goes on sending to ${name} until its subscription is dropped.`;
    return ok({ left: { hint, destination: apiOf(gone) } });
  }

  /** Faults of links as they now stand, to every member that can hear and to the page. */
  linksChanged(): void {
    for (const member of this.context.plan.members) this.sendLinkFaults(member);
    showFaults(this.context);
  }

  /** Also those of members that are down: no other lab takes them meanwhile. */
  private reservePorts(): void {
    const { plan, journal } = this.context;
    const reserved = reservePorts(
      plan.dir,
      portsOf(plan).map(({ port }) => port),
    );
    if (!reserved.ok) journal.write({ kind: 'trouble', message: reserved.error });
  }

  private async runSteps(): Promise<StepFailure | null> {
    const { context } = this;
    const { plan, programs } = context;
    const ports = await this.step(stepIds.ports, async () => {
      const written = await writeLabFiles(plan, programs);
      return written.ok ? ok(portsDetail(plan)) : written;
    });
    const inbox = ports ?? (await this.step(stepIds.inbox, () => this.openInbox()));
    const usesInflux = plan.data.kind === 'spawn' || plan.data.kind === 'url';
    const source = inbox ?? (usesInflux ? await this.step(stepIds.influx, () => this.data.prepare(), 'influxd') : null);
    const members = source ?? first(await Promise.all(plan.members.map((member) => this.stepMember(member))));
    const joined = members ?? (plan.members.length > 1 ? await this.step(stepIds.join, () => this.form()) : null);
    const samples =
      joined ?? (await this.step(stepIds.samples, () => this.defineSamples(runningMembers(context), true)));
    if (samples !== null) return samples;
    if (plan.data.kind === 'none') return null;
    return this.step(stepIds.data, () => {
      this.data.begin();
      return Promise.resolve(ok(plan.data.kind === 'url' ? 'subscribed' : '30 points/s'));
    });
  }

  private async stepMember(member: PlannedMember): Promise<StepFailure | null> {
    const id = stepIds.member(member.name);
    const failed = await this.step(
      id,
      async () => {
        const started = await this.start(member);
        return started.ok ? ok(`pid ${memberState(this.context, member.name)?.pid ?? 'unknown'}`) : started;
      },
      member.name,
    );
    if (failed === null) updateStep(this.context, id, { title: `${member.name} runs` });
    return failed;
  }

  private async form(): Promise<Result<string, string>> {
    const onJoined = (name: string) =>
      updateStep(this.context, stepIds.member(name), { title: `${name} runs and has joined` });
    const formed = await formCluster({ context: this.context, watch: this.watch, onJoined });
    return formed.ok ? ok(this.context.store.state.lab.clusterId ?? '') : formed;
  }

  /** Runs one step of the start. `process` names whose log explains a failure. */
  private async step(
    id: string,
    work: () => Promise<Result<string, string>>,
    process?: string,
  ): Promise<StepFailure | null> {
    const since = Date.now();
    updateStep(this.context, id, { state: 'running' });
    const result: Result<string, string> = this.isCancelled ? err('cancelled') : await work();
    const ms = Date.now() - since;
    if (result.ok) {
      updateStep(this.context, id, { state: 'done', detail: result.value, ms });
      return null;
    }
    updateStep(this.context, id, { state: 'failed', detail: result.error, ms });
    const log = process === undefined ? [] : this.context.supervisor.recentLog(process, 12).map(({ text }) => text);
    return { step: id, message: result.error, log };
  }

  private async openInbox(): Promise<Result<string, string>> {
    const opened = await Inbox.open(this.context.plan.inboxPort, (delivery) => this.watch.delivered(delivery));
    if (!opened.ok) return opened;
    this.inbox = opened.value;
    updateLab(this.context, { inbox: opened.value.url });
    return ok(opened.value.url);
  }

  private async defineSamples(
    members: readonly PlannedMember[],
    withHandlers: boolean,
  ): Promise<Result<string, string>> {
    const samples = await readSamples(this.context.programs.resources, present(this.inbox, 'inbox').url);
    for (const member of members) {
      const defined = await defineTasks(samples, clientOf(member));
      if (!defined.ok) return err(`${member.name}: ${defined.error}`);
    }
    if (!withHandlers) return ok('');
    // Members that form no cluster share no handlers: each then delivers for itself.
    const isOneCluster = this.context.plan.engine.kind === 'bundled' || foreignControl(this.context.plan) !== null;
    for (const member of isOneCluster ? members.slice(0, 1) : members) {
      const defined = await defineHandlers(samples, clientOf(member));
      if (!defined.ok) return defined;
    }
    return ok(samples.tasks.map(({ id }) => id).join(', '));
  }

  private start(member: PlannedMember): Promise<Result<void, string>> {
    const spec = memberSpec(this.context.plan, member, this.context.programs);
    return spec.ok ? this.context.supervisor.start(spec.value) : Promise.resolve(spec);
  }

  private happened(event: ProcessEvent): void {
    switch (event.kind) {
      case 'log':
        this.options.onLog(event.name, event.line);
        return;
      case 'listening':
        updateMember(this.context, event.name, (member) => ({
          ...member,
          id: event.message.memberId,
          clusterId: event.message.clusterId,
        }));
        return;
      case 'process':
        this.processChanged(event.info);
    }
  }

  private processChanged(info: Extract<ProcessEvent, { kind: 'process' }>['info']): void {
    const { journal, faults, plan } = this.context;
    journal.write({ kind: 'process', process: info });
    const member = plan.members.find(({ name }) => name === info.name);
    if (member === undefined) {
      if (info.state === 'running') faults.processHealed(info.name);
      showFaults(this.context);
      return this.data.processChanged();
    }
    const before = memberState(this.context, info.name)?.process;
    const { pid, state: process, since: processSince, reason, byFault } = info;
    updateMember(this.context, info.name, (shown) => ({ ...shown, pid, process, processSince, reason, byFault }));
    if (process === 'running') {
      faults.processHealed(info.name);
      if (before !== 'frozen') {
        this.sendLinkFaults(member);
        this.watch.open(member);
      }
    }
    if (process === 'stopped' || process === 'crashed' || process === 'failed') this.watch.close(info.name);
    showFaults(this.context);
  }

  private sendLinkFaults(member: PlannedMember): void {
    const faults = this.context.faults.linkFaults().filter(({ from }) => from === member.name);
    const sent = faults.flatMap(({ to, cut, delayMs, jitterMs, loss }) => {
      const peer = this.context.plan.members.find(({ name }) => name === to);
      if (peer === undefined) return [];
      return [{ peerAddresses: [`127.0.0.1:${peer.gossip}`, `127.0.0.1:${peer.rpc}`], cut, delayMs, jitterMs, loss }];
    });
    this.context.supervisor.send(member.name, { kind: 'link-faults', faults: sent });
  }
}

function first(failures: readonly (StepFailure | null)[]): StepFailure | null {
  return failures.find((failed) => failed !== null) ?? null;
}

function noMember(name: string): ReturnType<typeof failure> {
  return failure('not-found', `there is no ${name} in this lab`);
}
