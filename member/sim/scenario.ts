/**
 * Scripted scenarios as conversations: a command, `----`, and everything that was observed until it was done. Member
 * IDs are shown as names, cluster IDs as C1, C2 … in the order of their appearance, times as virtual seconds. Probes
 * that go well and periodic syncs are left out.
 *
 * Commands: `settings redundancy=N delay=MS`, `start NAME…`, `crash NAME`, `freeze NAME`, `thaw NAME`, `stop NAME`,
 * `cut A B`, `cut-one-way A B`, `heal`, `add BY NAME`, `add-each-other A B`, `both-add A B NAME`, `remove BY NAME`,
 * `handler BY TOPIC/ID`, `unhandle BY TOPIC/ID`,
 * `publish TOPIC EVENT LEVEL NAME…|everybody`, `owners BY TOPIC`, `list NAME…`, `run SECONDS`.
 * A name may be `owner-RANK:TOPIC`: who owns the topic at that rank when the name is first used.
 */
import { isLevel } from '../alerts/level.ts';
import type { StampedObservation } from '../base/observation.ts';
import type { Result } from '../base/result.ts';
import { simPublication } from './sim-publication.ts';
import type { LeavingAnswer } from './sim-rpc.ts';
import { SimWorld, type Delivery, type SimMember, type Witness, type WorldSettings } from './sim-world.ts';

export interface Turn {
  readonly command: string;
  readonly observed: string;
}

/** Turns of a conversation file: separated by blank lines, each a command, `----` and what was observed. */
export function parseConversation(text: string): readonly Turn[] {
  return text
    .split(/\n{2,}/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [command = '', observed = ''] = part.split(/\n?^----$\n?/m);
      return { command: command.trim(), observed: observed.trim() };
    });
}

export function printConversation(turns: readonly Turn[]): string {
  return turns.map(({ command, observed }) => `${command}\n----\n${observed === '' ? '' : `${observed}\n`}`).join('\n');
}

/** The commands of a conversation, with what is observed now. */
export async function runConversation(turns: readonly Turn[]): Promise<readonly Turn[]> {
  const stage = new Stage();
  const played: Turn[] = [];
  for (const { command } of turns) played.push({ command, observed: await stage.play(command) });
  return played;
}

const quiet = new Set<StampedObservation['kind']>([
  'probe-started',
  'probe-acked',
  'probe-indirect',
  'topics-synced',
  'health',
]);
/** After a command the world goes on for so long, unless it asks for more. */
const settleMs = 200;

type Operation = Promise<Result<unknown, { readonly message: string }>>;

class Stage implements Witness {
  readonly #lines: string[] = [];
  readonly #clusters = new Map<string, string>();
  readonly #aliases = new Map<string, SimMember>();
  #settings: WorldSettings = { redundancy: 2, delayPerMemberMs: 2_000, fullSyncIntervalMs: 20_000 };
  #made: SimWorld | undefined;
  #events = 0n;

