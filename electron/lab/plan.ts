/**
 * What a lab consists of, decided before anything runs: members, ports, folders, data source. Pure: options, the plan
 * saved last time and the ports found taken go in; the plan comes out and is shown, saved as plan.json and followed.
 *
 * Ports are chosen once and kept. A port that is taken is replaced, and the plan says by whom it was taken.
 */
import { z } from 'zod';
import { err, ok, type Result } from '../../member/base/result.ts';
import { memberSetting, type MemberSetting } from './member-setting.ts';

const port = z.number().int().min(1).max(65_535);

const plannedMember = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  gossip: port,
  rpc: port,
  api: port,
});

const dataChoice = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('generator') }),
  z.object({ kind: z.literal('none') }),
  /** A real influxd as one more process of the lab. */
  z.object({ kind: z.literal('spawn') }),
  /** An InfluxDB 1.x that runs already. */
  z.object({ kind: z.literal('url'), url: z.string() }),
]);

/** The members' program: ours, or one of the user's own. */
const engine = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('bundled') }),
  z.object({ kind: z.literal('path'), path: z.string() }),
]);

export const planSchema = z.object({
  version: z.literal(1),
  name: z.string(),
  dir: z.string(),
  members: z.array(plannedMember).min(1).max(20),
  inboxPort: port,
  influx: z.object({ http: port, rpc: port }).nullable(),
  redundancy: z.number().int().min(0),
  delayPerMemberMs: z.number().int().min(100),
  data: dataChoice,
  engine,
  settings: z.array(memberSetting),
  portNotes: z.array(z.object({ port, holder: z.string(), instead: port })),
});

export type Plan = z.infer<typeof planSchema>;
export type PlannedMember = z.infer<typeof plannedMember>;
export type DataChoice = z.infer<typeof dataChoice>;
export type Engine = z.infer<typeof engine>;

export interface PlanOptions {
  readonly name: string;
  /** Absolute path of the lab's folder. */
  readonly dir: string;
  readonly members?: number | undefined;
  readonly redundancy?: number | undefined;
  readonly delayPerMemberMs?: number | undefined;
  readonly data?: DataChoice | undefined;
  readonly engine?: Engine | undefined;
  readonly settings?: readonly MemberSetting[] | undefined;
}

/** Port → who holds it, in words ("kafka (pid 2114)", "unknown process"). */
export type TakenPorts = ReadonlyMap<number, string>;

const firstMemberPort = 19_090;
const firstInboxPort = 19_080;
const firstInfluxPort = 19_060;
/** The services' default ports: not used by labs, but what stands in their way is worth a note. */
const defaultPorts = [9090, 9091, 9092];

/** Message of the error: why there can be no such lab. */
export function makePlan(options: PlanOptions, saved: Plan | null, taken: TakenPorts): Result<Plan, string> {
  const count = options.members ?? saved?.members.length ?? 3;
  if (saved !== null && count < saved.members.length) {
    return err(
      `the lab in ${options.dir} has ${saved.members.length} members, not ${count}: ` +
        'remove members from it while it runs, or choose another folder',
    );
  }
  if (count < 1 || count > 20) return err(`a lab has 1 to 20 members, not ${count}`);
  const ports = portAllocator(saved, taken);
  const members = (saved?.members ?? []).map((member) => ({ ...member, ...ports.forMember(member) }));
  while (members.length < count) members.push({ name: nextName(members), ...ports.forMember(null) });
  const data = options.data ?? saved?.data ?? { kind: 'generator' };
  const plan: Plan = {
    version: 1,
    name: options.name,
    dir: options.dir,
    members,
    inboxPort: ports.keep(saved?.inboxPort, firstInboxPort),
    influx:
      data.kind === 'spawn'
        ? {
            http: ports.keep(saved?.influx?.http, firstInfluxPort),
            rpc: ports.keep(saved?.influx?.rpc, firstInfluxPort),
          }
        : (saved?.influx ?? null),
    redundancy: options.redundancy ?? saved?.redundancy ?? Math.min(2, count),
    delayPerMemberMs: options.delayPerMemberMs ?? saved?.delayPerMemberMs ?? 2_000,
    data,
    engine: options.engine ?? saved?.engine ?? { kind: 'bundled' },
    settings: [...(options.settings ?? saved?.settings ?? [])],
    portNotes: [],
  };
  const notes = [...ports.notes, ...defaultPortNotes(plan, taken)].sort((a, b) => a.port - b.port);
  return ok({ ...plan, portNotes: notes });
}

