/** The steps of a lab's start, as the page lists them before and while they run. Pure. */
import type { PlanStep } from '../contract/state.ts';
import type { Plan } from './plan.ts';

export const stepIds = {
  ports: 'ports',
  inbox: 'inbox',
  data: 'data',
  influx: 'influx',
  member: (name: string) => `member:${name}`,
  join: 'join',
  samples: 'samples',
} as const;

export function planSteps(plan: Plan): PlanStep[] {
  const step = (id: string, title: string): PlanStep => ({ id, title, detail: '', state: 'waiting', ms: null });
  const usesInflux = plan.data.kind === 'spawn' || plan.data.kind === 'url';
  return [
    step(stepIds.ports, 'Ports chosen'),
    step(stepIds.inbox, 'Inbox for alerts'),
    ...(usesInflux ? [step(stepIds.influx, plan.data.kind === 'spawn' ? 'influxd starts' : 'InfluxDB answers')] : []),
    ...plan.members.map(({ name }) => step(stepIds.member(name), `${name} starts`)),
    ...(plan.members.length > 1 ? [step(stepIds.join, 'All members agree')] : []),
    step(stepIds.samples, 'Sample tasks and handler'),
    ...(plan.data.kind === 'none'
      ? []
      : [step(stepIds.data, plan.data.kind === 'url' ? 'Data of InfluxDB' : 'Sample data, six hosts')]),
  ];
}

/** `9 free, 19090 to 19098` */
export function portsDetail(plan: Plan): string {
  const ports = plan.members.flatMap(({ gossip, rpc, api }) => [gossip, rpc, api]);
  return `${ports.length} free, ${Math.min(...ports)} to ${Math.max(...ports)}`;
}
