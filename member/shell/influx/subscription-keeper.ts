/**
 * Keeps a member's subscriptions on one InfluxDB: made at the start, made again whenever they are gone or wrong, looked
 * at in an interval, with a growing pause while InfluxDB does not answer. A member lives without InfluxDB; it is told
 * in the log.
 */
import { err, ok, type Result } from '../../base/result.ts';
import type { Logger } from '../log/log.ts';
import type { InfluxClient } from './influx-client.ts';
import { quoteName } from './influx-client.ts';
import { planSubscriptions, type Subscription, type Wanted } from './subscription-plan.ts';

export interface SubscriptionKeeper {
  /** Looks now, also while waiting (POST /subscriptions). */
  sync(): Promise<Result<void, string>>;
  /** Subscriptions of this member at the last look. */
  count(): number;
  close(): void;
}

export interface KeeperOptions {
  readonly client: InfluxClient;
  readonly logger: Logger;
  /** Asked before every look: a name may change with the cluster. */
  readonly wanted: () => Wanted;
  readonly syncIntervalMs: number;
  /** After so long without an answer at the start the log says it is an error. */
  readonly startupTimeoutMs: number;
  readonly now: () => number;
  /** Called with every database before the subscriptions are planned: listeners of one's own (udp) are opened here. */
  readonly prepare?: (databases: readonly { readonly db: string; readonly rp: string }[]) => Promise<void>;
}

const firstPauseMs = 250;
const longestPauseMs = 5_000;

export function startSubscriptionKeeper(options: KeeperOptions): SubscriptionKeeper {
  const { client, logger, now } = options;
  const startedAt = now();
  let count = 0;
  let pauseMs = firstPauseMs;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let hasLinked = false;
  let running: Promise<Result<void, string>> | undefined;

  const look = async (): Promise<Result<void, string>> => {
    const state = await readState(client);
    if (!state.ok) return state;
    await options.prepare?.(state.value.databases);
    const plan = planSubscriptions(state.value.existing, state.value.databases, options.wanted());
    for (const statement of plan.statements) {
      const done = await client.query(statement);
      if (!done.ok) return err(`${statement}: ${done.error}`);
      logger.info('changed subscription', ['statement', statement]);
    }
    count = plan.subscribed.length;
    return ok(undefined);
  };
  const settle = (result: Result<void, string>): void => {
    if (result.ok) {
      if (!hasLinked) logger.info('linked subscriptions', ['count', count]);
      hasLinked = true;
      pauseMs = firstPauseMs;
      schedule(options.syncIntervalMs);
      return;
    }
    const isLate = hasLinked || now() - startedAt >= options.startupTimeoutMs;
    const message = 'cannot link subscriptions, trying again';
    if (isLate) logger.error(message, ['err', result.error]);
    else logger.info(message, ['err', result.error]);
    schedule(pauseMs);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  };
  const sync = (): Promise<Result<void, string>> => {
    clearTimeout(timer);
    running ??= look().then((result) => {
      running = undefined;
      if (!isClosed) settle(result);
      return result;
    });
    return running;
  };
  const schedule = (delayMs: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void sync(), delayMs);
  };
  void sync();

  return {
    sync,
    count: () => count,
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

interface InfluxState {
  readonly existing: readonly Subscription[];
  readonly databases: readonly { readonly db: string; readonly rp: string }[];
}

async function readState(client: InfluxClient): Promise<Result<InfluxState, string>> {
  const listed = await client.query('SHOW DATABASES');
  if (!listed.ok) return listed;
  const databases: { db: string; rp: string }[] = [];
  for (const [db] of listed.value.flatMap((series) => series.values)) {
    if (typeof db !== 'string') continue;
    const policies = await client.query(`SHOW RETENTION POLICIES ON ${quoteName(db)}`);
    // Dropped since it was listed.
    if (!policies.ok && policies.error.startsWith('database not found')) continue;
    if (!policies.ok) return policies;
    for (const [rp] of policies.value.flatMap((series) => series.values))
      if (typeof rp === 'string') databases.push({ db, rp });
  }
  const subscriptions = await client.query('SHOW SUBSCRIPTIONS');
  if (!subscriptions.ok) return subscriptions;
  const existing = subscriptions.value.flatMap((series) =>
    series.values.map((row): Subscription => {
      const column = (name: string): unknown => row[series.columns.indexOf(name)];
      const destinations = column('destinations');
      return {
        db: series.name,
        rp: String(column('retention_policy')),
        name: String(column('name')),
        destinations: Array.isArray(destinations) ? destinations.map(String) : [],
      };
    }),
  );
  return ok({ existing, databases });
}
