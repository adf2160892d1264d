/** The queries that a batch task would have run in a range of time: what recordings and replays ask for. */
import { err, ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import type { RangeQuery } from '../../../influx/influxql/range-query.ts';
import type { Dbrp, PlanOptions, QueryPlan, QueryRange } from '../../definition.ts';
import { readSettings } from './query-settings.ts';
import type { QuerySettings } from './query-settings.ts';
import type { QueryNode } from './query.ts';

/** One plan for each node, in their order. */
export function planQueries(nodes: readonly QueryNode[], options: PlanOptions): Result<readonly QueryPlan[], string> {
  const plans: QueryPlan[] = [];
  const settings: QuerySettings[] = [];
  for (const node of nodes) {
    const read = readSettings(node);
    if (!read.ok) return read;
    settings.push(read.value);
  }
  for (const [index, node] of nodes.entries()) {
    const own = settings[index];
    if (own === undefined) continue;
    const refused = refusedSource(own.query, options.dbrps);
    if (refused !== undefined) return err(refused);
    plans.push({
      cluster: node.cluster,
      isByMeasurement: node.isByMeasurement,
      isGroupedByTime: own.query.isGroupedByTime,
      ranges: { [Symbol.iterator]: () => ranges(node, own, options) },
    });
  }
  return ok(plans);
}

/** Why a query may not run: it asks for data that is not the task's. */
export function refusedSource(query: RangeQuery, dbrps: readonly Dbrp[]): string | undefined {
  for (const { database, retentionPolicy } of query.sources) {
    if (dbrps.some(({ db, rp }) => db === database && rp === retentionPolicy)) continue;
    const place = `${JSON.stringify(database)}.${JSON.stringify(retentionPolicy)}`;
    return `batch query is not allowed to request data from ${place}`;
  }
  return undefined;
}

function* ranges(node: QueryNode, { query, schedule }: QuerySettings, options: PlanOptions): Generator<QueryRange> {
  let current = schedule.next(options.startNs);
  while (current !== undefined && current <= options.stopNs) {
    const stopNs = current - node.offsetNs;
    if (stopNs > options.nowNs) return;
    // As 1.5.4 does, also where odd: `alignGroup` moves the intervals of a live task, but not those of a recording.
    yield { stopNs, statement: query.text(stopNs - node.periodNs, stopNs, false) };
    current = schedule.next(current);
  }
}
