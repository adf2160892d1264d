/**
 * A preview shows what a task does: the recorded cases of Kapacitor 1.5.4 are played through it and through a pipeline
 * put together as in the member, with generated lambdas and whole blocks. That the latter does what was recorded is
 * tested beside it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LineProtocolParser } from '../../influx/line-protocol/parse.ts';
import { definePipeline } from '../define.ts';
import type { HttpPort } from '../environment.ts';
import type { RunWatch } from '../run.ts';
import { FakeWorld } from '../testing/fake-world.ts';
import { needsMore } from '../testing/play-case.ts';
import type { CaseSpec } from '../testing/play-case.ts';
import { Bounds } from './bounds.ts';
import { defaultLimits } from './input.ts';
import type { PreviewLimits } from './input.ts';
import { preview } from './preview.ts';
import { Watcher } from './watcher.ts';

const root = join(import.meta.dirname, '../../../../shared/conformance/cases');
const limits: PreviewLimits = {
  ...defaultLimits,
  work: 1e9,
  timeMs: 1e9,
  pointsPerNode: 500,
  alerts: 1e6,
  textLength: 1e6,
};

function cases(): readonly string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root).flatMap((group) =>
    readdirSync(join(root, group))
      .map((name) => join(group, name))
      .filter((name) => existsSync(join(root, name, 'case.json')) && isPlayable(name)),
  );
}

function specOf(name: string): CaseSpec {
  return JSON.parse(readFileSync(join(root, name, 'case.json'), 'utf8'));
}

/** Streams without times of the wall clock in them, and with data in one file for each write. */
function isPlayable(name: string): boolean {
  const spec = specOf(name);
  return (
    // A preview reads no files.
    !name.startsWith('sideload') &&
    needsMore(spec) === undefined &&
    spec.wallClock !== true &&
    spec['batch'] === undefined &&
    !readFileSync(join(root, name, 'task.tick'), 'utf8').includes('batch')
  );
}

function inputOf(name: string) {
  const spec = specOf(name);
  const script = readFileSync(join(root, name, 'task.tick'), 'utf8');
  const defined = definePipeline(script);
  const given = spec.dbrps ?? [{ db: 'db', rp: 'rp' }];
  const dbrps = defined.ok && given.length === 0 ? defined.value.dbrps : given;
  const [first] = dbrps;
  const files = spec.writes ?? (first === undefined ? [] : [{ ...first, file: 'input.lp' }]);
  const steps = (spec.steps ?? []).flatMap(({ write }) =>
    write === undefined || first === undefined ? [] : [{ ...first, file: write }],
  );
  const writes = [...files, ...steps]
    .filter(({ file }) => existsSync(join(root, name, file)))
    .map(({ db, rp, file }) => ({ place: { db, rp }, points: readFileSync(join(root, name, file), 'utf8') }));
  return { script, dbrps, writes };
}

/** As the member puts it together, but for its ports. */
function compose({ script, dbrps, writes }: ReturnType<typeof inputOf>): unknown {
  const defined = definePipeline(script);
  if (!defined.ok) return { refused: defined.error.message };
  const world = new FakeWorld();
  // As in a preview every request succeeds.
  const answers: (() => void)[] = [];
  const http: HttpPort = {
    endpoint: () => ({ rowTemplate: '' }),
    post: (_request, done) => answers.push(() => done({ kind: 'answer', status: 200, body: '' })),
  };
  const environment = { ...world.environment('case'), http };
  const watcher = new Watcher(limits, new Bounds(limits, () => 0));
  const watch: RunWatch = {
    environmentOf: () => ({ ...environment, log: (entry) => watcher.log(entry) }),
    rows: (...shown) => watcher.rows(...shown),
    batch: (...shown) => watcher.batch(...shown),
  };
  const started = defined.value.start(watch.environmentOf(''), { dbrps, watch });
  if (!started.ok) return { refused: started.error };
  const run = started.value;
  const parser = new LineProtocolParser();
  for (const { place, points } of writes) {
    const request = { database: place.db, retentionPolicy: place.rp, precision: 'n', nowNs: world.wallNs } as const;
    const body = parser.parse(new TextEncoder().encode(points), request);
    if (!body.ok) return { unreadable: body.error };
    run.write(body.value);
    world.answerAll();
    for (let answer = answers.shift(); answer !== undefined; answer = answers.shift()) answer();
  }
  return {
    taskError: run.error(),
    nodes: run.stats().nodes.map((stats) => withoutEffects(watcher.nodeOf(stats))),
    alerts: world.publications.map(({ topic, event, level, timeNs, durationNs, message, details, fields }) => ({
      topic,
      id: event,
      level,
      timeNs,
      durationNs,
      message,
      details,
      fields,
    })),
  };
}

function show({ script, dbrps, writes }: ReturnType<typeof inputOf>): unknown {
  const { wallNs } = new FakeWorld();
  const server = new FakeWorld().environment().server;
  const outcome = preview(
    { script, type: null, dbrps, writes, taskId: 'case', wallNs, server, clock: 'still', ending: 'open', limits },
    () => 0,
  );
  if (outcome.kind === 'refused')
    return outcome.of === 'data'
      ? { unreadable: outcome.message }
      : { refused: outcome.message.replace(/^invalid TICKscript: /, '') };
  return {
    taskError: outcome.taskError,
    nodes: outcome.nodes.map(withoutEffects),
    alerts: outcome.alerts
      .filter(({ isInhibited }) => !isInhibited)
      .map(({ topic, id, level, timeNs, durationNs, message, details, fields }) => ({
        topic,
        id,
        level,
        timeNs,
        durationNs,
        message,
        details,
        fields,
      })),
  };
}

/** Effects are tested elsewhere; how long nodes took is of no interest. */
function withoutEffects(node: ReturnType<Watcher['nodeOf']>): unknown {
  const { sent: _sent, cutSent: _cutSent, stats, ...seen } = node;
  return { ...seen, stats: { ...stats, avg_exec_time_ns: 0 } };
}

function hasSeveralMeasurements({ writes }: ReturnType<typeof inputOf>): boolean {
  const lines = writes.flatMap(({ points }) => points.split('\n').filter((line) => line !== ''));
  return new Set(lines.map((line) => /^(\\.|[^, ])*/.exec(line)?.[0])).size > 1;
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value))
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, sorted(member)]));
  const text = (item: unknown): string =>
    JSON.stringify(item, (_key, member: unknown) => (typeof member === 'bigint' ? `${member}` : member));
  return value.map(sorted).toSorted((a, b) => (text(a) < text(b) ? -1 : 1));
}

const played = cases();

describe.skipIf(!existsSync(root))('previews of recorded cases (needs ../shared/conformance)', () => {
  test('there are cases', () => expect(played.length).toBeGreaterThan(300));

  test.each(played)('%s', (name) => {
    const input = inputOf(name);
    // The member hands on points of several measurements block by block: between branches no order is promised.
    const compared = (outcome: unknown) => (hasSeveralMeasurements(input) ? sorted(outcome) : outcome);
    expect(compared(show(input))).toEqual(compared(compose(input)));
  });
});
