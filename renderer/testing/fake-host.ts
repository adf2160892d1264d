/** The contract over the in-memory cluster: every call has a handler, every stream its listeners, as the real hosts. */
import type { Answer, LabBridge } from '../../electron/contract/bridge.ts';
import {
  requests,
  type ErrorCode,
  type HostCalls,
  type HostError,
  type RequestInput,
  type RequestName,
  type RequestOutput,
} from '../../electron/contract/requests.ts';
import type {
  Change,
  LogLine,
  ObservationNotice,
  StateNotice,
  StreamName,
  StreamNotice,
  StreamParameter,
  TerminalNotice,
} from '../../electron/contract/notices.ts';
import type { ActiveFault, HostState, PlanStep } from '../../electron/contract/state.ts';
import { decode, encode } from '../../electron/contract/codec.ts';
import { FakeCluster } from './fake-cluster.ts';
import { FakeScenario } from './fake-scenario.ts';
import { FakeShell } from './fake-shell.ts';
import { aHost, aLab, aMember, aPlan, aTopic, clusterId } from '../../electron/contract/testing/states.ts';

class Refusal extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export interface FakeHostOptions {
  readonly state?: HostState;
  readonly now?: number;
  /** Makes one call fail, to see how its screen says so. */
  readonly failing?: Partial<Record<RequestName, HostError>>;
  /** Member that does not come up when the lab starts. */
  readonly brokenMember?: string;
  readonly settings?: Record<string, unknown>;
}

export class FakeHost {
  readonly cluster: FakeCluster;
  readonly bridge: LabBridge;
  readonly asked: { readonly name: RequestName; readonly input: unknown }[] = [];
  private readonly options: FakeHostOptions;
  private readonly stateListeners = new Set<(notice: StateNotice) => void>();
  private readonly observationListeners = new Set<(notices: ObservationNotice[]) => void>();
  private readonly logListeners = new Map<(lines: LogLine[]) => void, string>();
  private readonly terminals = new Map<
    string,
    { readonly shell: FakeShell; readonly listeners: Set<(notice: TerminalNotice) => void> }
  >();
  private readonly scenario: FakeScenario;
  private lines: LogLine[] = [];
  private seq = 0;
  private count = 0;
  private settings: Record<string, unknown>;

  constructor(options: FakeHostOptions = {}) {
    this.options = options;
    this.settings = options.settings ?? {};
    const events = {
      change: (...changes: Change[]) => this.tellState(changes),
      observe: (...notices: ObservationNotice[]) => {
        for (const listener of this.observationListeners) listener(copy(notices));
      },
      log: (line: Omit<LogLine, 'seq'>) => this.tellLog(line),
    };
    this.cluster = new FakeCluster(options.state ?? aHost(), events, options.now ?? 0);
    this.scenario = new FakeScenario(this.cluster, (name) => this.crash(name));
    if (this.cluster.state.lab.status === 'running') {
      this.cluster.begin();
      this.cluster.resume();
    }
    this.bridge = {
      request: (name, input) => this.request(name, input),
      subscribe: (stream, parameter, listener) => this.subscribe(stream, parameter, listener),
    };
  }

  advanceTo(now: number): void {
    this.cluster.advanceTo(now);
    this.scenario.tick();
  }

  private tellState(changes: Change[]): void {
    this.seq += 1;
    for (const listener of this.stateListeners) listener(copy({ kind: 'changes', seq: this.seq, changes }));
  }

  private tellLog(line: Omit<LogLine, 'seq'>): void {
    const whole = { ...line, seq: this.lines.length + 1 };
    this.lines.push(whole);
    for (const [listener, member] of this.logListeners) if (member === '*' || member === line.member) listener([whole]);
  }

  private async request<R extends RequestName>(name: R, input: RequestInput<R>): Promise<Answer<RequestOutput<R>>> {
    this.asked.push({ name, input });
    const failure = this.options.failing?.[name];
    if (failure !== undefined) return { ok: false, error: failure };
    const checked = requests[name].input.safeParse(copy(input));
    if (!checked.success)
      return {
        ok: false,
        error: { code: 'invalid-input', message: `${name}: ${checked.error.message}`, details: null },
      };
    try {
      // The mapped type proves that the handler of `name` takes this input; the index type cannot say so.
      const handler = this.calls[name] as (input: RequestInput<R>) => Promise<RequestOutput<R>>;
      return { ok: true, value: copy(await handler(input)) };
    } catch (error) {
      if (error instanceof Refusal)
        return { ok: false, error: { code: error.code, message: error.message, details: null } };
      throw error;
    }
  }

