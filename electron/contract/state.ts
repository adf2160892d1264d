/**
 * The state the host shows to the page: plain JSON, one snapshot plus numbered notices (notices.ts). Types here
 * are the only shapes both sides share; 64-bit integers are strings, absent values are null.
 */
import { z } from 'zod';

export const memberStatus = z.enum(['alive', 'suspect', 'dead', 'left']);
export const processState = z.enum(['starting', 'running', 'frozen', 'stopped', 'crashed', 'failed']);
export const level = z.enum(['OK', 'INFO', 'WARNING', 'CRITICAL']);

/** What one member (the observer) believes of another. */
export const memberView = z.object({
  /** Name in the lab (`kapacitor-2`); the member ID where it is no member of the lab. */
  member: z.string(),
  status: memberStatus,
  incarnation: z.number(),
  /** Wall milliseconds at which this belief began, on the observer's clock. */
  since: z.number(),
  /** While suspect: when the observer will declare it dead, wall milliseconds; else null. */
  deadAt: z.number().nullable(),
});

export const labMember = z.object({
  /** `kapacitor-1`, unique in the lab; the places on the map follow the order of members. */
  name: z.string(),
  /** Member ID, null until its first start has made one. */
  id: z.string().nullable(),
  pid: z.number().nullable(),
  process: processState,
  processSince: z.number(),
  /** Why it failed or crashed, in words; null otherwise. */
  reason: z.string().nullable(),
  /** True when the last crash, freeze or stop was asked for through the lab. */
  byFault: z.boolean(),
  api: z.string(),
  rpc: z.string(),
  gossip: z.string(),
  clusterState: z.enum(['uninitialized', 'initialized']).nullable(),
  clusterId: z.string().nullable(),
  views: z.array(memberView),
  /** Wall milliseconds of the last answer of this member; its views are as old as that. Null before the first. */
  seenAt: z.number().nullable(),
});

/** One direction of one link; names of members. */
export const linkFault = z.object({
  from: z.string(),
  to: z.string(),
  cut: z.boolean(),
  delayMs: z.number(),
  jitterMs: z.number(),
  loss: z.number(),
});

export const topicOwners = z.object({
  topic: z.string(),
  level,
  /** Member IDs by rank. */
  owners: z.array(z.string()),
  pending: z.number(),
});

/** One handled copy of an event, as the inbox received it. `member` is a name in the lab as in `memberView`; null for other engines. */
export const delivery = z.object({ member: z.string().nullable(), at: z.number(), path: z.string() });

/** One thing a member did for an event, in the order of time. Printed from its observations. */
export const alertStep = z.object({
  at: z.number(),
  /** Name in the lab, as in `memberView`. */
  member: z.string(),
  rank: z.number().nullable(),
  did: z.enum([
    'published',
    'received',
    'waiting',
    'asking',
    'took-over',
    'handled',
    'attempted',
    'told',
    'dropped',
    'inline',
    'inhibited',
  ]),
  /** Reason, handler, duration … in words a table can print; may be empty. */
  note: z.string(),
});

export const alertRecord = z.object({
  /** Key of D15, equal on all members. */
  key: z.string(),
  topic: z.string(),
  event: z.string(),
  level,
  /** Event time, wall milliseconds. */
  at: z.number(),
  task: z.string(),
  inline: z.boolean(),
  deliveries: z.array(delivery),
  /** First delivery minus event time or first publication, whichever is later. Null until delivered. */
  latencyMs: z.number().nullable(),
  steps: z.array(alertStep),
  outcome: z.enum(['pending', 'once', 'inline', 'duplicate', 'lost']),
  /** Permitted cause of a second delivery (D25), when there is one. */
  cause: z.string().nullable(),
});

export const planStep = z.object({
  id: z.string(),
  title: z.string(),
  detail: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  ms: z.number().nullable(),
});

/** A port that was wanted and taken. */
export const portNote = z.object({ port: z.number(), holder: z.string(), instead: z.number() });

