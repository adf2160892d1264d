/** The times that points and batches of a replay get, and when they are due: as 1.5.4 works them out. */
import { nanosOf, secondsOf, timeNs } from '../../influx/block.ts';
import type { WriteBody } from '../../influx/block.ts';
import type { QueriedBatch } from '../../influx/queried-batch.ts';

export interface ReplayTimes {
  /** The wall clock when the replay began: the first point is put there. */
  readonly zeroNs: bigint;
  /** Times stay those of the recording; the pace is the same either way. */
  readonly hasRecordingTime: boolean;
}

export interface Due<T> {
  readonly item: T;
  /** Undefined: at once. */
  readonly dueNs: bigint | undefined;
}

/** Of a stream. */
export class PointTimes {
  private readonly times: ReplayTimes;
  private shiftNs: bigint | undefined;

  constructor(times: ReplayTimes) {
    this.times = times;
  }

  /** A body is due with its last point. */
  place(body: WriteBody): Due<WriteBody> {
    let newest: bigint | undefined;
    const blocks = body.blocks.map((block) => {
      const seconds = new Float64Array(block.length);
      const nanos = new Int32Array(block.length);
      for (let row = 0; row < block.length; row++) {
        const time = timeNs(block.seconds[row] ?? 0, block.nanos[row] ?? 0);
        this.shiftNs ??= this.times.zeroNs - time;
        const shifted = time + this.shiftNs;
        if (newest === undefined || shifted > newest) newest = shifted;
        seconds[row] = secondsOf(shifted);
        nanos[row] = nanosOf(shifted);
      }
      return { ...block, seconds, nanos };
    });
    return { item: this.times.hasRecordingTime ? body : { ...body, blocks }, dueNs: newest };
  }
}

/** Of one query. */
export class BatchTimes {
  private readonly times: ReplayTimes;
  private shiftNs: bigint | undefined;
  private newestNs: bigint | null = null;

  constructor(times: ReplayTimes) {
    this.times = times;
  }

  place(batch: QueriedBatch): Due<QueriedBatch> {
    const last = batch.timesNs.at(-1);
    const first = batch.timesNs[0];
    if (last === undefined || first === undefined) {
      // An empty batch keeps its time, or takes that of the batch before.
      this.newestNs = batch.timeNs ?? this.newestNs;
      return { item: { ...batch, timeNs: this.newestNs }, dueNs: undefined };
    }
    this.shiftNs ??= this.times.zeroNs - first;
    const shift = this.shiftNs;
    const timesNs = this.times.hasRecordingTime ? batch.timesNs : batch.timesNs.map((time) => time + shift);
    const lastNs = timesNs.at(-1) ?? last;
    const timeNs = batch.timeNs === null || batch.timeNs < lastNs ? lastNs : batch.timeNs;
    this.newestNs = timeNs;
    return { item: { ...batch, timesNs, timeNs }, dueNs: last + shift };
  }
}
