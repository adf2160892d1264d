/** Recordings and replays as the member keeps them, and their rows in the store (http-api.md 7 and 8). */
import type { JsonValue } from '../../base/store.ts';
import type { TaskType } from '../../pipeline/definition.ts';
import type { RunStats } from '../../pipeline/run.ts';
import { isWireObject, type WireObject } from '../wire-value.ts';

export type WorkStatus = 'running' | 'finished' | 'failed';

/** What recordings and replays have in common. */
export interface Work {
  readonly id: string;
  readonly status: WorkStatus;
  readonly error: string;
  /** 0 while it runs, then 1. */
  readonly progress: 0 | 1;
  /** When it began, then when it ended: nanoseconds since 1970. */
  readonly dateNs: bigint;
}

export interface Recording extends Work {
  readonly type: TaskType;
  /** Bytes; −1: it has no file. */
  readonly size: number;
}

export type ReplayClock = 'fast' | 'real';

export interface Replay extends Work {
  readonly task: string;
  /** Empty for a live one. */
  readonly recording: string;
  readonly hasRecordingTime: boolean;
  readonly clock: ReplayClock;
  /** Of the private run, once it is finished. */
  readonly stats: Pick<RunStats, 'throughput' | 'nodes'> | null;
  /** Its own inline topics: they go with it. */
  readonly topics: readonly string[];
}

export const recordingTable = 'recordings';
export const replayTable = 'replays';
export const shutdownError = 'unexpected Kapacitor shutdown';

export function ended<T extends Work>(work: T, error: string | null, dateNs: bigint): T {
  return { ...work, status: error === null ? 'finished' : 'failed', error: error ?? '', progress: 1, dateNs };
}

/** As a start finds it: what ran when the member stopped will not go on. */
export function afterShutdown<T extends Work>(work: T): T {
  return work.status === 'running' ? { ...work, status: 'failed', error: shutdownError } : work;
}

/** Newest first by whole seconds; within a second by id, the last first. */
export function newestFirst<T extends Work>(works: Iterable<T>): readonly T[] {
  const second = (work: T): bigint => work.dateNs / 1_000_000_000n;
  return [...works].sort((a, b) => {
    const difference = second(b) - second(a);
    return difference === 0n ? (a.id < b.id ? 1 : -1) : difference < 0n ? -1 : 1;
  });
}

export function rowOfRecording(recording: Recording): JsonValue {
  const { type, size } = recording;
  return { ...rowOfWork(recording), type, size };
}

export function recordingOfRow(row: JsonValue): Recording | undefined {
  if (!isWireObject(row)) return undefined;
  const work = workOfRow(row);
  const { type, size } = row;
  if (work === undefined || (type !== 'stream' && type !== 'batch') || typeof size !== 'number') return undefined;
  return { ...work, type, size };
}

export function rowOfReplay(replay: Replay): JsonValue {
  const { task, recording, hasRecordingTime, clock, stats, topics } = replay;
  return {
    ...rowOfWork(replay),
    task,
    recording,
    hasRecordingTime,
    clock,
    topics,
    stats:
      stats === null
        ? null
        : {
            throughput: stats.throughput,
            nodes: stats.nodes.map(({ name, kind, values }) => ({ name, kind, values: { ...values } })),
          },
  };
}

export function replayOfRow(row: JsonValue): Replay | undefined {
  if (!isWireObject(row)) return undefined;
  const work = workOfRow(row);
  const { task, recording, hasRecordingTime, clock, topics } = row;
  if (work === undefined || typeof task !== 'string' || typeof recording !== 'string') return undefined;
  if (clock !== 'fast' && clock !== 'real') return undefined;
  return {
    ...work,
    task,
    recording,
    hasRecordingTime: hasRecordingTime === true,
    clock,
    stats: statsOfRow(row['stats']),
    topics: listOf(topics).filter((topic) => typeof topic === 'string'),
  };
}

function rowOfWork({ id, status, error, progress, dateNs }: Work) {
  return { id, status, error, progress, date: dateNs.toString() };
}

function workOfRow(row: WireObject): Work | undefined {
  const { id, status, error, progress, date } = row;
  if (typeof id !== 'string' || typeof error !== 'string' || typeof date !== 'string') return undefined;
  if (status !== 'running' && status !== 'finished' && status !== 'failed') return undefined;
  if (!/^-?\d+$/.test(date)) return undefined;
  return { id, status, error, progress: progress === 1 ? 1 : 0, dateNs: BigInt(date) };
}

function statsOfRow(row: unknown): Replay['stats'] {
  if (!isObject(row) || typeof row['throughput'] !== 'number') return null;
  const nodes = listOf(row['nodes']).flatMap((node) => {
    if (!isObject(node) || typeof node['name'] !== 'string' || typeof node['kind'] !== 'string') return [];
    const values = isObject(node['values']) ? Object.entries(node['values']) : [];
    const numbers = values.filter((pair): pair is [string, number] => typeof pair[1] === 'number');
    return [{ name: node['name'], kind: node['kind'], values: Object.fromEntries(numbers) }];
  });
  return { throughput: row['throughput'], nodes };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