  private subscribe<S extends StreamName>(
    stream: S,
    parameter: StreamParameter<S>,
    listener: (notice: StreamNotice<S>) => void,
  ): () => void {
    // Each branch knows which notice its stream carries; TypeScript does not narrow generics by value.
    switch (stream) {
      case 'state': {
        const each = listener as (notice: StateNotice) => void;
        this.stateListeners.add(each);
        each(copy({ kind: 'snapshot', seq: this.seq, state: this.cluster.state }));
        return () => this.stateListeners.delete(each);
      }
      case 'observations': {
        const each = listener as (notices: ObservationNotice[]) => void;
        this.observationListeners.add(each);
        return () => this.observationListeners.delete(each);
      }
      case 'log': {
        const each = listener as (lines: LogLine[]) => void;
        this.logListeners.set(each, String(parameter));
        each(this.lines.filter((line) => parameter === '*' || line.member === parameter));
        return () => this.logListeners.delete(each);
      }
      default: {
        const each = listener as (notice: TerminalNotice) => void;
        const terminal = this.terminals.get(String(parameter));
        terminal?.listeners.add(each);
        if (terminal !== undefined) each({ kind: 'data', data: terminal.shell.greeting() });
        return () => terminal?.listeners.delete(each);
      }
    }
  }

  private audit(line: string): void {
    this.cluster.set({ part: 'command', value: { at: this.cluster.now, line, outcome: 'done', error: null } });
  }

  private addFault(kind: ActiveFault['kind'], members: readonly string[]): void {
    this.count += 1;
    this.cluster.set({
      part: 'faults',
      value: [
        ...this.cluster.state.faults,
        { id: `fault-${this.count}`, kind, members: [...members], since: this.cluster.now },
      ],
    });
  }

  private dropFaults(isDropped: (fault: ActiveFault) => boolean): void {
    this.cluster.set({ part: 'faults', value: this.cluster.state.faults.filter((fault) => !isDropped(fault)) });
  }

  private need(name: string): string {
    if (!this.cluster.state.members.some((member) => member.name === name))
      throw new Refusal('not-found', `there is no member ${name}`);
    return name;
  }

  crash(name: string): void {
    this.cluster.setProcess(this.need(name), 'crashed', true);
    this.addFault('crash', [name]);
    this.audit(`kapacitor-lab fault crash ${name}`);
  }

  private start(name: string): void {
    this.dropFaults((fault) => fault.members.length === 1 && fault.members[0] === name);
    this.cluster.setProcess(this.need(name), 'starting', false);
    this.cluster.in(900, () => {
      this.cluster.setProcess(name, 'running', false);
      this.cluster.meet(name);
    });
    this.audit(`kapacitor-lab fault start ${name}`);
  }

  private thaw(name: string): void {
    this.dropFaults((fault) => fault.kind === 'freeze' && fault.members[0] === name);
    this.cluster.setProcess(this.need(name), 'running', false);
    this.cluster.in(200, () => this.cluster.meet(name));
  }

  private setLink(input: RequestInput<'link.fault'>): void {
    const isIt = (link: { readonly from: string; readonly to: string }): boolean =>
      link.from === input.from && link.to === input.to;
    const links = this.cluster.state.links.filter((link) => !isIt(link));
    const pair = [input.from, input.to];
    this.cluster.set({
      part: 'links',
      value:
        input.fault === null
          ? links
          : [...links, { from: this.need(input.from), to: this.need(input.to), ...input.fault }],
    });
    this.dropFaults((fault) => fault.members.length === 2 && fault.members.every((name) => pair.includes(name)));
    if (input.fault !== null) this.addFault(input.fault.cut ? 'cut' : input.fault.loss > 0 ? 'loss' : 'delay', pair);
    this.audit(`kapacitor-lab fault ${input.fault === null ? 'heal' : 'cut'} ${input.from} ${input.to}`);
  }

  private undoFault(fault: ActiveFault): void {
    const [a, b] = fault.members;
    if (a === undefined) return;
    if (b === undefined) {
      if (fault.kind === 'freeze') this.thaw(a);
      else this.start(a);
      return;
    }
    this.setLink({ from: a, to: b, fault: null });
    this.setLink({ from: b, to: a, fault: null });
  }

