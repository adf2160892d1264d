/** Which subscriptions a member has on an InfluxDB, which it wants, and so which statements bring the two together. */
import { quoteName, quoteText } from './influx-client.ts';

export interface Subscription {
  readonly db: string;
  readonly rp: string;
  readonly name: string;
  readonly destinations: readonly string[];
}

export interface Wanted {
  /** `kapacitor-` and the member's ID (mode `server`) or the cluster's (mode `cluster`). */
  readonly name: string;
  /** The member's ID and the cluster's: names of mode `cluster` and `server` alike begin with them. */
  readonly destination: (db: string, rp: string) => string;
  /** Empty: every database. */
  readonly included: Readonly<Record<string, readonly string[]>>;
  readonly excluded: Readonly<Record<string, readonly string[]>>;
}

export interface SubscriptionPlan {
  readonly statements: readonly string[];
  /** Database and retention policy of all that will then exist. */
  readonly subscribed: readonly { readonly db: string; readonly rp: string }[];
}

/** Subscriptions of other names are others' and are left alone. */
export function planSubscriptions(
  existing: readonly Subscription[],
  databases: readonly { readonly db: string; readonly rp: string }[],
  wanted: Wanted,
): SubscriptionPlan {
  const statements: string[] = [];
  const kept = new Set<string>();
  for (const subscription of existing) {
    if (subscription.name !== wanted.name) continue;
    const { db, rp, destinations } = subscription;
    const isRight = destinations.length === 1 && destinations[0] === wanted.destination(db, rp);
    if (isRight && isWanted(db, rp, wanted)) kept.add(key(db, rp));
    else statements.push(`DROP SUBSCRIPTION ${quoteName(wanted.name)} ON ${quoteName(db)}.${quoteName(rp)}`);
  }
  const subscribed: { db: string; rp: string }[] = [];
  for (const { db, rp } of databases) {
    if (!isWanted(db, rp, wanted)) continue;
    subscribed.push({ db, rp });
    if (kept.has(key(db, rp))) continue;
    const destination = quoteText(wanted.destination(db, rp));
    statements.push(
      `CREATE SUBSCRIPTION ${quoteName(wanted.name)} ON ${quoteName(db)}.${quoteName(rp)} DESTINATIONS ANY ${destination}`,
    );
  }
  return { statements, subscribed };
}

/** With a list only what it names; without one everything that is not excluded. An empty list of policies means all of a database. */
function isWanted(db: string, rp: string, wanted: Wanted): boolean {
  if (names(wanted.excluded, db, rp)) return false;
  return Object.keys(wanted.included).length === 0 || names(wanted.included, db, rp);
}

function names(map: Readonly<Record<string, readonly string[]>>, db: string, rp: string): boolean {
  if (!Object.hasOwn(map, db)) return false;
  const policies = map[db] ?? [];
  return policies.length === 0 || policies.includes(rp);
}

function key(db: string, rp: string): string {
  return `${db}\u0000${rp}`;
}
