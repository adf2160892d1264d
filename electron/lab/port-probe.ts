/** Finds out which ports are taken, by binding them, and plans around them. */
import { createServer } from 'node:net';
import { createSocket } from 'node:dgram';
import { type Result } from '../../member/base/result.ts';
import {
  addMember,
  makePlan,
  portsOf,
  portsOfInterest,
  type Plan,
  type PlannedMember,
  type PlanOptions,
} from './plan.ts';
import { reservedPorts } from './port-book.ts';
import { portHolder } from './port-holder.ts';

/** Whether nobody listens on the port of 127.0.0.1 (or of all addresses). */
export async function isPortFree(port: number, udp: boolean): Promise<boolean> {
  return (await canListen(port)) && (!udp || (await canBind(port)));
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function canBind(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => socket.close(() => resolve(true)));
  });
}

/** A plan whose ports were free a moment ago. */
export function planOnFreePorts(options: PlanOptions, saved: Plan | null): Promise<Result<Plan, string>> {
  const first = [...(saved === null ? [] : portsOf(saved)), ...portsOfInterest.map((port) => ({ port, udp: false }))];
  return settle(options.dir, first, (taken) => makePlan(options, saved, taken), portsOf);
}

/** One member more, on ports that were free a moment ago; the lab's own ports count as its own. */
export function memberOnFreePorts(plan: Plan): Promise<Result<{ plan: Plan; member: PlannedMember }, string>> {
  return settle(
    plan.dir,
    [],
    (taken) => addMember(plan, taken),
    ({ member }) => portsOf({ ...plan, members: [member], influx: null }).filter(({ port }) => port !== plan.inboxPort),
  );
}

type Wanted = readonly { readonly port: number; readonly udp: boolean }[];

/** Plans, looks at the ports of the plan, and plans again for as long as some are taken. */
async function settle<T>(
  dir: string,
  first: Wanted,
  plan: (taken: ReadonlyMap<number, string>) => Result<T, string>,
  wanted: (plan: T) => Wanted,
): Promise<Result<T, string>> {
  const taken = new Map(reservedPorts(dir));
  const known = new Set(taken.keys());
  const look = async (ports: Wanted): Promise<boolean> => {
    let isAllFree = true;
    for (const { port, udp } of ports) {
      if (known.has(port)) continue;
      known.add(port);
      if (await isPortFree(port, udp)) continue;
      isAllFree = false;
      taken.set(port, await portHolder(port, udp));
    }
    return isAllFree;
  };
  await look(first);
  for (;;) {
    const made = plan(taken);
    if (!made.ok || (await look(wanted(made.value)))) return made;
  }
}
