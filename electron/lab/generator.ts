/**
 * Writes the sample data: every second, at the second, the same bytes to every target. A target that is down misses
 * them, as it would miss what a subscription sends; one that is frozen gets them in order when it goes on, up to a minute.
 */
import { Agent } from 'node:http';
import { countPoints, cpuLines, hosts, type Incident } from './cpu-data.ts';
import { httpCall } from './http-call.ts';

export interface GeneratorOptions {
  /** Base URLs (`http://127.0.0.1:19092`) of what takes `/write` now. */
  readonly targets: () => readonly string[];
  /** After each second: when, and how many points were made. */
  readonly onSecond: (at: number, points: number) => void;
}

const queueLimit = 60;

interface Target {
  readonly url: string;
  readonly agent: Agent;
  readonly queue: string[];
  isSending: boolean;
}

export class Generator {
  private readonly options: GeneratorOptions;
  private readonly incidents = new Map<string, Incident>();
  private readonly targets = new Map<string, Target>();
  private timer: NodeJS.Timeout | null = null;
  private lastSecond = 0;

  constructor(options: GeneratorOptions) {
    this.options = options;
    this.schedule();
  }

  /** Hosts with what each is under. */
  get hosts(): { host: string; incident: Incident | null }[] {
    return hosts.map((host) => ({ host, incident: this.incidents.get(host) ?? null }));
  }

  /** False when there is no such host. */
  setIncident(host: string, incident: Incident | null): boolean {
    if (!hosts.includes(host)) return false;
    if (incident === null) this.incidents.delete(host);
    else this.incidents.set(host, incident);
    return true;
  }

  close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    for (const target of this.targets.values()) target.agent.destroy();
    this.targets.clear();
  }

  /** At each full second of the wall clock, so that windows of members fall together. */
  private schedule(): void {
    this.timer = setTimeout(
      () => {
        const second = Math.floor(Date.now() / 1_000);
        // A timer may fire a little before its second: then it is still to come.
        if (second > this.lastSecond) this.write((this.lastSecond = second));
        this.schedule();
      },
      1_000 - (Date.now() % 1_000),
    );
  }

  private write(second: number): void {
    const lines = cpuLines(second, this.incidents);
    const urls = this.options.targets();
    for (const [url, target] of this.targets) {
      if (urls.includes(url)) continue;
      target.agent.destroy();
      this.targets.delete(url);
    }
    for (const url of urls) {
      const target = this.targets.get(url) ?? {
        url,
        agent: new Agent({ keepAlive: true, maxSockets: 1 }),
        queue: [],
        isSending: false,
      };
      this.targets.set(url, target);
      target.queue.push(lines);
      if (target.queue.length > queueLimit) target.queue.shift();
      void this.drain(target);
    }
    this.options.onSecond(Date.now(), countPoints(this.incidents));
  }

  /** One request at a time: the order of points is kept. */
  private async drain(target: Target): Promise<void> {
    if (target.isSending) return;
    target.isSending = true;
    for (let lines = target.queue.shift(); lines !== undefined; lines = target.queue.shift()) {
      const url = `${target.url}/write?db=telegraf&rp=autogen`;
      // What a target refuses or misses is gone, as with a subscription.
      await httpCall(url, { method: 'POST', body: lines, agent: target.agent, timeoutMs: 30_000 });
    }
    target.isSending = false;
  }
}
