/**
 * One run of one seed: a cluster is founded, lives through events and faults, is healed, and must converge within the
 * time that cluster.md section 11 allows.
 */
import { seededRandom } from '../base/random.ts';
import {
  checkConvergence,
  checkExactlyOnce,
  checkNothingLost,
  checkSecondDeliveries,
  watchDeaths,
  watchRemoved,
} from './check-run.ts';
import { drawOptions, drawSkew, suspicionMaxMs, type DrawnOptions, type RunLength } from './drawn-options.ts';
import { FaultInjector } from './fault-injector.ts';
import { Ledger, type Violation } from './ledger.ts';
import { goodLink } from './sim-network.ts';
import { SimWorld } from './sim-world.ts';
import { handlersOf, stableHandlers, Workload } from './workload.ts';

export interface RunReport {
  readonly seed: number;
  readonly length: RunLength;
  readonly options: DrawnOptions;
  readonly violations: readonly Violation[];
  /** What the run did: a run that does nothing proves nothing. */
  readonly done: {
    readonly events: number;
    readonly deliveries: number;
    readonly secondDeliveries: number;
    readonly faults: number;
    readonly memberOperations: number;
    readonly handlerChanges: number;
    readonly virtualMs: number;
  };
}

/** `onTrace` gets a line for everything that is noticed, done and delivered. */
export async function runSeed(seed: number, length: RunLength, onTrace?: (line: string) => void): Promise<RunReport> {
  const draw = seededRandom(seed);
  const options = drawOptions(draw, length);
  const ledger = new Ledger();
  ledger.onTrace = onTrace;
  const world = new SimWorld(draw.nextUint32(), options, ledger);
  ledger.watch(world);
  const injector = new FaultInjector(world, ledger);
  const workload = new Workload(world, ledger);
  watchRemoved(world, ledger);
  const isQuiet = (): boolean => world.network.quality === goodLink;
  watchDeaths(world, ledger, isQuiet);
  for (let i = 0; i < options.members + options.spares; i++) world.create(`m${i + 1}`, drawSkew(draw));
  await found(world, ledger, injector, options.members);
  world.network.quality = options.link;
  world.handlerBehaviour = options.handlers;
  workload.start(options.eventEveryMs);
  workload.startHandlerChanges(3_000);
  injector.start(options.faults, options.faultEveryMs);
  await world.run(options.safetyMs);
  workload.isOver = true;
  injector.heal();
  await world.run(suspicionMaxMs(world.members.size) + 2 * options.fullSyncIntervalMs);
  checkAll(world, ledger, options, { injector, workload });
  return { seed, length, options, ...reportOf(world, ledger, { injector, workload }) };
}

/** Without faults: what may go wrong while a cluster is founded is the subject of the core's own tests. */
async function found(world: SimWorld, ledger: Ledger, injector: FaultInjector, count: number): Promise<void> {
  const [adder, ...others] = [...world.members.values()].slice(0, count);
  if (adder?.member === undefined) return;
  for (const other of others) {
    const operation = injector.add(adder, other);
    await world.run(15_000, () => operation.toMs !== null);
    if (!operation.isDone) ledger.violate(0, `${adder.name} could not add ${other.name}`);
  }
  for (const spec of stableHandlers()) {
    let isDone = false;
    world.track(adder.member.handlers.create(spec), ({ ok }) => (isDone = ok));
    await world.run(5_000, () => isDone);
    if (!isDone) ledger.violate(0, `${adder.name} could not make handler ${spec.topic}/${spec.id}`);
  }
  await world.run(500);
}

interface Actors {
  readonly injector: FaultInjector;
  readonly workload: Workload;
}

function checkAll(world: SimWorld, ledger: Ledger, options: DrawnOptions, { injector, workload }: Actors): void {
  const isCalm =
    options.faults.length === 0 &&
    options.link === goodLink &&
    options.handlers.jitterMs < options.delayPerMemberMs / 2;
  if (isCalm) checkExactlyOnce(ledger, handlersOf);
  checkNothingLost(ledger, handlersOf);
  checkSecondDeliveries(ledger, handlersOf, options.delayPerMemberMs);
  checkConvergence(world, ledger);
  for (const { kind, target, by, toMs, fromMs } of ledger.operations) {
    const hasRun = ledger.faults.some(
      (fault) => fault.member === by && fault.toMs >= fromMs && (fault.kind === 'crash' || fault.kind === 'stop'),
    );
    if (toMs === null && !hasRun)
      ledger.violate(0, `${by} never answered ${kind} ${target}, asked at ${Math.round(fromMs)}`);
  }
  if (workload.published === 0) ledger.violate(0, 'nothing was published');
  if (options.faults.length > 0 && injector.count === 0) ledger.violate(0, 'no fault was injected');
}

function reportOf(
  world: SimWorld,
  ledger: Ledger,
  { injector, workload }: Actors,
): Pick<RunReport, 'violations' | 'done'> {
  const events = [...ledger.events.values()];
  const deliveries = events.reduce((sum, event) => sum + event.deliveries.length, 0);
  const wanted = events.reduce(
    (sum, event) =>
      sum +
      handlersOf(event.topic).filter((handler) => event.deliveries.some((delivery) => delivery.handler === handler))
        .length,
    0,
  );
  return {
    violations: ledger.violations,
    done: {
      events: events.length,
      deliveries,
      secondDeliveries: deliveries - wanted,
      faults: injector.count,
      memberOperations: ledger.operations.length,
      handlerChanges: workload.handlerChanges,
      virtualMs: Math.round(world.nowMs),
    },
  };
}

/** What a failure needs to be repeated. */
export function failureText({ seed, length, options, violations }: RunReport): string {
  const lines = violations
    .slice(0, 20)
    .map(({ invariant, atMs, text }) => `  invariant ${invariant} at ${atMs} ms: ${text}`);
  if (violations.length > lines.length) lines.push(`  … and ${violations.length - lines.length} more`);
  return [
    `seed ${seed}`,
    ...lines,
    `  options ${JSON.stringify(options)}`,
    `  repeat with: npm run sim -- --seed ${seed}${length === 'short' ? ' --short' : ''} --trace`,
  ].join('\n');
}
