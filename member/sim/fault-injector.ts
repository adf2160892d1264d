/** Does harm to members and the network at random moments, and undoes all of it in the end. */
import type { FaultKind } from './drawn-options.ts';
import type { Fault, Ledger, MembershipOperation } from './ledger.ts';
import { goodLink } from './sim-network.ts';
import type { SimMember, SimWorld } from './sim-world.ts';

export class FaultInjector {
  readonly #world: SimWorld;
  readonly #ledger: Ledger;
  #isOver = false;
  #removals = 0;
  count = 0;

  constructor(world: SimWorld, ledger: Ledger) {
    this.#world = world;
    this.#ledger = ledger;
  }

  start(kinds: readonly FaultKind[], everyMs: number): void {
    if (kinds.length === 0) return;
    const tick = (): void => {
      if (this.#isOver) return;
      const kind = this.#world.pick(kinds);
      if (kind !== undefined) this.#inject(kind);
      this.#world.scheduler.after(this.#world.between(0.3, 1.7) * everyMs, tick);
    };
    this.#world.scheduler.after(this.#world.between(0, everyMs), tick);
  }

  /** Everybody runs, every link is good. */
  heal(): void {
    const { network, members } = this.#world;
    this.#isOver = true;
    network.healAll();
    network.quality = goodLink;
    network.breakRate = 0;
    this.#world.handlerBehaviour = { minMs: 1, jitterMs: 10, failureRate: 0 };
    for (const member of members.values()) {
      member.store.slownessMs = 4;
      if (member.process.state === 'frozen') member.process.thaw();
      if (member.process.state === 'down') this.#world.start(member);
    }
    for (const fault of this.#ledger.faults) fault.toMs = Math.min(fault.toMs, this.#world.nowMs);
  }

  add(by: SimMember, target: SimMember): MembershipOperation {
    const operation = this.#operation('add', target.name, by.name);
    const adding = by.member?.addMember(`${target.host}:9091`);
    if (adding !== undefined) this.#end(operation, adding);
    return operation;
  }

  remove(by: SimMember, target: SimMember): MembershipOperation {
    const operation = this.#operation('remove', target.name, by.name);
    const removing = by.member?.removeMember(target.id);
    if (removing !== undefined) this.#end(operation, removing);
    return operation;
  }

  #operation(kind: 'add' | 'remove', target: string, by: string): MembershipOperation {
    const operation: MembershipOperation = { kind, target, by, fromMs: this.#world.nowMs, toMs: null, isDone: false };
    this.#ledger.operations.push(operation);
    this.#ledger.onTrace?.(`${this.#world.nowMs.toFixed(1)} ${by} is asked to ${kind} ${target}`);
    return operation;
  }

  #end(operation: MembershipOperation, promise: Promise<{ readonly ok: boolean }>): void {
    this.#world.track(promise, ({ ok }) => {
      operation.toMs = this.#world.nowMs;
      operation.isDone = ok;
      this.#ledger.onTrace?.(
        `${this.#world.nowMs.toFixed(1)} ${operation.by} has ${ok ? 'done' : 'refused'} ${operation.kind} ${operation.target}`,
      );
    });
  }

  #inject(kind: FaultKind): void {
    const world = this.#world;
    const running = [...world.members.values()].filter(({ process }) => process.state === 'running');
    const target = world.pick(running);
    if (target === undefined) return;
    this.count++;
    switch (kind) {
      case 'crash':
        world.crash(target);
        return this.#startAfter(target, this.#ledger.fault(kind, target.name, world.between(100, 15_000)));
      case 'stop':
        return this.#stop(target);
      case 'freeze':
        return this.#freeze(target, world.between(600, 20_000), kind);
      case 'stall':
        return this.#freeze(target, world.between(20, 480), kind);
      case 'cut':
        return this.#cut(target, true);
      case 'one-way-cut':
        return this.#cut(target, false);
      case 'break':
        return this.#for(
          kind,
          null,
          world.between(1_000, 8_000),
          () => (world.network.breakRate = 0.2),
          () => (world.network.breakRate = 0),
        );
      case 'slow-disk':
        return this.#for(
          kind,
          target.name,
          world.between(1_000, 8_000),
          () => (target.store.slownessMs = 400),
          () => (target.store.slownessMs = 4),
        );
      case 'clock-jump':
        this.#ledger.fault(kind, target.name, 0);
        return target.process.jumpWallClock(world.between(-20_000, 20_000));
      case 'membership':
        return this.#changeMembership(target);
    }
  }

  #stop(target: SimMember): void {
    const fault = this.#ledger.fault('stop', target.name, this.#world.between(100, 15_000));
    // Everybody may have been started again by the time it has stopped.
    this.#world.stop(target, () => (this.#isOver ? void this.#world.start(target) : this.#startAfter(target, fault)));
  }

  #startAfter(target: SimMember, fault: Fault): void {
    this.#world.scheduler.after(fault.toMs - this.#world.nowMs, () => {
      if (this.#isOver || target.process.state !== 'down') return;
      fault.toMs = this.#world.nowMs;
      this.#world.start(target);
    });
  }

  #freeze(target: SimMember, durationMs: number, kind: string): void {
    this.#for(
      kind,
      target.name,
      durationMs,
      () => target.process.freeze(),
      () => target.process.thaw(),
    );
  }

  #cut(target: SimMember, isBothWays: boolean): void {
    const { network, members } = this.#world;
    const others = [...members.values()].filter((member) => member !== target && this.#world.chance(0.6));
    const durationMs = this.#world.between(300, 20_000);
    for (const other of others) {
      const kind = isBothWays ? 'cut' : 'one-way-cut';
      this.#ledger.fault(kind, other.name, durationMs);
      const pairs = isBothWays
        ? ([
            [target, other],
            [other, target],
          ] as const)
        : ([[target, other]] as const);
      const links = pairs.map(([from, to]) => [from.host, to.host] as const);
      this.#for(
        kind,
        target.name,
        durationMs,
        () => links.forEach(([from, to]) => network.cut(from, to)),
        () => links.forEach(([from, to]) => network.heal(from, to)),
      );
    }
  }

  /** At most two removals: a cluster of nobody shows nothing. */
  #changeMembership(by: SimMember): void {
    const world = this.#world;
    const views = by.member?.clusterView();
    if (views === undefined) return;
    const outside = [...world.members.values()].filter((member) => !views.members.some(({ id }) => id === member.id));
    const newcomer = world.pick(outside);
    if (newcomer !== undefined && (views.state === 'initialized' || world.chance(0.5)) && world.chance(0.6)) {
      this.#ledger.fault('add', newcomer.name, 5_000);
      this.add(by, newcomer);
      return;
    }
    const inside = [...world.members.values()].filter((member) => views.members.some(({ id }) => id === member.id));
    const leaver = world.pick(inside);
    if (leaver === undefined || views.state !== 'initialized' || this.#removals >= 2) return;
    this.#removals++;
    this.#ledger.fault('remove', leaver.name, 5_000);
    this.remove(by, leaver);
  }

  #for(kind: string, member: string | null, durationMs: number, begin: () => void, end: () => void): void {
    const fault = this.#ledger.fault(kind, member, durationMs);
    begin();
    this.#world.scheduler.after(durationMs, () => {
      if (this.#isOver) return;
      fault.toMs = this.#world.nowMs;
      end();
    });
  }
}
