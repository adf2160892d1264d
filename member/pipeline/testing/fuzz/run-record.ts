/** Everything that the nodes of a run hand on, as text. */
import type { Batch } from '../../engine/batch.ts';
import type { MachineContext } from '../../engine/machine.ts';
import type { Rows } from '../../engine/rows.ts';
import type { PipelineEnvironment } from '../../environment.ts';
import type { RunWatch } from '../../run.ts';
import { edgeBatchText, rowText } from './point-text.ts';

export class RunRecord implements RunWatch {
  private readonly environment: PipelineEnvironment;
  private readonly texts = new Map<string, string[]>();

  constructor(environment: PipelineEnvironment) {
    this.environment = environment;
  }

  /** Points, or batches. Points that functions cannot be given are left out. */
  of(node: string): readonly string[] {
    return this.texts.get(node) ?? [];
  }

  environmentOf(): PipelineEnvironment {
    return this.environment;
  }

  rows({ name, groups }: MachineContext, rows: Rows, selected: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const text = rowText(rows, selected[i] ?? 0, groups);
      if (text !== undefined) this.add(name, text);
    }
  }

  batch({ name }: MachineContext, batch: Batch): void {
    this.add(name, edgeBatchText(batch));
  }

  private add(node: string, text: string): void {
    const known = this.texts.get(node);
    if (known === undefined) this.texts.set(node, [text]);
    else known.push(text);
  }
}
