/** Answers of InfluxDB as batches, for recordings and replays. Failures are thrown as `WorkFailure`. */
import { err, ok, type Result } from '../../base/result.ts';
import { AnswerReader } from '../../influx/answer-reader.ts';
import { parseSelect } from '../../influx/influxql/parse.ts';
import type { QueriedBatch } from '../../influx/queried-batch.ts';
import type { Dbrp, QueryPlan } from '../../pipeline/definition.ts';
import type { InfluxPort } from '../../pipeline/environment.ts';

export type QueryPort = Pick<InfluxPort, 'check' | 'select'>;

/** Why a recording or a replay failed; its text is the error that is shown. */
export class WorkFailure extends Error {}

/** The batches of a plan, range after range. */
export async function* plannedBatches(influx: QueryPort, plan: QueryPlan): AsyncGenerator<QueriedBatch> {
  const usable = influx.check(plan.cluster);
  if (!usable.ok) throw new WorkFailure(usable.error);
  for (const { statement, stopNs } of plan.ranges) {
    for (const batch of await answerOf(influx, { cluster: plan.cluster, statement, byName: plan.isByMeasurement })) {
      yield batch.timeNs === null || !plan.isGroupedByTime ? { ...batch, timeNs: stopNs } : batch;
    }
  }
}

export interface QueryAnswer extends Dbrp {
  readonly batches: readonly QueriedBatch[];
}

/** A query that names the one place it reads from. */
export async function placedAnswer(influx: QueryPort, statement: string, cluster: string): Promise<QueryAnswer> {
  const place = placeOf(statement);
  if (!place.ok) throw new WorkFailure(place.error);
  const usable = influx.check(cluster);
  if (!usable.ok) throw new WorkFailure(`failed to get InfluxDB client: ${usable.error}`);
  try {
    return { ...place.value, batches: await answerOf(influx, { cluster, statement, byName: false }) };
  } catch (error) {
    throw error instanceof WorkFailure ? new WorkFailure(`InfluxDB query failed: ${error.message}`) : error;
  }
}

function placeOf(statement: string): Result<Dbrp, string> {
  const select = parseSelect(statement);
  if (!select.ok) return err(select.error);
  const [source, ...others] = select.value.sources;
  if (source === undefined || others.length > 0 || source.database === '' || source.retentionPolicy === '')
    return err('could not determine database and retention policy. Is the query fully qualified?');
  return ok({ db: source.database, rp: source.retentionPolicy });
}

interface Question {
  readonly cluster: string;
  readonly statement: string;
  readonly byName: boolean;
}

function answerOf(influx: QueryPort, { cluster, statement, byName }: Question): Promise<readonly QueriedBatch[]> {
  return new Promise((resolve, reject) => {
    const reader = new AnswerReader(byName);
    const batches: QueriedBatch[] = [];
    let failure: string | undefined;
    influx.select(cluster, statement, {
      line(text) {
        const read = reader.read(text);
        if (read.ok) for (const batch of read.value) batches.push(batch);
        else failure ??= read.error.message;
      },
      done(error) {
        const problem = error ?? failure;
        if (problem === undefined) resolve([...batches, ...reader.finish()]);
        else reject(new WorkFailure(problem));
      },
    });
  });
}