  private startLab(): void {
    const { cluster } = this;
    const count = cluster.state.lab.plan.members.length;
    const names = cluster.state.lab.plan.members.map((member) => member.name);
    let steps: PlanStep[] = [
      {
        id: 'ports',
        title: 'Ports chosen',
        detail: `${count * 3} free, ${cluster.state.lab.plan.members[0]?.gossip ?? 0} to ${cluster.state.lab.plan.members.at(-1)?.api ?? 0}`,
        state: 'done',
        ms: null,
      },
      ...names.map((name): PlanStep => ({
        id: name,
        title: `${name} starts`,
        detail: 'waits',
        state: 'waiting',
        ms: null,
      })),
      {
        id: 'data',
        title: 'Sample data, six hosts',
        detail: `waits for ${names.at(-1) ?? ''}`,
        state: 'waiting',
        ms: null,
      },
    ];
    const show = (id: string, part: Partial<PlanStep>): void => {
      steps = steps.map((step) => (step.id === id ? { ...step, ...part } : step));
      cluster.set({ part: 'lab', value: { ...cluster.state.lab, status: 'starting', error: null, steps } });
    };
    show('ports', {});
    names.forEach((name, index) => {
      cluster.in(200 + index * 900, () => {
        if (cluster.state.lab.status !== 'starting') return;
        cluster.set({
          part: 'member',
          value: aMember(index + 1, {
            process: 'starting',
            processSince: cluster.now,
            views: [],
            clusterState: null,
            seenAt: null,
          }),
        });
        show(name, { title: `${name} opens its store`, detail: `pid ${48_207 + index * 6}`, state: 'running' });
      });
      cluster.in(900 + index * 900, () => this.memberUp(name, index, show));
    });
    cluster.in(300 + count * 900, () => {
      if (cluster.state.lab.status !== 'starting') return;
      show('data', { state: 'done', detail: '30 points/s', ms: 240 });
      cluster.set({ part: 'topics', value: [aTopic()] });
      cluster.set({ part: 'data', value: { ...aHost().data, lastPointAt: cluster.now } });
      cluster.set({
        part: 'lab',
        value: { ...cluster.state.lab, status: 'running', clusterId, inbox: 'http://127.0.0.1:19080' },
      });
    });
  }

  private memberUp(name: string, index: number, show: (id: string, part: Partial<PlanStep>) => void): void {
    const { cluster } = this;
    if (cluster.state.lab.status !== 'starting') return;
    if (name === this.options.brokenMember) {
      cluster.setMember(name, {
        process: 'failed',
        reason: 'listen tcp 127.0.0.1:19098: bind: address already in use',
      });
      show(name, { title: `${name} did not start`, state: 'failed', ms: 700 });
      const log = [
        'ts=2026-11-25T14:20:59.113Z lvl=info msg="opened store" service=store',
        'ts=2026-11-25T14:20:59.120Z lvl=error msg="open service" service=http err="listen tcp 127.0.0.1:19098: bind: address already in use"',
      ];
      cluster.set({
        part: 'lab',
        value: {
          ...cluster.state.lab,
          status: 'failed',
          error: { step: name, message: 'port 19098 is taken by java (pid 2114)', log },
        },
      });
      return;
    }
    cluster.setMember(name, {
      process: 'running',
      processSince: cluster.now,
      clusterState: 'initialized',
      seenAt: cluster.now,
    });
    cluster.meet(name);
    show(name, {
      title: index === 0 ? `${name} runs` : `${name} runs and has joined`,
      state: 'done',
      ms: 600 + index * 250,
    });
    cluster.begin();
  }

