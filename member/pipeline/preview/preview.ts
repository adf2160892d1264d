/**
 * Runs a script on a sample: every node's points, the alerts, what would be sent, and how far it came. It is pure and
 * has no effect on the world, so that a page's worker runs it while a script is typed: lambdas are closures, time is
 * the sample's. It lives in this layer because a run, its alerts and InfluxDB's data meet here, and because the page
 * may import no layer above this one (`tasks`, `daemon`).
 *
 * Guarantees: never throws for what the script or the sample holds; ends within its limits (`PreviewLimits`), where
 * one step over a slice of the sample is not interrupted unless nodes hand on rows in it; of what nodes make a bounded
 * part is kept and the rest is counted. What it must not know: handlers of topics, endpoints and InfluxDBs of the
 * configuration, files. A page ends its worker as the last resort.
 */
import type { Millis } from '../../base/deadline.ts';
import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { parseScript } from '../../tick/syntax/parser.ts';
import { varsFromJson } from '../../tick/evaluate/vars-json.ts';
import { definePipeline } from '../define.ts';
import type { Dbrp, PipelineDefinition } from '../definition.ts';
import type { PipelineRun } from '../run.ts';
import { Bounds, PreviewEnded } from './bounds.ts';
import { defaultLimits } from './input.ts';
import type { PreviewInput, PreviewLimits } from './input.ts';
import type { PreviewNote, PreviewOutcome, PreviewRefusal, PreviewShown } from './outcome.ts';
import { readAnswers, readWrites } from './sample.ts';
import type { Sample } from './sample.ts';
import { Watcher } from './watcher.ts';
import { PreviewWorld } from './world.ts';

/** `nowMs` is a monotonic clock: it alone decides when the time is up. */
export function preview(input: PreviewInput, nowMs: () => Millis): PreviewOutcome {
  const limits = { ...defaultLimits, ...input.limits };
  const bounds = new Bounds(limits, nowMs);
  const isStill = input.clock === 'still';
  const defined = define(input, limits);
  if (!defined.ok) return defined.error;
  const definition = defined.value;
  const dbrps = dbrpsOf(definition, input);
  const sample = readSample(input, definition, dbrps, limits);
  if (!sample.ok) return sample.error;
  const watcher = new Watcher(limits, bounds);
  const world = new PreviewWorld({
    taskId: input.taskId ?? 'preview',
    server: input.server ?? { hostname: 'localhost', clusterId: '', serverId: '' },
    startNs: isStill ? input.wallNs : (sample.value.startNs ?? input.wallNs),
    limits,
    bounds,
    watcher,
    isFunction: (name) => input.udfs?.has(name) === true,
  });
  const played = play(definition, dbrps, world, sample.value, { bounds, isStill, input });
  if (!played.ok) return refusal('script', played.error);
  return shown(definition, played.value, sample.value, world, watcher);
}

function define(input: PreviewInput, limits: PreviewLimits): Result<PipelineDefinition, PreviewRefusal> {
  const program = parseScript(input.script);
  if (!program.ok) {
    const { message, line, char } = program.error;
    return err(refusal('script', `invalid TICKscript: ${message}`, line, char));
  }
  const vars = varsFromJson(input.vars ?? {});
  if (!vars.ok) return err(refusal('script', `invalid TICKscript: ${vars.error}`));
  const { wallNs, deadman, udfs = new Map() } = input;
  const options = { vars: vars.value, wallNs, udfs, ...(deadman === undefined ? {} : { deadman }) };
  const defined = definePipeline(program.value, options);
  if (!defined.ok) {
    const { kind, message, line, char } = defined.error;
    return err(refusal('script', kind === 'script' ? `invalid TICKscript: ${message}` : message, line, char));
  }
  const definition = defined.value;
  if (input.type !== null && input.type !== definition.type)
    return err(refusal('script', `the script is a ${definition.type} task, not a ${input.type} task`));
  const { length } = definition.nodeNames;
  if (length > limits.nodes)
    return err(refusal('script', `a preview takes scripts of up to ${limits.nodes} nodes, this one has ${length}`));
  return ok(definition);
}

const samplePlace: Dbrp = { db: 'sample', rp: 'autogen' };

function dbrpsOf(definition: PipelineDefinition, input: PreviewInput): readonly Dbrp[] {
  const dbrps = [...definition.dbrps, ...(input.dbrps ?? [])];
  return dbrps.length === 0 ? [samplePlace] : dbrps;
}

