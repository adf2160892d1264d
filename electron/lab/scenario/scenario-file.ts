/**
 * A guided scenario as a YAML file: steps with a title, a text, and what to do, wait for and expect, in order. Pure.
 *
 * `{first}`, `{second}` and `{third}` in texts and member names stand for the owners of the scenario's topic by rank,
 * `{third}` for the first member that owns nothing.
 */
import { parse } from 'yaml';
import { z } from 'zod';
import { parseGoDuration } from '../../../member/base/duration.ts';
import { err, ok, type Result } from '../../../member/base/result.ts';
import type { ScenarioSummary } from '../../contract/state.ts';

const duration = z.string().transform((text, context) => {
  const ns = parseGoDuration(text);
  if (ns !== undefined && ns > 0n) return Number(ns / 1_000_000n);
  context.addIssue(`${JSON.stringify(text)} is no duration such as 4s or 200ms`);
  return z.NEVER;
});
const level = z.enum(['OK', 'INFO', 'WARNING', 'CRITICAL']);

/** Conditions on the alert look at the newest one of that event and level since the last incident was set. */
export const condition = z.discriminatedUnion('is', [
  /** Every running member lists exactly the running members as alive. */
  z.strictObject({ is: z.literal('members-agree') }),
  z.strictObject({
    is: z.literal('process'),
    member: z.string(),
    state: z.enum(['running', 'frozen', 'stopped', 'crashed']),
  }),
  /** All other running members believe this of the member. */
  z.strictObject({ is: z.literal('seen'), member: z.string(), as: z.enum(['alive', 'suspect', 'dead', 'left']) }),
  /** The newest alert of the event has this level and was delivered; no alert at all counts as OK. */
  z.strictObject({ is: z.literal('level'), event: z.string(), level }),
  z.strictObject({ is: z.literal('published'), event: z.string(), level }),
  z.strictObject({
    is: z.literal('step'),
    event: z.string(),
    level,
    member: z.string(),
    did: z.enum(['waiting', 'took-over', 'handled', 'told']),
  }),
  /** Delivered this often, by these members in this order, within these times since publication. */
  z.strictObject({
    is: z.literal('delivered'),
    event: z.string(),
    level,
    by: z.array(z.string()),
    notBefore: duration.optional(),
    notAfter: duration.optional(),
  }),
  /** Nothing was delivered for this long. */
  z.strictObject({ is: z.literal('quiet'), for: duration }),
]);

const item = z.union([
  z.strictObject({ heal: z.literal('all') }),
  z.strictObject({ incident: z.strictObject({ host: z.string(), kind: z.enum(['hot', 'gap', 'flapping', 'none']) }) }),
  z.strictObject({ crash: z.string() }),
  z.strictObject({ freeze: z.string() }),
  z.strictObject({ thaw: z.string() }),
  z.strictObject({ stop: z.string() }),
  z.strictObject({ start: z.string() }),
  z.strictObject({ wait: condition, limit: duration, says: z.string() }),
  z.strictObject({ expect: condition, says: z.string() }),
]);

const scenarioFile = z.strictObject({
  title: z.string(),
  description: z.string(),
  about: duration,
  topic: z.string(),
  needs: z.strictObject({ members: z.number().int().min(1), redundancy: z.number().int().min(0) }),
  steps: z.array(z.strictObject({ title: z.string(), text: z.string(), do: z.array(item).min(1) })).min(1),
});

export type Condition = z.infer<typeof condition>;
export type ScenarioItem = z.infer<typeof item>;
export type ScenarioAction = Exclude<ScenarioItem, { wait: unknown } | { expect: unknown }>;
export type Scenario = z.infer<typeof scenarioFile> & { readonly name: string };

/** The error names the place in the file and what is wrong there. */
export function readScenario(name: string, text: string): Result<Scenario, string> {
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    return err(`scenario ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = scenarioFile.safeParse(document);
  if (parsed.success) return ok({ ...parsed.data, name });
  const [issue] = parsed.error.issues;
  return err(`scenario ${name}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is no scenario'}`);
}

export function summary(scenario: Scenario): ScenarioSummary {
  const { name, title, description, steps, about } = scenario;
  return { name, title, description, steps: steps.length, aboutMs: about };
}
