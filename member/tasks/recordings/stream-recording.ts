import type { Block, WriteBody } from '../../influx/block.ts';
import { hasValue, timeNs } from '../../influx/block.ts';
import { formatLine } from '../../influx/line-protocol/write.ts';
import type { Dbrp } from '../../pipeline/definition.ts';

export interface StreamRecordingOptions {
  readonly dbrps: readonly Dbrp[];
  /** The empty name stands for every measurement. */
  readonly measurements: readonly string[];
  /** The first point later than that ends the recording and is not part of it. */
  readonly stopNs: bigint;
}

/** Picks what a recording keeps of the points that come in, as text: three lines for each point. */
export class StreamRecording {
  isComplete = false;
  private readonly dbrps: ReadonlySet<string>;
  private readonly measurements: ReadonlySet<string>;
  private readonly stopNs: bigint;

  constructor({ dbrps, measurements, stopNs }: StreamRecordingOptions) {
    this.dbrps = new Set(dbrps.map(({ db, rp }) => placeKey(db, rp)));
    this.measurements = new Set(measurements);
    this.stopNs = stopNs;
  }

  /** In the order of the body. */
  take(body: WriteBody): string {
    let text = '';
    const reached = new Uint32Array(body.blocks.length);
    for (let i = 0; i < body.runs.length && !this.isComplete; i += 2) {
      const index = body.runs[i] ?? 0;
      const block = body.blocks[index];
      const start = reached[index] ?? 0;
      const end = start + (body.runs[i + 1] ?? 0);
      reached[index] = end;
      if (block !== undefined) text += this.takeRows(block, start, end);
    }
    return text;
  }

  private takeRows(block: Block, start: number, end: number): string {
    const times = this.deliveriesOf(block);
    if (times === 0) return '';
    let text = '';
    for (let row = start; row < end; row++) {
      if (timeNs(block.seconds[row] ?? 0, block.nanos[row] ?? 0) > this.stopNs) {
        this.isComplete = true;
        break;
      }
      text += recordOf(block, row).repeat(times);
    }
    return text;
  }

  /** Points that a task takes both by name and without are recorded twice, as 1.5.4 does. */
  private deliveriesOf(block: Block): number {
    if (!this.dbrps.has(placeKey(block.database, block.retentionPolicy))) return 0;
    return Number(this.measurements.has('')) + Number(block.name !== '' && this.measurements.has(block.name));
  }
}

/** Database, retention policy and line protocol of a point, a line each. */
function recordOf(block: Block, row: number): string {
  const line = formatLine(
    {
      name: block.name,
      tags: block.tagTable.at(block.tagIds[row] ?? 0).toRecord(),
      fields: block.fields.flatMap(({ name, column }) =>
        hasValue(column, row) ? [{ name, type: column.type, value: column.values[row] ?? 0 }] : [],
      ),
      timeNs: timeNs(block.seconds[row] ?? 0, block.nanos[row] ?? 0),
    },
    1n,
  );
  return `${block.database}\n${block.retentionPolicy}\n${line}\n`;
}

function placeKey(db: string, rp: string): string {
  return `${db}\u0000${rp}`;
}