  private readonly calls: HostCalls = {
    'lab.plan': async () =>
      this.nothing(() =>
        this.cluster.set({
          part: 'lab',
          value: {
            ...this.cluster.state.lab,
            status: 'planned',
            error: null,
            steps: [],
            plan: aPlan(3, { portNotes: [] }),
          },
        }),
      ),
    'lab.start': async () => this.nothing(() => this.startLab()),
    'lab.cancel': async () => this.nothing(() => this.stopAll()),
    'lab.stop': async () => this.nothing(() => this.stopAll()),
    'member.add': async () => {
      const number = Math.max(0, ...this.cluster.state.members.map((member) => Number(member.name.split('-')[1]))) + 1;
      this.cluster.join(number);
      this.audit(`kapacitorctl member add 127.0.0.1:${19_091 + 3 * (number - 1)}`);
      return { name: `kapacitor-${number}` };
    },
    'member.remove': async ({ name }) => {
      this.cluster.set({ part: 'member-gone', name: this.need(name) });
      for (const member of this.cluster.state.members)
        this.cluster.setMember(member.name, { views: member.views.filter((view) => view.member !== name) });
      this.audit(`kapacitorctl member remove ${name}`);
      const number = Number(name.split('-')[1]);
      const destination = `http://127.0.0.1:${19_092 + 3 * (number - 1)}`;
      return { left: { hint: `InfluxDB goes on sending to ${name} until its subscription is dropped.`, destination } };
    },
    'data.unsubscribe': async ({ destination }) => {
      this.audit(`influx -execute 'DROP SUBSCRIPTION "kapacitor-${destination.slice(-5)}" ON "telegraf"."autogen"'`);
      return { dropped: 1 };
    },
    'member.crash': async ({ name }) => this.nothing(() => this.crash(name)),
    'member.freeze': async ({ name }) =>
      this.nothing(() => {
        this.cluster.setProcess(this.need(name), 'frozen', true);
        this.addFault('freeze', [name]);
        this.audit(`kapacitor-lab fault freeze ${name}`);
      }),
    'member.thaw': async ({ name }) => this.nothing(() => this.thaw(name)),
    'member.stop': async ({ name }) =>
      this.nothing(() => {
        this.cluster.setProcess(this.need(name), 'stopped', true);
        this.cluster.leave(name);
        this.addFault('stop', [name]);
        this.audit(`kapacitor-lab fault stop ${name}`);
      }),
    'member.start': async ({ name }) => this.nothing(() => this.start(name)),
    'link.fault': async (input) => this.nothing(() => this.setLink(input)),
    'faults.undo': async () => {
      const last = this.cluster.state.faults.at(-1);
      if (last === undefined) return { undone: null };
      this.undoFault(last);
      return { undone: `${last.kind} of ${last.members.join(' and ')}` };
    },
    'faults.heal': async () => {
      const { faults } = this.cluster.state;
      for (const fault of faults) this.undoFault(fault);
      return { healed: faults.length };
    },
    'data.incident': async ({ host, incident }) => this.nothing(() => this.setIncident(host, incident)),
    'alerts.test': async ({ topic }) => this.nothing(() => this.cluster.raise(`test:${topic}`, 'INFO')),
    'terminal.open': async ({ member }) => {
      this.count += 1;
      const id = `terminal-${this.count}`;
      const listeners = new Set<(notice: TerminalNotice) => void>();
      const shell = new FakeShell(
        this.need(member),
        () => this.cluster.state,
        (data) => {
          for (const listener of listeners) listener({ kind: 'data', data });
        },
      );
      this.terminals.set(id, { shell, listeners });
      return { id };
    },
    'terminal.write': async ({ id, data }) => this.nothing(() => this.terminals.get(id)?.shell.take(data)),
    'terminal.resize': async () => null,
    'terminal.close': async ({ id }) => this.nothing(() => this.terminals.delete(id)),
    'scenario.start': async ({ name }) => this.nothing(() => this.scenario.start(name)),
    'scenario.next': async () => this.nothing(() => this.scenario.next()),
    'scenario.repeat': async () => this.nothing(() => this.scenario.repeat()),
    'scenario.pause': async ({ paused }) => this.nothing(() => this.scenario.pause(paused)),
    'scenario.leave': async ({ heal }) =>
      this.nothing(() => {
        this.scenario.leave();
        if (heal) for (const fault of this.cluster.state.faults) this.undoFault(fault);
      }),
    'settings.read': async () => this.settings,
    'settings.write': async (value) => this.nothing(() => (this.settings = value)),
  };

  private nothing(run: () => unknown): null {
    run();
    return null;
  }

  private setIncident(host: string, incident: string | null): void {
    const { data } = this.cluster.state;
    this.cluster.set({
      part: 'data',
      value: { ...data, hosts: data.hosts.map((each) => (each.host === host ? { ...each, incident } : each)) },
    });
    if (incident === 'hot') this.cluster.in(1_000, () => this.cluster.raise(`cpu_high:${host}`, 'CRITICAL'));
    else this.cluster.in(1_000, () => this.cluster.raise(`cpu_high:${host}`, 'OK'));
  }

  private stopAll(): void {
    for (const member of this.cluster.state.members) this.cluster.set({ part: 'member-gone', name: member.name });
    this.cluster.set({ part: 'faults', value: [] });
    this.cluster.set({ part: 'lab', value: aLab({ status: 'planned', clusterId: null, inbox: null, steps: [] }) });
  }
}

/** As the wire does: what it would lose is lost here too. */
function copy<T>(value: T): T {
  return decode(encode(value)) as T;
}
