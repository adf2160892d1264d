/** Subscriptions of an InfluxDB 1.x that lead to one address. Nothing but these is ever looked at or dropped. */
import { z } from 'zod';
import { err, ok, type Result } from '../../member/base/result.ts';
import { httpCall } from './http-call.ts';

export interface Subscription {
  readonly database: string;
  readonly retentionPolicy: string;
  readonly name: string;
}

const answerShape = z.object({
  results: z.array(
    z.object({
      error: z.string().optional(),
      series: z
        .array(
          z.object({
            name: z.string(),
            columns: z.array(z.string()),
            values: z.array(z.array(z.unknown())),
          }),
        )
        .optional(),
    }),
  ),
});

/** Those whose only destination is `destination`: one that leads elsewhere too is not this member's to drop. */
export async function subscriptionsTo(
  influx: string,
  destination: string,
): Promise<Result<readonly Subscription[], string>> {
  const listed = await ask(influx, 'SHOW SUBSCRIPTIONS');
  if (!listed.ok) return listed;
  const found = listed.value.flatMap(({ name: database, columns, values }) =>
    values.flatMap((row) => {
      const cell = (column: string): unknown => row[columns.indexOf(column)];
      const [retentionPolicy, name, destinations] = [cell('retention_policy'), cell('name'), cell('destinations')];
      if (typeof retentionPolicy !== 'string' || typeof name !== 'string' || !Array.isArray(destinations)) return [];
      const isItsOwn = destinations.length === 1 && destinations[0] === destination;
      return isItsOwn ? [{ database, retentionPolicy, name }] : [];
    }),
  );
  return ok(found);
}

export async function dropSubscription(influx: string, subscription: Subscription): Promise<Result<void, string>> {
  const dropped = await ask(influx, dropStatement(subscription));
  return dropped.ok ? ok(undefined) : dropped;
}

/** InfluxQL. */
export function dropStatement({ database, retentionPolicy, name }: Subscription): string {
  return `DROP SUBSCRIPTION ${quoted(name)} ON ${quoted(database)}.${quoted(retentionPolicy)}`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

type Series = NonNullable<z.infer<typeof answerShape>['results'][number]['series']>;

async function ask(influx: string, statement: string): Promise<Result<Series, string>> {
  const url = `${influx.replace(/\/$/, '')}/query?${new URLSearchParams({ q: statement }).toString()}`;
  const answer = await httpCall(url, { method: 'POST' });
  if (!answer.ok) return err(`InfluxDB at ${influx} does not answer: ${answer.error}`);
  const { status, body } = answer.value;
  const read = status === 200 ? parsed(body) : undefined;
  if (read === undefined)
    return err(`InfluxDB answered ${statement} with status ${status}: ${body.trim().slice(0, 500)}`);
  const [result] = read.results;
  return result?.error === undefined ? ok(result?.series ?? []) : err(`InfluxDB refused ${statement}: ${result.error}`);
}

function parsed(body: string): z.infer<typeof answerShape> | undefined {
  try {
    return answerShape.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
