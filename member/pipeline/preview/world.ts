/** The world of a previewed task: nothing leaves it, everything succeeds, and the clock goes as it is told. */
import type { EventState } from '../../alerts/alerts-io.ts';
import type { HandlerSpec } from '../../alerts/event.ts';
import { Inhibitors } from '../../alerts/inhibitors.ts';
import type { Level, Publication } from '../../alerts/publication.ts';
import type { Millis } from '../../base/deadline.ts';
import { ok } from '../../base/result.ts';
import type { AlertPort, PipelineEnvironment, ServerInfo } from '../environment.ts';
import type { RunWatch } from '../run.ts';
import type { Bounds } from './bounds.ts';
import { effectPorts } from './effects.ts';
import type { PreviewLimits } from './input.ts';
import type { PreviewAlert } from './outcome.ts';
import type { Watcher } from './watcher.ts';

export interface WorldOptions {
  readonly taskId: string;
  readonly server: ServerInfo;
  /** When it begins. */
  readonly startNs: bigint;
  readonly limits: PreviewLimits;
  readonly bounds: Bounds;
  readonly watcher: Watcher;
  /** Whether there is a user-defined function of that name. */
  readonly isFunction: (name: string) => boolean;
}

export class PreviewWorld implements RunWatch {
  readonly alerts: PreviewAlert[] = [];
  cutAlerts = 0;
  nowMs: Millis = 0;
  private readonly options: WorldOptions;
  private readonly handlers = new Map<string, readonly HandlerSpec[]>();
  private readonly events = new Map<string, Map<string, EventState>>();
  private readonly inhibitors = new Inhibitors();
  private readonly answers: (() => void)[] = [];

  constructor(options: WorldOptions) {
    this.options = options;
  }

  get wallNs(): bigint {
    return this.options.startNs + BigInt(Math.round(this.nowMs * 1e6));
  }

  readonly rows: RunWatch['rows'] = (...shown) => this.options.watcher.rows(...shown);
  readonly batch: RunWatch['batch'] = (...shown) => this.options.watcher.batch(...shown);

  environmentOf(node: string): PipelineEnvironment {
    const { taskId, server, watcher } = this.options;
    return {
      taskId,
      taskMaster: 'main',
      server,
      replay: 'preview',
      clock: { wallNs: () => this.wallNs, monotonicMs: () => this.nowMs },
      alerts: this.alertPort(node),
      ...effectPorts({
        node,
        watcher,
        later: (answer) => this.answers.push(answer),
        isFunction: this.options.isFunction,
      }),
      timingInterval: Number.MAX_SAFE_INTEGER,
      lambdaBackEnd: 'closures',
    };
  }

  /** Answers requests until none is open. */
  answerAll(): void {
    for (let answer = this.answers.shift(); answer !== undefined; answer = this.answers.shift()) {
      this.options.bounds.spend(1);
      answer();
    }
  }

  private alertPort(node: string): AlertPort {
    const { watcher } = this.options;
    return {
      registerInlineTopic: (topic, handlers) => {
        this.handlers.set(topic, handlers);
        return ok(undefined);
      },
      closeInlineTopic: () => {},
      publish: (publication) => {
        this.show(node, publication, false);
        const { event, level, timeNs, durationNs, message, details } = publication;
        const texts = { message: watcher.cut(message), details: watcher.cut(details) };
        this.eventsOf(publication.topic).set(event, { level, timeNs, durationNs, ...texts });
        return ok(undefined);
      },
      inhibited: (publication) => this.show(node, publication, true),
      eventState: (topic, event) => this.events.get(topic)?.get(event),
      updateEvent: (topic, event, state) => {
        this.eventsOf(topic).set(event, state);
      },
      inhibitors: this.inhibitors,
    };
  }

  private eventsOf(topic: string): Map<string, EventState> {
    let events = this.events.get(topic);
    if (events === undefined) {
      events = new Map();
      this.events.set(topic, events);
    }
    return events;
  }

  private show(node: string, publication: Publication, isInhibited: boolean): void {
    const { limits, bounds, watcher } = this.options;
    bounds.spend(1);
    if (this.alerts.length >= limits.alerts) {
      this.cutAlerts++;
      return;
    }
    const { topic, event: id, level, message, details, timeNs, durationNs, fields } = publication;
    const { name, group, tags, category, recoverable } = publication;
    const previousLevel: Level = this.events.get(topic)?.get(id)?.level ?? 'OK';
    this.alerts.push({
      node,
      topic,
      id,
      level,
      previousLevel,
      timeNs,
      durationNs,
      name,
      group,
      tags,
      category,
      recoverable,
      message: watcher.cut(message),
      details: watcher.cut(details),
      fields: watcher.cutValues(fields),
      isInhibited,
      handlers: (this.handlers.get(topic) ?? []).map(({ kind, options }) => ({ kind, options })),
    });
  }
}
