/** Where the members' data comes from: the generator, an influxd of the lab's own, an InfluxDB that runs already, or nothing. */
import { err, ok, type Result } from '../../member/base/result.ts';
import type { DataSource } from '../contract/state.ts';
import { hosts, type Incident } from './cpu-data.ts';
import { Generator } from './generator.ts';
import { createDatabase, influxSpec, onPath } from './influx-process.ts';
import { httpCall } from './http-call.ts';
import { apiOf, memberState, type LabContext } from './lab-context.ts';
import { failure, type LabError } from './lab-error.ts';
import { influxUrl } from './member-config.ts';
import type { Plan } from './plan.ts';

const titles = {
  generator: 'CPU of six hosts',
  none: 'No data source',
  spawn: 'InfluxDB, CPU of six hosts',
  url: 'InfluxDB',
} as const;

export function dataShown(plan: Plan): DataSource {
  const { data } = plan;
  const generated = data.kind === 'generator' || data.kind === 'spawn';
  return {
    kind: data.kind,
    state: 'off',
    title: data.kind === 'url' ? `${titles.url} at ${data.url}` : titles[data.kind],
    url: influxUrl(plan),
    pointsPerSecond: 0,
    hosts: generated ? hosts.map((host) => ({ host, incident: null })) : [],
    lastPointAt: null,
  };
}

export class LabData {
  private readonly context: LabContext;
  private generator: Generator | null = null;

  constructor(context: LabContext) {
    this.context = context;
  }

  /** What must serve before the members start. The text of success is for the step list. */
  async prepare(): Promise<Result<string, string>> {
    const { plan } = this.context;
    this.show({ ...dataShown(plan), state: plan.data.kind === 'none' ? 'off' : 'starting' });
    if (plan.data.kind === 'url') {
      const answer = await httpCall(`${plan.data.url.replace(/\/$/, '')}/ping`);
      return answer.ok
        ? ok(`${plan.data.url} answers`)
        : { ok: false, error: `${plan.data.url} does not answer: ${answer.error}` };
    }
    if (plan.data.kind !== 'spawn' || plan.influx === null) return ok('');
    const started = await this.startInflux();
    if (!started.ok) return started;
    const created = await createDatabase(plan.influx);
    return created.ok ? ok(`http://127.0.0.1:${plan.influx.http}`) : created;
  }

  /** The influxd of the lab, at its start or after a fault. */
  async startInflux(): Promise<Result<void, string>> {
    const { plan, supervisor } = this.context;
    if (plan.data.kind !== 'spawn' || plan.influx === null) return err('this lab has no influxd of its own');
    const program = onPath('influxd');
    if (program === null) return err('there is no influxd on the PATH (Debian: apt install influxdb)');
    const started = await supervisor.start(influxSpec(plan.dir, plan.influx, program));
    return started.ok ? started : err(`influxd did not start: ${started.error}`);
  }

  /** Members run: data may flow. */
  begin(): void {
    const { data } = this.context.plan;
    if (data.kind === 'generator' || data.kind === 'spawn') {
      this.generator = new Generator({
        targets: () => this.targets(),
        onSecond: (at, points) =>
          this.show({ ...this.context.store.state.data, pointsPerSecond: points, lastPointAt: at }),
      });
    }
    if (data.kind !== 'none') this.show({ ...this.context.store.state.data, state: 'running' });
  }

  incident(host: string, incident: Incident | null): Result<void, LabError> {
    if (this.generator === null)
      return failure('wrong-state', 'this lab makes no data of its own, so no host can have an incident');
    if (!this.generator.setIncident(host, incident)) {
      return failure('not-found', `there is no host ${host}; the sample data has ${hosts.join(', ')}`);
    }
    this.show({ ...this.context.store.state.data, hosts: this.generator.hosts });
    return ok(undefined);
  }

  end(): void {
    this.generator?.close();
    this.generator = null;
    this.show(dataShown(this.context.plan));
  }

  /** The data source lives or dies with its process. */
  processChanged(): void {
    const info = this.context.supervisor.info('influxd');
    if (info === null || this.generator === null) return;
    this.show({ ...this.context.store.state.data, state: info.state === 'running' ? 'running' : 'failed' });
  }

  /** An InfluxDB hands the points on itself; otherwise every member whose process exists gets them. */
  private targets(): string[] {
    const influx = influxUrl(this.context.plan);
    if (influx !== null) return [influx];
    const takes = (name: string): boolean => /^(running|frozen)$/.test(memberState(this.context, name)?.process ?? '');
    return this.context.plan.members.filter(({ name }) => takes(name)).map(apiOf);
  }

  private show(value: DataSource): void {
    this.context.store.change({ part: 'data', value });
  }
}