export const labPlan = z.object({
  name: z.string(),
  dir: z.string(),
  members: z.array(z.object({ name: z.string(), api: z.number(), rpc: z.number(), gossip: z.number() })),
  inboxPort: z.number(),
  redundancy: z.number(),
  delayPerMemberMs: z.number(),
  data: z.enum(['generator', 'none', 'url', 'spawn']),
  portNotes: z.array(portNote),
});

export const dataSource = z.object({
  kind: z.enum(['generator', 'none', 'url', 'spawn']),
  state: z.enum(['off', 'starting', 'running', 'failed']),
  title: z.string(),
  /** The InfluxDB that feeds the members, for `url` and `spawn`; null otherwise. */
  url: z.string().nullable(),
  pointsPerSecond: z.number(),
  /** Hosts of the generator, with the incident each is under. */
  hosts: z.array(z.object({ host: z.string(), incident: z.string().nullable() })),
  lastPointAt: z.number().nullable(),
});

export const activeFault = z.object({
  id: z.string(),
  kind: z.enum(['crash', 'freeze', 'stop', 'cut', 'delay', 'loss']),
  /** Names of members: one for process faults, from and to for links. */
  members: z.array(z.string()),
  since: z.number(),
});

export const commandLine = z.object({
  at: z.number(),
  line: z.string(),
  outcome: z.enum(['running', 'done', 'failed']),
  error: z.string().nullable(),
});

export const scenarioStep = z.object({
  title: z.string(),
  text: z.string(),
  state: z.enum(['ahead', 'acting', 'waiting', 'fulfilled', 'failed', 'past']),
});

export const scenarioRun = z.object({
  name: z.string(),
  title: z.string(),
  steps: z.array(scenarioStep),
  current: z.number(),
  /** What the present step waits for, in words, and since when and how long it may take. */
  waitingFor: z.string().nullable(),
  waitingSince: z.number().nullable(),
  limitMs: z.number().nullable(),
  paused: z.boolean(),
  error: z.string().nullable(),
  finished: z.boolean(),
});

export const scenarioSummary = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  steps: z.number(),
  aboutMs: z.number(),
});

export const lab = z.object({
  status: z.enum(['planned', 'starting', 'running', 'stopping', 'stopped', 'failed']),
  plan: labPlan,
  steps: z.array(planStep),
  /** Which step failed and why; null unless status is failed. */
  error: z.object({ step: z.string(), message: z.string(), log: z.array(z.string()) }).nullable(),
  clusterId: z.string().nullable(),
  inbox: z.string().nullable(),
  deliveries: z.number(),
});

export const hostState = z.object({
  host: z.enum(['electron', 'browser']),
  version: z.string(),
  lab,
  members: z.array(labMember),
  topics: z.array(topicOwners),
  links: z.array(linkFault),
  faults: z.array(activeFault),
  alerts: z.array(alertRecord),
  data: dataSource,
  scenarios: z.array(scenarioSummary),
  scenario: scenarioRun.nullable(),
  commands: z.array(commandLine),
});

export type MemberStatusName = z.infer<typeof memberStatus>;
export type ProcessState = z.infer<typeof processState>;
export type LevelName = z.infer<typeof level>;
export type MemberView = z.infer<typeof memberView>;
export type LabMember = z.infer<typeof labMember>;
export type LinkFaultState = z.infer<typeof linkFault>;
export type TopicOwners = z.infer<typeof topicOwners>;
export type AlertStep = z.infer<typeof alertStep>;
export type AlertRecord = z.infer<typeof alertRecord>;
export type PlanStep = z.infer<typeof planStep>;
export type LabPlan = z.infer<typeof labPlan>;
export type DataSource = z.infer<typeof dataSource>;
export type ActiveFault = z.infer<typeof activeFault>;
export type CommandLine = z.infer<typeof commandLine>;
export type ScenarioRun = z.infer<typeof scenarioRun>;
export type ScenarioSummary = z.infer<typeof scenarioSummary>;
export type Lab = z.infer<typeof lab>;
export type HostState = z.infer<typeof hostState>;
