import { memberId, type MemberId } from '../../base/ids.ts';
import { ok } from '../../base/result.ts';
import type { MemberStatus } from '../../base/observation.ts';
import type { AlertsEvent, AlertsOptions, AlertsOutput, MembersView, RestoredTables } from '../alerts-io.ts';
import { createAlerts, step } from '../alerts.ts';
import type { HandlerEffect, HandlerSpec, MatchContext } from '../event.ts';
import { ownersOf } from '../owners.ts';
import type { AlertsState } from '../state.ts';

export const A = memberId('f74f3547-efaf-4e6e-8b05-fb12b19f8287');
export const B = memberId('13eeefdd-41b5-453f-928e-cb9c55fd2a5d');
export const C = memberId('00000000-0000-4000-8000-000000000001');

export function handler(
  topic: string,
  id: string,
  kind = 'post',
  options: HandlerSpec['options'] = null,
  match = '',
): HandlerSpec {
  return { id, topic, kind, options, match };
}

/** Matches that tests use by name, in place of lambdas. */
const matches: Readonly<Record<string, (context: MatchContext) => boolean>> = {
  changed: ({ changed }) => changed,
  critical: ({ level }) => level === 3,
};

function effectOf(spec: HandlerSpec): HandlerEffect {
  const topics = spec.options?.['topics'];
  if (spec.kind === 'publish' && Array.isArray(topics)) return { kind: 'publish', topics: topics.map(String) };
  if (spec.kind !== 'aggregate') return { kind: 'send' };
  return {
    kind: 'aggregate',
    intervalNs: 1_000_000_000n,
    topic: 'sum',
    event: 'sum',
    message: (count) => `${count} events`,
  };
}

/** One core stepped by hand: time moves only when a test says so. */
export class Bench {
  readonly state: AlertsState;
  nowMs = 1000;
  nextDeadlineMs = 0;
  /** Outputs of the last step. */
  outputs: readonly AlertsOutput[] = [];

  constructor(self: MemberId = A, restored: RestoredTables = {}, options: Partial<AlertsOptions> = {}) {
    this.state = createAlerts(
      {
        self,
        persistTopics: true,
        handlerRetryForMs: 0,
        prepareHandler: (spec) => {
          const match = matches[spec.match];
          return ok({ effect: effectOf(spec), matches: match === undefined ? null : (context) => ok(match(context)) });
        },
        ...options,
      },
      restored,
    );
  }

  step(event: AlertsEvent): readonly AlertsOutput[] {
    const { outputs, nextDeadlineMs } = step(this.state, event, {
      nowMs: this.nowMs,
      wallMs: 1_700_000_000_000 + this.nowMs,
    });
    this.outputs = outputs;
    this.nextDeadlineMs = nextDeadlineMs;
    return outputs;
  }

  /** Time passes, with a wake-up every 100 ms; all outputs of these. */
  pass(ms: number): readonly AlertsOutput[] {
    const outputs: AlertsOutput[] = [];
    const end = this.nowMs + ms;
    while (this.nowMs < end) {
      this.nowMs = Math.min(end, this.nowMs + 100);
      outputs.push(...this.step({ kind: 'wake' }));
    }
    return outputs;
  }

  /** A cluster of A, B and C, all synced. */
  join(changes: Partial<MembersView> = {}, statuses: Partial<Record<MemberId, MemberStatus>> = {}): void {
    this.step({ kind: 'members', view: view(changes, statuses) });
    for (let calls = sends(this.outputs); calls.length > 0; calls = sends(this.outputs)) {
      const [first] = calls;
      if (first?.message.kind !== 'sync') return;
      for (const { to, token } of calls) this.step(emptySync(to, token));
    }
  }

  attempts(): readonly string[] {
    return attempts(this.outputs);
  }

  /** Ends all attempts of the last outputs. */
  endAttempts(error: string | null = null): readonly AlertsOutput[] {
    const ended: AlertsOutput[] = [];
    for (const output of this.outputs)
      if (output.kind === 'attempt')
        ended.push(...this.step({ kind: 'attempted', attempt: output.attempt, error, durationMs: 1 }));
    return ended;
  }
}

export function emptySync(from: MemberId, token: number): AlertsEvent {
  return {
    kind: 'answer',
    from,
    token,
    message: { kind: 'sync-part', registers: [], completions: [], deletions: [], next: null },
  };
}

export function view(
  changes: Partial<MembersView> = {},
  statuses: Partial<Record<MemberId, MemberStatus>> = {},
): MembersView {
  return {
    isInitialized: true,
    members: [A, B, C].map((id) => ({ id, status: statuses[id] ?? 'alive', mayOwn: true })),
    ownersVersion: 1,
    redundancy: 2,
    delayPerMemberMs: 2000,
    fullSyncIntervalMs: 300_000,
    ...changes,
  };
}

/** A topic whose owners by rank are these. */
export function topicOwnedBy(...owners: readonly MemberId[]): string {
  for (let i = 0; ; i++) {
    const ranked = ownersOf(`topic-${i}`, [A, B, C], owners.length).map(({ id }) => id);
    if (ranked.join() === owners.join()) return `topic-${i}`;
  }
}

export function sends(outputs: readonly AlertsOutput[]): readonly Extract<AlertsOutput, { kind: 'send' }>[] {
  return outputs.flatMap((output) => (output.kind === 'send' ? [output] : []));
}

export function attempts(outputs: readonly AlertsOutput[]): readonly string[] {
  return outputs.flatMap((output) =>
    output.kind === 'attempt'
      ? [`${output.handler.id} ${output.event.id} ${output.event.previousLevel}>${output.event.level}`]
      : [],
  );
}

/** Kinds of outputs in their order, observations left out. */
export function order(outputs: readonly AlertsOutput[]): readonly string[] {
  return outputs.flatMap((output) => {
    if (output.kind === 'observe') return [];
    if (output.kind === 'persist') return [`persist ${output.batch.durability}`];
    if (output.kind === 'send' || output.kind === 'acknowledge') return [`${output.kind} ${output.message.kind}`];
    return [output.kind];
  });
}

export function observed(outputs: readonly AlertsOutput[]): readonly string[] {
  return outputs.flatMap((output) => {
    if (output.kind !== 'observe') return [];
    const { observation } = output;
    if (observation.kind === 'duplicate-dropped' || observation.kind === 'owner-asking')
      return [`${observation.kind} ${observation.reason}`];
    if (observation.kind === 'handled') return [`handled ${observation.cause ?? ''}`.trim()];
    return [observation.kind];
  });
}
