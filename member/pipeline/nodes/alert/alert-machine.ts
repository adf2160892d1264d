import { ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import { levelOfRank, levelRank } from '../../../alerts/level.ts';
import type { EventState } from '../../../alerts/alerts-io.ts';
import type { DataSeries, DataValue, Publication } from '../../../alerts/publication.ts';
import { timeNs } from '../../../influx/block.ts';
import type { TagSet } from '../../../influx/tag-table.ts';
import type { Batch } from '../../engine/batch.ts';
import { GroupStates } from '../../engine/group-states.ts';
import type { Group } from '../../engine/groups.ts';
import { Machine } from '../../engine/machine.ts';
import type { Barrier, MachineContext } from '../../engine/machine.ts';
import type { Rows } from '../../engine/rows.ts';
import type { AlertNode } from './alert.ts';
import { batchSeries, dataFields, pointSeries } from './alert-data.ts';
import { AlertState, type NamedEvent } from './alert-state.ts';
import { EventMarks } from './event-marks.ts';
import { critical } from './levels.ts';
import type { Levels, LevelRank } from './levels.ts';
import { handlerRank } from './inline-handlers.ts';
import type { AlertTemplates, EventSubject } from './templates.ts';

/** What an event adds to the points that go on. */
export interface EventMark {
  readonly id: string;
  readonly level: string;
  readonly message: string;
  readonly durationNs: bigint;
}

interface Occasion {
  readonly subject: EventSubject;
  readonly id: string;
  readonly level: LevelRank;
  readonly timeNs: bigint;
  readonly fields: Readonly<Record<string, DataValue>>;
  readonly series: () => DataSeries;
}

export class AlertMachine extends Machine {
  private readonly node: AlertNode;
  private readonly templates: AlertTemplates;
  private readonly levels: Levels;
  private readonly states = new GroupStates<AlertState>();
  private readonly inlineTopic: string;
  private readonly marks: EventMarks;
  private kept = new Int32Array(0);
  /** A template failed: the task ends once what came before has gone on. */
  private failure: string | undefined;
  private readonly counts = { triggered: 0, inhibited: 0, byLevel: [0, 0, 0, 0] };

  constructor(context: MachineContext, node: AlertNode, templates: AlertTemplates, levels: Levels) {
    super(context);
    this.node = node;
    this.templates = templates;
    this.levels = levels;
    this.marks = new EventMarks(node, context.groups);
    const { environment } = context;
    this.inlineTopic =
      node.handlers.length === 0 ? '' : `${environment.taskMaster}:${environment.taskId}:${context.name}`;
  }

  override start(): Result<void, string> {
    if (this.inlineTopic === '') return ok(undefined);
    const handlers = this.node.handlers.toSorted((a, b) => handlerRank(a.kind) - handlerRank(b.kind));
    const specs = handlers.map((handler, index) => handler.toSpec(this.inlineTopic, `${handler.kind}-${index}`));
    return this.context.environment.alerts.registerInlineTopic(this.inlineTopic, specs);
  }

  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    const { levels, node } = this;
    levels.begin(rows, selected, count);
    if (this.kept.length < count) this.kept = new Int32Array(Math.max(count, 1024));
    const { kept } = this;
    let keptCount = 0;
    const marks: EventMark[] = [];
    const hasInterval = node.stateChangesIntervalNs !== 0n;
    for (let i = 0; i < count; i++) {
      const row = selected[i] ?? 0;
      const state = this.states.get(rows.groups[row] ?? 0) ?? this.beginGroup(rows, row);
      if (state === undefined) break;
      const level = levels.of(row, state.level, this.onLevelError);
      state.addEvent(level);
      if (hasInterval) state.expire(timeNs(rows.seconds[row] ?? 0, rows.nanos[row] ?? 0));
      if ((level === 0 && !state.hasChanged) || this.holdsBack(state)) continue;
      const at = timeNs(rows.seconds[row] ?? 0, rows.nanos[row] ?? 0);
      state.trigger(at);
      if (node.hasNoRecoveries && level === 0) continue;
      const mark = this.publishRow(state, level, at, rows, row);
      if (mark === undefined) break;
      kept[keptCount++] = row;
      if (this.marks.areWanted) marks.push(mark);
    }
    if (!this.marks.areWanted) this.emitRows(rows, kept, keptCount);
    else {
      for (const part of this.marks.onRows(rows, kept, keptCount, marks))
        this.emitRows(part.rows, part.selected, part.count);
    }
    if (this.failure !== undefined) this.context.fail(this.failure);
  }

  override onBatch(batch: Batch): void {
    const { header } = batch;
    const { node } = this;
    const subject: EventSubject = { name: header.name, group: header.group.id, tags: header.tags.toRecord() };
    const headerTimeNs = timeNs(header.seconds, header.nanos);
    const state = this.states.get(header.group.number) ?? this.newGroup(header.group, subject);
    if (this.failure !== undefined) this.context.fail(this.failure);
    if (state === undefined || batch.count === 0) return;
    const found = this.levelOfBatch(batch, state.level);
    const level = node.isAll ? found.lowest : found.highest;
    const at = node.isAll || level === 0 ? headerTimeNs : found.timeNs;
    state.addEvent(level);
    if (node.stateChangesIntervalNs !== 0n) state.expire(at);
    if (level === 0 ? !state.hasChanged : this.holdsBack(state)) return;
    state.trigger(at);
    if (node.hasNoRecoveries && level === 0) return;
    const id = this.idOf(subject);
    if (id === undefined) return this.context.fail(this.failure ?? '');
    const mark = this.publish(state, {
      subject,
      id,
      level,
      timeNs: at,
      fields: found.fields,
      series: () => batchSeries(batch),
    });
    if (this.failure !== undefined) this.context.fail(this.failure);
    if (mark === undefined) return;
    this.emitBatch(this.marks.areWanted ? this.marks.onBatch(batch, mark) : batch);
  }

  override onBarrier(barrier: Barrier): void {
    const subject = { name: barrier.name, group: barrier.group.id, tags: {} };
    if (this.states.get(barrier.group.number) === undefined && this.newGroup(barrier.group, subject) === undefined)
      return;
    this.emitBarrier(barrier);
  }

  override onDeleteGroup(group: Group): void {
    const state = this.states.delete(group);
    if (state === undefined) return;
    this.removeInhibitors(state);
    this.emitDeleteGroup(group);
  }

  override cardinality(): number {
    return this.states.size;
  }

  override ownStats(): Readonly<Record<string, number>> {
    const [oks = 0, infos = 0, warns = 0, crits = 0] = this.counts.byLevel;
    return {
      alerts_triggered: this.counts.triggered,
      alerts_inhibited: this.counts.inhibited,
      oks_triggered: oks,
      infos_triggered: infos,
      warns_triggered: warns,
      crits_triggered: crits,
    };
  }

  override close(): void {
    for (const state of this.states.values()) this.removeInhibitors(state);
    if (this.inlineTopic !== '') this.context.environment.alerts.closeInlineTopic(this.inlineTopic);
  }

  private holdsBack(state: AlertState): boolean {
    const { flapping, isStateChangesOnly } = this.node;
    return (
      (flapping !== undefined && state.isFlapping) || (isStateChangesOnly && !state.hasChanged && !state.isExpired)
    );
  }

  /** A method of its own, as its closure would cost every point of the loop a context. Undefined on failure. */
  private publishRow(state: AlertState, level: LevelRank, at: bigint, rows: Rows, row: number): EventMark | undefined {
    const named = this.namedOf(state, rows, row);
    if (named === undefined) return undefined;
    const { subject, id } = named;
    const fields = dataFields(rows, row);
    const series = (): DataSeries => pointSeries(rows, row, fields, subject.tags);
    return this.publish(state, { subject, id, level, timeNs: at, fields, series });
  }

  private readonly onLevelError = (level: LevelRank, message: string, isReset: boolean): void => {
    const text = isReset
      ? 'error evaluating reset expression for current level'
      : 'error evaluating expression for level';
    this.report(text, message, ['level', levelOfRank(level)]);
  };

  private subjectOf(rows: Rows, row: number): EventSubject {
    const group = this.context.groups.at(rows.groups[row] ?? 0);
    return { name: rows.name, group: group.id, tags: this.tagsOf(rows, row).toRecord() };
  }

  private tagsOf(rows: Rows, row: number): TagSet {
    return rows.tagTable.at(rows.tagIds[row] ?? 0);
  }

  /** What names the point's event. Undefined when the id cannot be rendered. */
  private namedOf(state: AlertState, rows: Rows, row: number): NamedEvent | undefined {
    const known = state.named;
    const tags = this.tagsOf(rows, row);
    if (known?.tags === tags && known.measurement === rows.name) return known;
    const subject = this.subjectOf(rows, row);
    const id = this.idOf(subject);
    state.named = id === undefined ? undefined : { measurement: rows.name, tags, subject, id };
    return state.named;
  }

  private idOf(subject: EventSubject): string | undefined {
    const id = this.templates.renderId(subject);
    if (id.ok) return id.value;
    this.failure = id.error;
    return undefined;
  }

  private beginGroup(rows: Rows, row: number): AlertState | undefined {
    return this.newGroup(this.context.groups.at(rows.groups[row] ?? 0), this.subjectOf(rows, row));
  }

  /** The state of a new group, with the level its event has in the topics. Undefined when the id cannot be rendered. */
  private newGroup(group: Group, subject: EventSubject): AlertState | undefined {
    const id = this.idOf(subject);
    if (id === undefined) return undefined;
    const inhibitors = this.node.inhibits.map(({ category, equalTags }) => {
      const tags = Object.fromEntries(equalTags.map((tag) => [tag, group.tags.get(tag) ?? '']));
      return this.context.environment.alerts.inhibitors.add(category, tags);
    });
    const state = new AlertState(this.node, inhibitors);
    this.states.set(group.number, state);
    const restored = this.restoredEvent(id);
    if (restored !== undefined && restored.level !== 'OK') {
      state.addEvent(levelRank(restored.level));
      state.expire(restored.timeNs);
      state.trigger(restored.timeNs);
    }
    return state;
  }

  /** The inline topic's state before the named topic's; where they differ, the other topic is brought in line. */
  private restoredEvent(id: string): EventState | undefined {
    const { alerts } = this.context.environment;
    const { topic } = this.node;
    const inline = this.inlineTopic === '' ? undefined : alerts.eventState(this.inlineTopic, id);
    const named = topic === '' ? undefined : alerts.eventState(topic, id);
    if ((named?.level ?? 'OK') !== (inline?.level ?? 'OK')) {
      if (inline !== undefined && named !== undefined) alerts.updateEvent(topic, id, inline);
      else if (named !== undefined && this.inlineTopic !== '') alerts.updateEvent(this.inlineTopic, id, named);
    }
    return inline ?? named;
  }

  private levelOfBatch(
    batch: Batch,
    current: LevelRank,
  ): { lowest: LevelRank; highest: LevelRank; timeNs: bigint; fields: Record<string, DataValue> } {
    let lowest: LevelRank = critical;
    let highest: LevelRank = -1;
    let at = { timeNs: 0n, fields: {} };
    for (const { rows, selected, count } of batch.parts()) {
      this.levels.begin(rows, selected, count);
      for (let i = 0; i < count; i++) {
        const row = selected[i] ?? 0;
        const level = this.levels.of(row, current, this.onLevelError);
        lowest = Math.min(lowest, level);
        if (level <= highest) continue;
        highest = level;
        at = { timeNs: timeNs(rows.seconds[row] ?? 0, rows.nanos[row] ?? 0), fields: dataFields(rows, row) };
      }
    }
    return { lowest, highest, ...at };
  }

  /** Renders the event and hands it on. Undefined when a template failed, which ends the task. */
  private publish(state: AlertState, occasion: Occasion): EventMark | undefined {
    const { subject, id, timeNs: at, fields } = occasion;
    const level = levelOfRank(occasion.level);
    const { durationNs } = state;
    const texts = this.templates.renderTexts(subject, { id, fields, level, timeNs: at, durationNs });
    if (!texts.ok) {
      this.failure = texts.error;
      return undefined;
    }
    const { message, details } = texts.value;
    const { node, context } = this;
    const publication = (topic: string): Publication => ({
      topic,
      event: id,
      level,
      timeNs: at,
      durationNs,
      message,
      details,
      series: [occasion.series()],
      name: subject.name,
      group: subject.group,
      tags: subject.tags,
      fields,
      task: context.environment.taskId,
      category: node.category,
      recoverable: !node.hasNoRecoveries,
      stateChangesOnly: node.isStateChangesOnly,
      stateChangesIntervalNs: node.stateChangesIntervalNs,
      replay: context.environment.replay,
    });
    const mark: EventMark = { id, level, message, durationNs };
    this.handle(publication, mark, occasion.level, subject.tags);
    return mark;
  }

  private handle(
    publication: (topic: string) => Publication,
    mark: EventMark,
    level: LevelRank,
    tags: Readonly<Record<string, string>>,
  ): void {
    const { alerts } = this.context.environment;
    const topics = [this.inlineTopic, this.node.topic].filter((topic) => topic !== '');
    if (alerts.inhibitors.isInhibited(this.node.category, tags)) {
      this.counts.inhibited++;
      for (const topic of topics) alerts.inhibited(publication(topic));
      return;
    }
    this.counts.triggered++;
    this.counts.byLevel[level] = (this.counts.byLevel[level] ?? 0) + 1;
    this.logTriggered(mark);
    for (const topic of topics) {
      const published = alerts.publish(publication(topic));
      if (!published.ok) this.report('encountered error collecting event', published.error);
    }
  }

  /** The only trace of an event without a topic, such as those of a global deadman. */
  private logTriggered({ id, level, message }: EventMark): void {
    this.context.environment.log({
      level: 'debug',
      message: 'alert triggered',
      node: this.context.name,
      fields: [
        ['level', level],
        ['id', id],
        ['event_message', message],
      ],
    });
  }

  private removeInhibitors(state: AlertState): void {
    for (const inhibitor of state.inhibitors) this.context.environment.alerts.inhibitors.remove(inhibitor);
  }
}
