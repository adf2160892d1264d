/** Recordings and replays over the member's tasks, store and InfluxDB. */
import { randomUUID } from 'node:crypto';
import { err, type Result } from '../base/result.ts';
import type { WriteBody } from '../influx/block.ts';
import type { PipelineDefinition } from '../pipeline/definition.ts';
import type { Log } from '../shell/log/log.ts';
import type { QueryPort } from '../shell/recordings/query-source.ts';
import { RecordingFiles } from '../shell/recordings/recording-files.ts';
import { RecordingService } from '../shell/recordings/recording-service.ts';
import { ReplayService } from '../shell/recordings/replay-service.ts';
import { WorkTable } from '../shell/recordings/work-table.ts';
import type { DurableStore } from '../shell/store/lmdb-store.ts';
import type { TaskLanguage } from '../tasks/catalog.ts';
import { defineTask } from '../tasks/change-task.ts';
import {
  recordingOfRow,
  recordingTable,
  replayOfRow,
  replayTable,
  rowOfRecording,
  rowOfReplay,
} from '../tasks/recordings/recording.ts';
import type { Task } from '../tasks/task.ts';
import type { EnvironmentOf } from './pipeline-ports.ts';
import { systemClock } from './system-clock.ts';
import { createWakeTimer } from './wake-timer.ts';

export interface RecordingsOptions {
  readonly dir: string;
  readonly store: DurableStore;
  readonly log: Log;
  readonly language: TaskLanguage;
  readonly taskOf: (id: string) => Task | undefined;
  readonly environmentOf: EnvironmentOf;
  readonly influx: QueryPort;
  readonly deleteInlineTopic: (topic: string) => void;
}

export interface Recordings {
  readonly recordings: RecordingService;
  readonly replays: ReplayService;
  /** Points came in. */
  readonly take: (body: WriteBody) => void;
  close(): Promise<void>;
}

export function startRecordings(options: RecordingsOptions): Recordings {
  const { store, taskOf, influx } = options;
  const logger = options.log.with(['service', 'replay']);
  const files = new RecordingFiles(options.dir);
  const define = (task: Task): Result<PipelineDefinition, string> => {
    const defined = defineTask(task.script, task.vars, { language: options.language, nowNs: systemClock.wallNs() });
    return defined.ok ? defined : err(defined.error.message);
  };
  const shared = { files, taskOf, define, influx, nowNs: systemClock.wallNs, newId: randomUUID, logger };
  const recordings = new RecordingService({
    ...shared,
    table: new WorkTable({ store, table: recordingTable, toRow: rowOfRecording, ofRow: recordingOfRow, logger }),
  });
  const replays = new ReplayService({
    ...shared,
    table: new WorkTable({ store, table: replayTable, toRow: rowOfReplay, ofRow: replayOfRow, logger }),
    recordingOf: (id) => recordings.get(id),
    environmentOf: options.environmentOf,
    createTimer: (runner, settled) => createWakeTimer(runner, systemClock.nowMs, settled),
    nowMs: systemClock.nowMs,
    deleteInlineTopic: options.deleteInlineTopic,
  });
  return {
    recordings,
    replays,
    take: (body) => recordings.take(body),
    async close() {
      await Promise.all([recordings.close(), replays.close()]);
    },
  };
}
