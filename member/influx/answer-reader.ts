/**
 * Turns InfluxDB's answer to a SELECT into batches, one for each series. It comes in lines, each a JSON document with
 * a chunk of the rows; a series goes on in the next line while its chunk says `partial`. Rules as 1.5.4: rows without
 * any value are left out, a batch takes the time of its newest row.
 */
import { err, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { parseRfc3339 } from '../base/rfc3339.ts';
import { isObject, listOf, parseObject, tagsOf, textOf, valueOf, type JsonObject } from './json-object.ts';
import type { QueriedBatch, QueriedField, QueriedValue } from './queried-batch.ts';

/** `query`: InfluxDB refused or failed; `content`: it answered what no SELECT is answered with. */
export interface AnswerError {
  readonly kind: 'query' | 'content';
  readonly message: string;
}

/** Go's `time.Time{}`: of rows without a time. */
const zeroTimeNs = -62_135_596_800_000_000_000n;

export class AnswerReader {
  private readonly byName: boolean;
  private open: SeriesBuilder | undefined;

  constructor(byName: boolean) {
    this.byName = byName;
  }

  /** The batches that are complete with this line. */
  read(line: string): Result<readonly QueriedBatch[], AnswerError> {
    const answer = parseObject(line);
    if (answer === undefined) return err({ kind: 'query', message: `failed to decode JSON: ${line.slice(0, 100)}` });
    if (typeof answer['error'] === 'string') return err({ kind: 'query', message: answer['error'] });
    const complete: QueriedBatch[] = [];
    for (const result of objectsOf(answer['results'])) {
      if (typeof result['error'] === 'string') return err({ kind: 'query', message: result['error'] });
      for (const series of objectsOf(result['series'])) {
        const problem = this.add(series, complete);
        if (problem !== undefined) return err({ kind: 'content', message: problem });
      }
    }
    return ok(complete);
  }

  /** What an answer that ended within a series leaves behind. */
  finish(): readonly QueriedBatch[] {
    const left = this.open;
    this.open = undefined;
    return left === undefined ? [] : [left.batch()];
  }

  private add(series: JsonObject, complete: QueriedBatch[]): string | undefined {
    const name = textOf(series['name']);
    const tags = tagsOf(series['tags']);
    const columns = listOf(series['columns']).map(String);
    let builder = this.open;
    if (builder === undefined || !builder.continues(name, tags, columns)) {
      complete.push(...this.finish());
      builder = new SeriesBuilder(name, tags, columns, this.byName);
    }
    this.open = builder;
    for (const row of listOf(series['values'])) {
      const problem = builder.addRow(listOf(row));
      if (problem !== undefined) {
        this.open = undefined;
        return problem;
      }
    }
    if (series['partial'] !== true) complete.push(...this.finish());
    return undefined;
  }
}

class SeriesBuilder {
  private readonly name: string;
  private readonly tags: Readonly<Record<string, string>>;
  private readonly columns: readonly string[];
  private readonly timeIndex: number;
  private readonly byName: boolean;
  private readonly timesNs: bigint[] = [];
  private readonly values: QueriedValue[][];
  private newestNs: bigint | null = null;

  constructor(name: string, tags: Readonly<Record<string, string>>, columns: readonly string[], byName: boolean) {
    this.name = name;
    this.tags = tags;
    this.columns = columns;
    this.timeIndex = columns.indexOf('time');
    this.byName = byName;
    this.values = columns.map(() => []);
  }

  continues(name: string, tags: Readonly<Record<string, string>>, columns: readonly string[]): boolean {
    const keys = Object.keys(tags);
    return (
      name === this.name &&
      keys.length === Object.keys(this.tags).length &&
      keys.every((key) => tags[key] === this.tags[key]) &&
      columns.length === this.columns.length &&
      columns.every((column, index) => column === this.columns[index])
    );
  }

  /** Answers what is wrong. */
  addRow(row: readonly unknown[]): string | undefined {
    let timeNs: bigint | undefined = zeroTimeNs;
    if (this.timeIndex >= 0) {
      const text = row[this.timeIndex];
      if (typeof text !== 'string') return `unexpected time value: ${String(text)}`;
      timeNs = parseRfc3339(text);
      if (timeNs === undefined) return `unexpected time format: ${text}`;
    }
    if (!row.some((value, index) => index !== this.timeIndex && value !== null)) return undefined;
    this.timesNs.push(timeNs);
    if (timeNs > (this.newestNs ?? zeroTimeNs)) this.newestNs = timeNs;
    for (let i = 0; i < this.columns.length; i++) if (i !== this.timeIndex) this.values[i]?.push(valueOf(row[i]));
    return undefined;
  }

  batch(): QueriedBatch {
    const { name, tags, byName, timesNs, newestNs } = this;
    const fields = this.columns.flatMap((column, index): QueriedField[] =>
      index === this.timeIndex ? [] : [{ name: column, values: this.values[index] ?? [] }],
    );
    return { name, tags, byName, timeNs: newestNs, timesNs, fields };
  }
}

function objectsOf(value: unknown): readonly JsonObject[] {
  return listOf(value).filter(isObject);
}
