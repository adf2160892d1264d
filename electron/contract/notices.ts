/**
 * How state crosses: a subscriber of `state` first gets a snapshot with its sequence number, then every notice
 * with the next number. A gap means: ask for a new snapshot. The page's copy is one reducer over these.
 *
 * Terminals, logs and observations are streams of their own, so that typing or chatter never delays state.
 */
import { z } from 'zod';
import {
  activeFault,
  alertRecord,
  commandLine,
  dataSource,
  hostState,
  lab,
  labMember,
  linkFault,
  scenarioRun,
  topicOwners,
} from './state.ts';

/** Each change replaces one part of the state by its new value. */
export const change = z.discriminatedUnion('part', [
  z.object({ part: z.literal('lab'), value: lab }),
  /** Insert or replace by name; the order of members is the order of their first appearance. */
  z.object({ part: z.literal('member'), value: labMember }),
  z.object({ part: z.literal('member-gone'), name: z.string() }),
  z.object({ part: z.literal('topics'), value: z.array(topicOwners) }),
  z.object({ part: z.literal('links'), value: z.array(linkFault) }),
  z.object({ part: z.literal('faults'), value: z.array(activeFault) }),
  /** Insert or replace by key; newest first by event time. The host keeps the last 1,000. */
  z.object({ part: z.literal('alert'), value: alertRecord }),
  z.object({ part: z.literal('alerts-cleared') }),
  z.object({ part: z.literal('data'), value: dataSource }),
  z.object({ part: z.literal('scenario'), value: scenarioRun.nullable() }),
  z.object({ part: z.literal('command'), value: commandLine }),
]);

export const stateNotice = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('snapshot'), seq: z.number(), state: hostState }),
  z.object({ kind: z.literal('changes'), seq: z.number(), changes: z.array(change) }),
]);

export const terminalNotice = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('data'), data: z.string() }),
  z.object({ kind: z.literal('exit'), code: z.number() }),
]);

export const logLine = z.object({
  member: z.string(),
  seq: z.number(),
  at: z.number(),
  level: z.enum(['debug', 'info', 'warn', 'error']),
  text: z.string(),
});

/** Observations of all members merged, for pulses on the links and for the timeline. Plain JSON of base/observation. */
export const observationNotice = z.object({
  member: z.string(),
  at: z.number(),
  observation: z.record(z.string(), z.unknown()),
});

/** Stream name → what arrives on it. `terminal` takes the terminal's id as its parameter, `log` a member name or `*`. */
export const streams = {
  state: { parameter: z.null(), notice: stateNotice },
  terminal: { parameter: z.string(), notice: terminalNotice },
  log: { parameter: z.string(), notice: z.array(logLine) },
  observations: { parameter: z.null(), notice: z.array(observationNotice) },
} as const;

export type StreamName = keyof typeof streams;
export type StreamParameter<S extends StreamName> = z.infer<(typeof streams)[S]['parameter']>;
export type StreamNotice<S extends StreamName> = z.infer<(typeof streams)[S]['notice']>;
export type Change = z.infer<typeof change>;
export type StateNotice = z.infer<typeof stateNotice>;
export type TerminalNotice = z.infer<typeof terminalNotice>;
export type LogLine = z.infer<typeof logLine>;
export type ObservationNotice = z.infer<typeof observationNotice>;