/** The plan with one member more, and that member. */
export function addMember(plan: Plan, taken: TakenPorts): Result<{ plan: Plan; member: PlannedMember }, string> {
  if (plan.members.length >= 20) return err('a lab has at most 20 members');
  const ports = portAllocator(plan, taken);
  const member = { name: nextName(plan.members), ...ports.forMember(null) };
  return ok({ plan: { ...plan, members: [...plan.members, member] }, member });
}

export function removeMember(plan: Plan, name: string): Plan {
  return { ...plan, members: plan.members.filter((member) => member.name !== name) };
}

/** Every port of the plan, each with the protocols that must be free. */
export function portsOf(plan: Plan): { port: number; udp: boolean }[] {
  const tcp = (number: number) => ({ port: number, udp: false });
  return [
    ...plan.members.flatMap(({ gossip, rpc, api }) => [{ port: gossip, udp: true }, tcp(rpc), tcp(api)]),
    tcp(plan.inboxPort),
    ...(plan.influx === null ? [] : [tcp(plan.influx.http), tcp(plan.influx.rpc)]),
  ];
}

/** Ports to look at before the first plan is made, so that notes can be written; not needed for the lab itself. */
export const portsOfInterest: readonly number[] = defaultPorts;

function nextName(members: readonly PlannedMember[]): string {
  const numbers = members.map(({ name }) => Number(/^kapacitor-(\d+)$/.exec(name)?.[1] ?? 0));
  return `kapacitor-${Math.max(0, ...numbers) + 1}`;
}

interface MemberPorts {
  gossip: number;
  rpc: number;
  api: number;
}

function portAllocator(saved: Plan | null, taken: TakenPorts) {
  const notes: Plan['portNotes'] = [];
  const used = new Set<number>(saved === null ? [] : portsOf(saved).map(({ port }) => port));
  /** The first free port from `first` on; ports in the way that are not the lab's own are noted. */
  const choose = (first: number): number => {
    const inTheWay: number[] = [];
    let candidate = first;
    while (used.has(candidate) || taken.has(candidate)) {
      if (!used.has(candidate)) inTheWay.push(candidate);
      candidate++;
    }
    used.add(candidate);
    for (const number of inTheWay) note(number, candidate);
    return candidate;
  };
  const note = (number: number, instead: number): void => {
    if (!notes.some((known) => known.port === number))
      notes.push({ port: number, holder: taken.get(number) ?? 'unknown process', instead });
  };
  const keep = (number: number | undefined, first: number): number => {
    if (number === undefined) return choose(first);
    if (!taken.has(number)) return number;
    const instead = choose(first);
    note(number, instead);
    return instead;
  };
  return {
    notes,
    keep,
    forMember: (old: MemberPorts | null): MemberPorts => ({
      gossip: keep(old?.gossip, firstMemberPort),
      rpc: keep(old?.rpc, firstMemberPort),
      api: keep(old?.api, firstMemberPort),
    }),
  };
}

function defaultPortNotes(plan: Plan, taken: TakenPorts): Plan['portNotes'] {
  const [first] = plan.members;
  if (first === undefined) return [];
  const instead = [first.gossip, first.rpc, first.api];
  return defaultPorts.flatMap((number, i) => {
    const holder = taken.get(number);
    return holder === undefined ? [] : [{ port: number, holder, instead: instead[i] ?? first.api }];
  });
}
