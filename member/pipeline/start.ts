/** Makes a run of a graph: a machine for each node, joined by edges, and the state they share. */
import { earliest, never } from '../base/deadline.ts';
import type { Millis } from '../base/deadline.ts';
import { err, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { JsonValue } from '../base/store.ts';
import type { Block, WriteBody } from '../influx/block.ts';
import type { QueriedBatch } from '../influx/queried-batch.ts';
import type { QueryResult } from '../influx/result.ts';
import type { Dbrp, StartOptions, TaskType } from './definition.ts';
import type { PipelineEnvironment } from './environment.ts';
import { runText } from './engine/dot.ts';
import { ExecutionTimer } from './engine/execution-timer.ts';
import { GroupTable } from './engine/groups.ts';
import { Machine } from './engine/machine.ts';
import type { Edge, MachineContext } from './engine/machine.ts';
import { allRows, rowRange, ungrouped } from './engine/rows.ts';
import type { Rows } from './engine/rows.ts';
import { Throughput } from './engine/throughput.ts';
import type { PipelineNode } from './graph/node.ts';
import { FromNode } from './nodes/from.ts';
import { QueryMachine } from './nodes/query/query-machine.ts';
import { HttpOutMachine } from './nodes/http-out.ts';
import type { DotView, NodeStats, PipelineRun, RunStats, RunWatch } from './run.ts';

/** `nodes` in walk order: parents before children, a source first. */
export function startRun(
  nodes: readonly PipelineNode[],
  type: TaskType,
  environment: PipelineEnvironment,
  options: StartOptions,
): Result<PipelineRun, string> {
  const run = new Run(nodes, type, environment, options);
  const started = run.start(nodes, options.snapshot ?? null);
  return started.ok ? ok(run) : started;
}

class Run implements PipelineRun {
  private readonly environment: PipelineEnvironment;
  private readonly type: TaskType;
  private readonly dbrps: readonly Dbrp[];
  private readonly watch: RunWatch | null;
  private readonly groups = new GroupTable();
  private readonly timer: ExecutionTimer;
  private readonly machines: Machine[] = [];
  /** Those that may want to be woken, and those that may hold rows back: most do neither, and every delivery asks. */
  private timed: readonly Machine[] = [];
  private holding: readonly Machine[] = [];
  private readonly edges: Edge[] = [];
  private readonly throughput: Throughput;
  private readonly wanted: Wanted;
  private failure: string | null = null;
  private isClosed = false;
  private isFinished = false;
  /** Those whose `finish` was called. */
  private readonly finished = new Set<Machine>();
  private waiting: Machine[] = [];
  private sourceCollected = 0;

  constructor(
    nodes: readonly PipelineNode[],
    type: TaskType,
    environment: PipelineEnvironment,
    { dbrps, watch }: StartOptions,
  ) {
    this.environment = environment;
    this.type = type;
    this.dbrps = dbrps;
    this.watch = watch ?? null;
    this.timer = new ExecutionTimer(() => environment.clock.monotonicMs(), environment.timingInterval);
    this.throughput = new Throughput(environment.clock.monotonicMs());
    this.wanted = new Wanted(nodes, dbrps);
  }

  start(nodes: readonly PipelineNode[], snapshot: JsonValue | null): Result<void, string> {
    const made = this.createMachines(nodes);
    if (!made.ok) return made;
    this.timed = this.machines.filter((machine) => machine.nextDeadline !== Machine.prototype.nextDeadline);
    this.holding = this.machines.filter((machine) => machine.backlog !== Machine.prototype.backlog);
    this.restore(snapshot);
    for (const [index, machine] of this.machines.entries()) {
      const started = machine.start();
      if (started.ok) continue;
      for (const earlier of this.machines.slice(0, index)) earlier.close();
      this.isClosed = true;
      return started;
    }
    this.refuseSharedOutputs();
    return ok(undefined);
  }

  /** As 1.5.4 finds out only once the task runs: two outputs of one name would answer on one path. */
  private refuseSharedOutputs(): void {
    const names = new Set<string>();
    for (const machine of this.machines) {
      if (!(machine instanceof HttpOutMachine)) continue;
      const { endpoint } = machine;
      const path = `/kapacitor/v1/tasks/${this.environment.taskId}/${endpoint}`;
      if (names.has(endpoint)) this.fail(machine.context.name, `multiple registrations for ${path}`);
      names.add(endpoint);
    }
  }

  write(body: WriteBody): void {
    const source = this.machines[0];
    if (source === undefined || this.isOver()) return;
    const before = this.sourceCollected;
    if (this.wanted.needsOrder && body.blocks.length > 1) this.writeRuns(source, body);
    else for (const block of body.blocks) this.writeRows(source, block, 0, block.length);
    this.settle();
    this.throughput.count(this.sourceCollected - before, this.environment.clock.monotonicMs());
  }

  collectBatch(query: number, batch: QueriedBatch): void {
    const machine = this.queries()[query];
    if (machine === undefined || this.isOver()) return;
    machine.collect(batch);
    this.settle();
  }

  get queryCount(): number {
    return this.queries().length;
  }

  finish(): void {
    if (this.isFinished || this.isOver()) return;
    this.isFinished = true;
    this.finishMachines(false);
  }

  wake(now: Millis): void {
    if (this.isOver()) return;
    for (const machine of this.machines) {
      if (machine.nextDeadline() <= now) machine.wake(now);
      if (this.failure !== null) return;
    }
    this.settle();
  }

  nextDeadline(): Millis {
    if (this.isOver()) return never;
    let next = never;
    for (let i = 0; i < this.timed.length; i++) next = earliest(next, this.timed[i]?.nextDeadline() ?? never);
    return next;
  }

  backlog(): number {
    let longest = 0;
    for (let i = 0; i < this.holding.length; i++) longest = Math.max(longest, this.holding[i]?.backlog() ?? 0);
    return longest;
  }

  error(): string | null {
    return this.failure;
  }

  stats(): RunStats {
    return {
      throughput: this.throughput.perSecond(this.environment.clock.monotonicMs()),
      nodes: this.machines.map((machine) => this.statsOf(machine)),
      edges: this.edges.map(({ parent, child, type, collected }) => ({
        parent: parent.context.name,
        child: child.context.name,
        type,
        collected,
        emitted: collected,
      })),
    };
  }

  dot(view: DotView): string {
    return runText(this.environment.taskId, this.type, this.stats(), view);
  }

  httpOutputNames(): readonly string[] {
    return this.machines.flatMap((machine) => (machine instanceof HttpOutMachine ? [machine.endpoint] : []));
  }

  httpOutput(name: string): QueryResult | undefined {
    for (const machine of this.machines)
      if (machine instanceof HttpOutMachine && machine.endpoint === name) return machine.result();
    return undefined;
  }

  prepareSnapshot(done: () => void): void {
    let missing = this.machines.length;
    for (const machine of this.machines)
      machine.prepareSnapshot(() => {
        missing--;
        if (missing === 0) done();
      });
  }

  snapshot(): JsonValue | null {
    const states = this.machines.map((machine) => [machine.context.name, machine.snapshot()] as const);
    return states.some(([, state]) => state !== null) ? Object.fromEntries(states) : null;
  }

  close(): void {
    if (this.isClosed) return;
    this.finish();
    if (!this.isOver()) this.finishMachines(true);
    this.isClosed = true;
    for (const machine of this.machines) machine.close();
  }

  /** In the order of the graph, as the plans of a definition are. */
  private queries(): readonly QueryMachine[] {
    const children = this.machines[0]?.outputs.map(({ child }) => child) ?? [];
    return children.filter((machine) => machine instanceof QueryMachine);
  }

  private isOver(): boolean {
    return this.failure !== null || this.isClosed;
  }

  /** A machine finishes once everything in front of it has, and nothing is on its way to it; or, forced, in any case. */
  private finishMachines(isForced: boolean): void {
    for (const machine of this.machines) {
      if (this.finished.has(machine)) continue;
      const isReached = machine.inputs.some(({ parent }) => !this.finished.has(parent) || parent.isFinishing());
      if (isReached && !isForced) continue;
      this.finished.add(machine);
      machine.finish();
      this.settle();
    }
  }

  private createMachines(nodes: readonly PipelineNode[]): Result<void, string> {
    const machineOf = new Map<PipelineNode, Machine>();
    for (const node of nodes) {
      const made = node.createMachine(this.contextOf(node));
      if (!made.ok) return made;
      machineOf.set(node, made.value);
      this.machines.push(made.value);
      for (const [source, parent] of node.parents.entries()) {
        const parentMachine = machineOf.get(parent);
        if (parent.provides !== node.wants || parent.provides === 'none' || parentMachine === undefined) {
          const kind = parent.provides === node.wants ? 'no edge expected' : 'mismatched edges';
          return err(
            `cannot add child ${kind}: ${parent.name}:${edgeName(parent.provides)} -> ${node.name}:${edgeName(node.wants)}`,
          );
        }
        this.join(parentMachine, made.value, parent.provides, source);
      }
    }
    return ok(undefined);
  }

  private join(parent: Machine, child: Machine, type: Edge['type'], source: number): void {
    const edge: Edge = {
      parent,
      child,
      type,
      source,
      span: { wasTiming: false, nestedBeforeMs: 0, startMs: 0 },
      collected: 0,
      groupCounts: undefined,
    };
    parent.outputs.push(edge);
    child.inputs.push(edge);
    this.edges.push(edge);
  }

  private contextOf(node: PipelineNode): MachineContext {
    return {
      environment: this.watch?.environmentOf(node.name) ?? this.environment,
      watch: this.watch,
      groups: this.groups,
      timer: this.timer,
      name: node.name,
      kind: node.kind,
      isQuiet: node.isQuiet,
      provides: node.provides,
      dbrps: this.dbrps,
      countSource: (batches) => this.countSource(batches),
      fail: (message) => this.fail(node.name, message),
      isStopped: false,
      machineOf: (name) => this.machineOf(name),
      wantsFlush: (machine) => this.waiting.push(machine),
      outside: (work) => {
        if (this.isClosed) return;
        work();
        this.settle();
        if (this.isFinished && !this.isOver()) this.finishMachines(false);
      },
    };
  }

  private countSource(batches: number): void {
    this.sourceCollected += batches;
    this.throughput.count(batches, this.environment.clock.monotonicMs());
  }

  private machineOf(name: string): Machine | undefined {
    return this.machines.find((machine) => machine.context.name === name);
  }

  private fail(node: string, message: string): void {
    if (this.failure !== null) return;
    this.failure = `${node}: ${message}`;
    this.stopWithParents(this.machineOf(node));
    this.environment.log({ level: 'error', message: 'node failed', node, fields: [['err', message]] });
  }

  /** The node that failed and all in front of it. */
  private stopWithParents(machine: Machine | undefined): void {
    if (machine === undefined || machine.context.isStopped) return;
    machine.context.isStopped = true;
    for (const edge of machine.inputs) this.stopWithParents(edge.parent);
  }

  /** A snapshot of other nodes than these is of an earlier script. */
  private restore(snapshot: JsonValue | null): void {
    if (snapshot === null || typeof snapshot !== 'object' || Array.isArray(snapshot)) return;
    const states = new Map(Object.entries(snapshot));
    if (!this.machines.every((machine) => states.has(machine.context.name))) return;
    for (const machine of this.machines) {
      const state = states.get(machine.context.name) ?? null;
      if (state !== null) machine.restore(state);
    }
  }

  /** Rows that machines hold back to make blocks of them go on, parents before children. */
  private settle(): void {
    while (this.waiting.length > 0) {
      this.waiting = [];
      for (const machine of this.machines) {
        if (!machine.isWaitingForFlush) continue;
        machine.isWaitingForFlush = false;
        if (!machine.context.isStopped) machine.flush();
      }
    }
  }

  /** In the order of the body. */
  private writeRuns(source: Machine, body: WriteBody): void {
    const reached = new Uint32Array(body.blocks.length);
    for (let i = 0; i < body.runs.length; i += 2) {
      const index = body.runs[i] ?? 0;
      const block = body.blocks[index];
      const start = reached[index] ?? 0;
      const end = start + (body.runs[i + 1] ?? 0);
      reached[index] = end;
      if (block !== undefined) this.writeRows(source, block, start, end);
      if (this.failure !== null) return;
    }
  }

  private writeRows(source: Machine, block: Block, start: number, end: number): void {
    const times = this.wanted.deliveriesOf(block);
    if (times === 0 || this.failure !== null) return;
    const rows = ungrouped(block);
    const selected = start === 0 ? allRows(end) : rowRange(start, end);
    // Points that a task takes both by name and without reach it twice, one after the other, as in 1.5.4.
    if (times === 1) this.collect(source, rows, selected, end - start);
    else
      for (let row = start; row < end; row++) {
        const one = rowRange(row, row + 1);
        for (let i = 0; i < times; i++) this.collect(source, rows, one, 1);
      }
  }

  private collect(source: Machine, rows: Rows, selected: Int32Array, count: number): void {
    this.sourceCollected += count;
    source.onRows(rows, selected, count, 0);
  }

  private statsOf(machine: Machine): NodeStats {
    const sum = (edges: readonly Edge[]): number => edges.reduce((total, edge) => total + edge.collected, 0);
    return {
      name: machine.context.name,
      kind: machine.context.kind,
      values: {
        ...machine.ownStats(),
        avg_exec_time_ns: machine.executionTime.maximum,
        collected: machine === this.machines[0] ? this.sourceCollected : sum(machine.inputs),
        // As 1.5.4: what a batch task begins with counts nothing as handed on to its queries.
        emitted: machine.context.kind === 'batch' ? 0 : sum(machine.outputs),
        errors: machine.errorCount,
        working_cardinality: machine.cardinality(),
      },
    };
  }
}

function edgeName(type: PipelineNode['provides']): string {
  return type === 'none' ? 'noedge' : type;
}

/** Which points a stream task takes: of its dbrps, and of the measurements its `from` nodes name. */
class Wanted {
  private readonly dbrps: readonly Dbrp[];
  private readonly measurements: ReadonlySet<string>;
  /**
   * Whether a `from` takes every measurement: its name is empty. Rows of several measurements may meet then, so that
   * their order matters.
   */
  readonly needsOrder: boolean;

  constructor(nodes: readonly PipelineNode[], dbrps: readonly Dbrp[]) {
    this.dbrps = dbrps;
    this.measurements = new Set(nodes.filter((node) => node instanceof FromNode).map((node) => node.measurement));
    this.needsOrder = this.measurements.has('');
  }

  deliveriesOf({ database, retentionPolicy, name }: Block): number {
    for (let i = 0; i < this.dbrps.length; i++) {
      const dbrp = this.dbrps[i];
      if (dbrp === undefined || dbrp.db !== database || dbrp.rp !== retentionPolicy) continue;
      return Number(this.needsOrder) + Number(name !== '' && this.measurements.has(name));
    }
    return 0;
  }
}