function readSample(
  input: PreviewInput,
  definition: PipelineDefinition,
  dbrps: readonly Dbrp[],
  limits: PreviewLimits,
): Result<Sample, PreviewRefusal> {
  const { wallNs } = input;
  if (definition.type === 'stream') {
    const options = { place: dbrps[0] ?? samplePlace, wallNs, limits, isStill: input.clock === 'still' };
    const read = readWrites(input.writes ?? [], options);
    return read.ok ? read : err(refusal('data', read.error));
  }
  const plans = definition.planQueries({ dbrps, startNs: wallNs, stopNs: wallNs, nowNs: wallNs });
  if (!plans.ok) return err(refusal('script', plans.error));
  // Both are in the order of the graph.
  const names = definition.nodeNames.filter((name) => /^query\d+$/.test(name));
  const named = plans.value.map((plan, index) => ({ ...plan, name: names[index] ?? '' }));
  const read = readAnswers(input.answers ?? {}, named, limits);
  return read.ok ? read : err(refusal('data', read.error));
}

function refusal(of: PreviewRefusal['of'], message: string, line = 0, char = 0): PreviewRefusal {
  return { kind: 'refused', of, message, line, char };
}

interface Played {
  readonly run: PipelineRun;
  readonly points: number;
  readonly note: PreviewNote | null;
}

interface PlayOptions {
  readonly bounds: Bounds;
  readonly isStill: boolean;
  readonly input: PreviewInput;
}

/** The error is the one of a task that cannot start. */
function play(
  definition: PipelineDefinition,
  dbrps: readonly Dbrp[],
  world: PreviewWorld,
  sample: Sample,
  options: PlayOptions,
): Result<Played, string> {
  const started = definition.start(world.environmentOf(''), { dbrps, watch: world });
  if (!started.ok) return started;
  const run = started.value;
  const player = new Player(run, world, options.bounds);
  let points = 0;
  try {
    player.settle();
    for (const slice of sample.slices) {
      options.bounds.look();
      if (run.error() !== null) break;
      if (!options.isStill) player.advanceTo(slice.timeNs);
      points += slice.points;
      if (slice.load.kind === 'write') run.write(slice.load.body);
      else run.collectBatch(slice.load.query, slice.load.batch);
      player.settle();
    }
    player.advanceTo(world.wallNs + (options.input.restNs ?? 0n));
    if (options.input.ending !== 'open') player.close();
    return ok({ run, points, note: null });
  } catch (error) {
    // An assertion of a node, or a text too long for the machine, is shown with what came before it.
    const failure: PreviewNote = { kind: 'failure', text: `stopped: the run failed: ${String(error)}` };
    return ok({ run, points, note: error instanceof PreviewEnded ? error.note : failure });
  }
}

class Player {
  private readonly run: PipelineRun;
  private readonly world: PreviewWorld;
  private readonly bounds: Bounds;
  private readonly startNs: bigint;

  constructor(run: PipelineRun, world: PreviewWorld, bounds: Bounds) {
    this.run = run;
    this.world = world;
    this.bounds = bounds;
    this.startNs = world.wallNs;
  }

  /** Lets time pass, if it lies ahead, with all that is due until then. */
  advanceTo(wallNs: bigint): void {
    const { run, world, bounds } = this;
    const end = Number(wallNs - this.startNs) / 1e6;
    for (let due = run.nextDeadline(); due <= end; due = run.nextDeadline()) {
      world.nowMs = Math.max(world.nowMs, due);
      bounds.spend(1);
      run.wake(world.nowMs);
      this.settle();
    }
    world.nowMs = Math.max(world.nowMs, end);
  }

  settle(): void {
    this.world.answerAll();
  }

  close(): void {
    this.run.finish();
    this.settle();
    this.run.close();
    this.settle();
  }
}

function shown(
  definition: PipelineDefinition,
  { run, points, note }: Played,
  sample: Sample,
  world: PreviewWorld,
  watcher: Watcher,
): PreviewShown {
  const notes = [...sample.notes];
  if (note !== null) {
    const isEarly = points < sample.size;
    notes.push(isEarly ? { ...note, text: `${note.text}; ${points} of ${sample.size} were played` } : note);
  }
  return {
    kind: 'shown',
    type: definition.type,
    dot: run.dot('attributes'),
    nodes: run.stats().nodes.map((stats) => watcher.nodeOf(stats)),
    alerts: world.alerts,
    cutAlerts: world.cutAlerts,
    taskError: run.error(),
    played: points,
    isComplete: notes.length === 0,
    notes,
  };
}
