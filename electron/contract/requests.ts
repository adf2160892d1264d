/**
 * Every call the page can make. Types are inferred from the schemas; the host's implementation is a mapped type
 * over this table (`HostCalls`), so a missing or surplus handler does not compile. `changes` marks calls that
 * change something: the same flag drives read-only mode, confirmations and the audit line.
 */
import { z } from 'zod';

const memberName = z.string().min(1).max(64);
const nothing = z.null();
const call = <I extends z.ZodType, O extends z.ZodType, C extends boolean>(input: I, output: O, changes: C) => ({
  input,
  output,
  changes,
});

/** InfluxDB goes on sending to a member that was removed. */
const leftSubscription = z.object({
  hint: z.string(),
  /** Where it sends to, as in its subscriptions: what `data.unsubscribe` takes. */
  destination: z.string(),
});

/** Calls that start long work answer at once; progress arrives as notices. */
export const requests = {
  /** The plan of the lab, with ports checked; changes nothing but the plan shown. */
  'lab.plan': call(
    z
      .object({
        members: z.number().int().min(1).max(20),
        redundancy: z.number().int().min(0),
        delayPerMemberMs: z.number().int().min(100),
        data: z.enum(['generator', 'none']),
        /** Choose the ports anew instead of keeping those stored with the lab. */
        freshPorts: z.boolean(),
      })
      .partial(),
    nothing,
    false,
  ),
  'lab.start': call(nothing, nothing, true),
  'lab.cancel': call(nothing, nothing, true),
  'lab.stop': call(nothing, nothing, true),
  'member.add': call(nothing, z.object({ name: memberName }), true),
  /** `member remove` of the cluster, then the process is stopped. Null: nothing goes on sending to it. */
  'member.remove': call(z.object({ name: memberName }), z.object({ left: leftSubscription.nullable() }), true),
  'member.crash': call(z.object({ name: memberName }), nothing, true),
  'member.freeze': call(z.object({ name: memberName }), nothing, true),
  'member.thaw': call(z.object({ name: memberName }), nothing, true),
  'member.stop': call(z.object({ name: memberName }), nothing, true),
  'member.start': call(z.object({ name: memberName }), nothing, true),
  /** Replaces the fault of one direction; null lifts it. */
  'link.fault': call(
    z.object({
      from: memberName,
      to: memberName,
      fault: z
        .object({
          cut: z.boolean(),
          delayMs: z.number().min(0).max(60_000),
          jitterMs: z.number().min(0).max(60_000),
          loss: z.number().min(0).max(1),
        })
        .nullable(),
    }),
    nothing,
    true,
  ),
  'faults.undo': call(nothing, z.object({ undone: z.string().nullable() }), true),
  'faults.heal': call(nothing, z.object({ healed: z.number() }), true),
  /** An incident of the generator: `hot` drives a host's CPU above the thresholds of the sample tasks; null ends it. */
  'data.incident': call(
    z.object({ host: z.string(), incident: z.enum(['hot', 'gap', 'flapping']).nullable() }),
    nothing,
    true,
  ),
  /** Drops the subscriptions of the lab's InfluxDB that lead to this address alone; refused for a member of the lab. */
  'data.unsubscribe': call(
    z.object({ destination: z.string().min(1).max(2_048) }),
    z.object({ dropped: z.number().int() }),
    true,
  ),
  /** Sends one test alert through the given topic, from the given member. */
  'alerts.test': call(z.object({ topic: z.string().min(1), member: memberName }), nothing, true),
  'terminal.open': call(
    z.object({ member: memberName, columns: z.number().int().min(2), rows: z.number().int().min(1) }),
    z.object({ id: z.string() }),
    true,
  ),
  'terminal.write': call(z.object({ id: z.string(), data: z.string().max(1 << 20) }), nothing, true),
  'terminal.resize': call(
    z.object({ id: z.string(), columns: z.number().int().min(2), rows: z.number().int().min(1) }),
    nothing,
    true,
  ),
  'terminal.close': call(z.object({ id: z.string() }), nothing, true),
  'scenario.start': call(z.object({ name: z.string() }), nothing, true),
  'scenario.next': call(nothing, nothing, true),
  'scenario.repeat': call(nothing, nothing, true),
  'scenario.pause': call(z.object({ paused: z.boolean() }), nothing, true),
  'scenario.leave': call(z.object({ heal: z.boolean() }), nothing, true),
  /** What must survive a restart: screen, theme, panes. Validated as plain JSON of at most 64 KiB. */
  'settings.read': call(nothing, z.record(z.string(), z.unknown()), false),
  'settings.write': call(z.record(z.string(), z.unknown()), nothing, false),
} as const;

export type LeftSubscription = z.infer<typeof leftSubscription>;
export type RequestName = keyof typeof requests;
export type RequestInput<R extends RequestName> = z.infer<(typeof requests)[R]['input']>;
export type RequestOutput<R extends RequestName> = z.infer<(typeof requests)[R]['output']>;

export type HostCalls = { readonly [R in RequestName]: (input: RequestInput<R>) => Promise<RequestOutput<R>> };

/** Closed set of codes; the page decides by code, shows the message, offers the next step. */
export const errorCode = z.enum([
  'invalid-input',
  'not-found',
  'wrong-state',
  'port-taken',
  'member-failed',
  'refused',
  'timeout',
  'unreachable',
  'unknown',
]);
export const hostError = z.object({ code: errorCode, message: z.string(), details: z.string().nullable() });
export type ErrorCode = z.infer<typeof errorCode>;
export type HostError = z.infer<typeof hostError>;
