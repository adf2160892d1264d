/** What the tasks of all members publish, and what users do with handlers, while a run goes on. */
import type { HandlerSpec } from '../alerts/event.ts';
import type { Level } from '../alerts/publication.ts';
import type { Result } from '../base/result.ts';
import type { OperationError } from '../daemon/compose.ts';
import type { Ledger } from './ledger.ts';
import { simPublication } from './sim-publication.ts';
import type { SimMember, SimWorld } from './sim-world.ts';

export const stableTopics = ['stable-1', 'stable-2'] as const;
const churnTopic = 'churn';
const eventIds = ['cpu:host=a', 'cpu:host=b', 'disk:host=a'] as const;
const allLevels: readonly Level[] = ['OK', 'INFO', 'WARNING', 'CRITICAL'];

/** Handlers of the stable topics, which nobody changes. */
export function handlersOf(topic: string): readonly string[] {
  return topic === 'stable-1' ? ['stable-1/post'] : ['stable-2/post', 'stable-2/tcp'];
}

export function stableHandlers(): readonly HandlerSpec[] {
  return stableTopics.flatMap((topic) =>
    handlersOf(topic).map((key) => ({
      topic,
      id: key.slice(topic.length + 1),
      kind: 'post',
      options: { url: 'http://inbox' },
      match: '',
    })),
  );
}

export class Workload {
  readonly #world: SimWorld;
  readonly #ledger: Ledger;
  #count = 0;
  #handlerCount = 0;
  isOver = false;
  published = 0;
  handlerChanges = 0;

  constructor(world: SimWorld, ledger: Ledger) {
    this.#world = world;
    this.#ledger = ledger;
  }

  start(eventEveryMs: number): void {
    const tick = (): void => {
      if (this.isOver) return;
      this.#publishOne();
      this.#world.scheduler.after(this.#world.between(0.5, 1.5) * eventEveryMs, tick);
    };
    tick();
  }

  startHandlerChanges(everyMs: number): void {
    const tick = (): void => {
      if (this.isOver) return;
      this.#changeHandler();
      this.#world.scheduler.after(this.#world.between(0.5, 1.5) * everyMs, tick);
    };
    this.#world.scheduler.after(everyMs, tick);
  }

  /** The task runs on all members and sees the same data, not at the same moment. */
  #publishOne(): void {
    const world = this.#world;
    this.#count++;
    const event = simPublication({
      topic: world.pick(stableTopics) ?? stableTopics[0],
      event: world.pick(eventIds) ?? eventIds[0],
      level: world.pick(allLevels) ?? 'OK',
      timeNs: 1_000_000_000n + BigInt(this.#count),
    });
    for (const member of world.members.values()) {
      world.scheduler.after(world.between(0, 300), () => {
        if (member.process.state !== 'running' || !isReady(member, event.topic)) return;
        this.published++;
        this.#ledger.published(event.timeNs, event.topic, member.name);
        world.publish(member, event);
      });
    }
  }

  #changeHandler(): void {
    const world = this.#world;
    const running = [...world.members.values()].filter((member) => member.process.state === 'running');
    const target = world.pick(running);
    if (target?.member === undefined || target.member.clusterView().state !== 'initialized') return;
    const { member } = target;
    const [existing] = member.handlers.list(churnTopic);
    this.#handlerCount++;
    const spec: HandlerSpec = {
      topic: churnTopic,
      id: `h${this.#handlerCount}`,
      kind: 'log',
      options: null,
      match: '',
    };
    const isReplaced = existing !== undefined && world.chance(0.3);
    const isDeleted = existing !== undefined && !isReplaced && world.chance(0.4);
    if (isDeleted) this.#track(target, member.handlers.delete(churnTopic, existing.id), undefined);
    else if (isReplaced)
      this.#track(
        target,
        member.handlers.replace(churnTopic, existing.id, { ...existing, kind: `kind-${this.#handlerCount}` }),
        undefined,
      );
    else this.#track(target, member.handlers.create(spec), spec);
  }

  /** 5: who has acknowledged a new handler has it on its disk. */
  #track(target: SimMember, change: Promise<Result<unknown, OperationError>>, created: HandlerSpec | undefined): void {
    this.#world.track(change, (result) => {
      if (!result.ok) return;
      this.handlerChanges++;
      if (created === undefined || target.process.state !== 'running') return;
      if (target.store.rows('cluster-handlers').has(`${churnTopic}/${created.id}`)) return;
      this.#ledger.violate(5, `${target.name} acknowledged handler ${created.id}, which is not on its disk`);
    });
  }
}

/** In a cluster, and in one that has the handlers: a member that was removed may found another one without them. */
function isReady({ member }: SimMember, topic: string): boolean {
  return (
    member?.clusterView().state === 'initialized' && member.handlers.list(topic).length === handlersOf(topic).length
  );
}
