/** Whether a condition of a scenario holds in the state of the lab, and what is seen instead. Pure. */
import type { AlertRecord, HostState } from '../../contract/state.ts';
import { spanText } from '../instant.ts';
import type { Condition, Scenario } from './scenario-file.ts';

export interface World {
  readonly state: HostState;
  readonly now: number;
  /** When the last incident was set, wall milliseconds. */
  readonly mark: number;
}

/** Null when it holds; otherwise what is seen, in words. */
export function unmet(condition: Condition, scenario: Scenario, world: World): string | null {
  const named = (text: string): string => fillNames(text, scenario, world.state);
  switch (condition.is) {
    case 'members-agree':
      return disagreement(world.state);
    case 'process': {
      const name = named(condition.member);
      const state = world.state.members.find((member) => member.name === name)?.process;
      return state === condition.state ? null : `${name} is ${state ?? 'no member of this lab'}`;
    }
    case 'seen':
      return seenOtherwise(named(condition.member), condition.as, world.state);
    case 'level': {
      const newest = world.state.alerts.find(({ event }) => event === condition.event);
      if (newest === undefined) return condition.level === 'OK' ? null : `there was no alert ${condition.event}`;
      if (newest.level !== condition.level) return `${condition.event} is ${newest.level}`;
      return newest.outcome === 'pending' ? `${condition.event} ${newest.level} is not delivered yet` : null;
    }
    case 'published':
      return alertOf(condition, world) === undefined ? `no alert ${condition.event} ${condition.level} so far` : null;
    case 'step': {
      const alert = alertOf(condition, world);
      const name = named(condition.member);
      if (alert === undefined) return `no alert ${condition.event} ${condition.level} so far`;
      if (alert.steps.some(({ member, did }) => member === name && did === condition.did)) return null;
      return `${name} did ${
        alert.steps
          .filter(({ member }) => member === name)
          .map(({ did }) => did)
          .join(', ') || 'nothing'
      }`;
    }
    case 'delivered':
      return otherwiseDelivered(condition, condition.by.map(named), world);
    case 'quiet': {
      const last = Math.max(
        world.mark,
        ...world.state.alerts.flatMap(({ deliveries }) => deliveries.map(({ at }) => at)),
      );
      return world.now - last >= condition.for ? null : `the last delivery was ${spanText(world.now - last)} ago`;
    }
  }
}

/** Texts and member names with the owners of the topic put in. */
export function fillNames(text: string, scenario: Scenario, state: HostState): string {
  const owners = state.topics.find(({ topic }) => topic === scenario.topic)?.owners ?? [];
  const nameOf = (id: string | undefined): string | undefined => state.members.find((member) => member.id === id)?.name;
  const names: Record<string, string | undefined> = {
    first: nameOf(owners[0]),
    second: nameOf(owners[1]),
    third: state.members.find(({ id }) => id === null || !owners.includes(id))?.name,
  };
  return text.replaceAll(/\{(first|second|third)\}/g, (whole, word: string) => names[word] ?? whole);
}

function disagreement(state: HostState): string | null {
  const running = state.members.filter(({ process }) => process === 'running').map(({ name }) => name);
  if (running.length < state.members.length) {
    return state.members
      .filter(({ name }) => !running.includes(name))
      .map(({ name, process }) => `${name} is ${process}`)
      .join(', ');
  }
  for (const { name, views } of state.members) {
    const alive = views.filter(({ status }) => status === 'alive').map(({ member }) => member);
    const other = running.find((member) => !alive.includes(member));
    if (other !== undefined) return `${name} does not list ${other} as alive`;
  }
  return null;
}

function seenOtherwise(name: string, as: string, state: HostState): string | null {
  for (const observer of state.members) {
    if (observer.name === name || observer.process !== 'running') continue;
    const status = observer.views.find(({ member }) => member === name)?.status ?? 'not listed';
    if (status !== as) return `${observer.name} says ${name} is ${status}`;
  }
  return null;
}

function alertOf(wanted: { readonly event: string; readonly level: string }, world: World): AlertRecord | undefined {
  const begunAt = (alert: AlertRecord): number =>
    Math.min(...alert.steps.map(({ at }) => at), ...alert.deliveries.map(({ at }) => at));
  return world.state.alerts.find(
    (alert) => alert.event === wanted.event && alert.level === wanted.level && begunAt(alert) >= world.mark,
  );
}

type Delivered = Extract<Condition, { is: 'delivered' }>;

function otherwiseDelivered(condition: Delivered, by: readonly string[], world: World): string | null {
  const alert = alertOf(condition, world);
  if (alert === undefined) return `no alert ${condition.event} ${condition.level} so far`;
  const seen = alert.deliveries.map(({ member }) => member ?? 'an unnamed member');
  const { latencyMs } = alert;
  if (JSON.stringify(seen) !== JSON.stringify(by)) {
    return seen.length === 0
      ? 'nothing was delivered so far'
      : `it was delivered ${seen.length} times, by ${seen.join(' and ')}`;
  }
  if (condition.notBefore !== undefined && latencyMs !== null && latencyMs < condition.notBefore)
    return `it came after ${spanText(latencyMs)} already`;
  if (condition.notAfter !== undefined && latencyMs !== null && latencyMs > condition.notAfter)
    return `it came only after ${spanText(latencyMs)}`;
  return null;
}