  get #world(): SimWorld {
    this.#made ??= new SimWorld(1, this.#settings, this);
    return this.#made;
  }

  async play(command: string): Promise<string> {
    this.#lines.length = 0;
    const [verb = '', ...words] = command.split(/\s+/);
    await this.#perform(verb, words);
    return this.#lines.join('\n');
  }

  onObservation(member: SimMember, observation: StampedObservation): void {
    if (!quiet.has(observation.kind)) this.#say(member.name, this.#textOf(observation));
  }

  onDelivery({ member, handler, event }: Delivery): void {
    this.#say(member, `DELIVERS ${event.id} ${event.level} by ${handler}`);
  }

  onAnswer(_leaving: LeavingAnswer): void {
    // Conversations show what members notice, not every call.
  }

  onDurable(): void {
    // Nor every row.
  }

  onFatal(member: SimMember, reason: string): void {
    this.#say(member.name, `STOPS: ${reason}`);
  }

  async #perform(verb: string, words: readonly string[]): Promise<void> {
    const [first = '', second = '', third = '', ...others] = words;
    switch (verb) {
      case 'settings':
        return this.#set(words);
      case 'start':
        for (const name of words) this.#start(name);
        return this.#settle();
      case 'run':
        await this.#world.run(Number(first) * 1_000);
        return;
      case 'list':
        for (const name of words) this.#list(this.#member(name));
        return;
      case 'owners':
        return this.#owners(this.#member(first), second);
      case 'heal':
        this.#world.network.healAll();
        return this.#settle();
      case 'add-each-other':
        return this.#ask(this.#adds(first, second), this.#adds(second, first));
      case 'both-add':
        return this.#ask(this.#adds(first, third), this.#adds(second, third));
      case 'publish':
        return this.#publish(first, second, third, others);
      case 'crash':
      case 'freeze':
      case 'thaw':
      case 'stop':
        return this.#change(verb, this.#member(first));
      default:
        return this.#performOnTwo(verb, first, second);
    }
  }

  async #performOnTwo(verb: string, first: string, second: string): Promise<void> {
    const [topic = '', id = ''] = second.split('/');
    const { network } = this.#world;
    switch (verb) {
      case 'cut':
      case 'cut-one-way':
        network.cut(this.#member(first).host, this.#member(second).host);
        if (verb === 'cut') network.cut(this.#member(second).host, this.#member(first).host);
        return;
      case 'add':
        return this.#ask(this.#adds(first, second));
      case 'remove':
        return this.#ask(this.#running(first).removeMember(this.#member(second).id));
      case 'handler':
        return this.#ask(this.#running(first).handlers.create({ topic, id, kind: 'post', options: null, match: '' }));
      case 'unhandle':
        return this.#ask(this.#running(first).handlers.delete(topic, id));
      default:
        throw new Error(`unknown command: ${verb}`);
    }
  }

  #adds(by: string, name: string): Operation {
    return this.#running(by).addMember(`${this.#member(name).host}:9091`);
  }

  async #settle(): Promise<void> {
    await this.#world.run(settleMs);
  }

  async #ask(...operations: readonly Operation[]): Promise<void> {
    let ended = 0;
    for (const [index, operation] of operations.entries()) {
      this.#world.track(operation, (result) => {
        ended++;
        const which = operations.length > 1 ? `${index + 1}: ` : '';
        this.#say('', which + (result.ok ? 'ok' : `error: ${this.#named(result.error.message)}`));
      });
    }
    await this.#world.run(15_000, () => ended === operations.length);
    await this.#settle();
  }

  #set(words: readonly string[]): void {
    const value = (name: string): number | undefined => {
      const word = words.find((candidate) => candidate.startsWith(`${name}=`));
      return word === undefined ? undefined : Number(word.slice(name.length + 1));
    };
    this.#settings = {
      ...this.#settings,
      redundancy: value('redundancy') ?? this.#settings.redundancy,
      delayPerMemberMs: value('delay') ?? this.#settings.delayPerMemberMs,
    };
  }

  #start(name: string): void {
    const known = this.#owner(name) ?? this.#world.members.get(name);
    if (known === undefined) this.#world.create(name);
    else this.#world.start(known);
  }

  async #change(verb: 'crash' | 'freeze' | 'thaw' | 'stop', member: SimMember): Promise<void> {
    if (verb === 'crash') this.#world.crash(member);
    else if (verb === 'freeze') member.process.freeze();
    else if (verb === 'thaw') member.process.thaw();
    else {
      let isDown = false;
      this.#world.stop(member, () => (isDown = true));
      await this.#world.run(5_000, () => isDown);
    }
    await this.#settle();
  }

  async #publish(topic: string, event: string, level: string, names: readonly string[]): Promise<void> {
    if (!isLevel(level)) throw new Error(`unknown level: ${level}`);
    this.#events++;
    const published = simPublication({ topic, event, level, timeNs: 1_000_000_000n + this.#events });
    const publishers = names.includes('everybody')
      ? [...this.#world.members.values()]
      : names.map((name) => this.#member(name));
    for (const publisher of publishers) this.#world.publish(publisher, published);
    await this.#settle();
  }

  #list(member: SimMember): void {
    const view = this.#running(member.name).clusterView();
    const members = view.members.map(({ id, status }) => `${this.#named(id)} ${status}`).sort();
    this.#say(member.name, `${view.state} ${this.#named(view['cluster-id'])}: ${members.join(', ')}`);
  }

  #owners(member: SimMember, topic: string): void {
    const found = this.#running(member.name)
      .topics.owners()
      .topics.find((candidate) => candidate.topic === topic);
    const owners = found?.owners.map(({ id, rank, status }) => `${rank} ${this.#named(id)} ${status}`) ?? [];
    this.#say(member.name, owners.join(', '));
  }

  #member(name: string): SimMember {
    const member = this.#owner(name) ?? this.#world.members.get(name);
    if (member === undefined) throw new Error(`unknown member: ${name}`);
    return member;
  }

  #owner(name: string): SimMember | undefined {
    const match = /^owner-(\d):(.+)$/.exec(name);
    if (match === null) return undefined;
    const known = this.#aliases.get(name);
    if (known !== undefined) return known;
    const { topics } = this.#running([...this.#world.members.keys()][0] ?? '').topics.owners();
    const id = topics.find(({ topic }) => topic === match[2])?.owners[Number(match[1])]?.id;
    const owner = [...this.#world.members.values()].find((member) => member.id === id);
    if (owner !== undefined) this.#aliases.set(name, owner);
    return owner;
  }

  #running(name: string): NonNullable<SimMember['member']> {
    const { member } = this.#member(name);
    if (member === undefined) throw new Error(`${name} is down`);
    return member;
  }

  #say(who: string, text: string): void {
    const at = (this.#world.nowMs / 1_000).toFixed(3);
    this.#lines.push(`${at} ${who === '' ? text : `${who}: ${text}`}`);
  }

  #textOf({ seq: _seq, run: _run, at: _at, observer: _observer, kind, ...details }: StampedObservation): string {
    const words = Object.entries(details)
      .filter(([name]) => name !== 'key' && name !== 'eventTime' && name !== 'task')
      .map(([name, value]) => `${name}=${this.#valueText(value)}`);
    return [kind, ...words].join(' ');
  }

  #valueText(value: unknown): string {
    if (Array.isArray(value)) return `[${value.map((item) => this.#valueText(item)).join(' ')}]`;
    if (typeof value === 'number') return String(Math.round(value));
    return this.#named(typeof value === 'string' ? value : JSON.stringify(value));
  }

  /** Names for member IDs, C1, C2 … for other UUIDs. */
  #named(text: string): string {
    return text.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => {
      const member = [...this.#world.members.values()].find((candidate) => candidate.id === id);
      if (member !== undefined) return member.name;
      const known = this.#clusters.get(id) ?? `C${this.#clusters.size + 1}`;
      this.#clusters.set(id, known);
      return known;
    });
  }
}
