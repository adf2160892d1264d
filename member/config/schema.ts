/**
 * Every section of kapacitor.conf, in the order of the stock file. Adding an option means adding one field to its
 * section below `schema/`; loading, environment overrides, validation, printing and the API's config routes follow.
 */
import type { Fields, ValuesOf } from './fields.ts';
import * as core from './schema/core.ts';
import * as handlers from './schema/handlers.ts';
import * as inputs from './schema/inputs.ts';

export interface Section<F extends Fields> {
  readonly fields: F;
  /** `[[name]]`, or a plain table: several elements or one. */
  readonly repeats: boolean;
  /** A repeating section starts with one default element, as in 1.5.4. */
  readonly startsWithOne: boolean;
  /** The option that tells elements of a repeating section apart. */
  readonly elementKey: string | null;
  /** May be overridden through the API (http-api.md, section 10). */
  readonly overridable: boolean;
  /** False: read, validated and printed, but nothing in the member acts on it yet. */
  readonly hasEffect: boolean;
}

interface SectionOptions {
  readonly overridable?: boolean;
  readonly hasEffect?: boolean;
}

function single<F extends Fields>(fields: F, options: SectionOptions = {}): Section<F> & { readonly repeats: false } {
  return {
    fields,
    repeats: false,
    startsWithOne: false,
    elementKey: null,
    overridable: options.overridable ?? false,
    hasEffect: options.hasEffect ?? true,
  };
}

function repeating<F extends Fields>(
  fields: F,
  elementKey: string | null,
  options: SectionOptions & { readonly startsWithOne?: boolean } = {},
): Section<F> & { readonly repeats: true } {
  return {
    fields,
    repeats: true,
    startsWithOne: options.startsWithOne ?? false,
    elementKey,
    overridable: options.overridable ?? false,
    hasEffect: options.hasEffect ?? true,
  };
}

const idle = { hasEffect: false } as const;
const idleOverridable = { hasEffect: false, overridable: true } as const;
const overridable = { overridable: true } as const;

export const sections = {
  http: single(core.http),
  tls: single(core.tls, idle),
  'config-override': single(core.configOverride),
  logging: single(core.logging),
  load: single(core.load, idle),
  replay: single(core.replay),
  task: single(core.task),
  storage: single(core.storage),
  deadman: single(core.deadman),
  alert: single(core.alert),
  cluster: single(core.cluster),
  rpc: single(core.rpc),
  enterprise: single(core.enterprise),
  auth: single(core.auth, idle),
  influxdb: repeating(core.influxdb, 'name', { ...overridable, startsWithOne: true }),
  reporting: single(core.reporting, idle),
  stats: single(core.stats),
  udf: single(core.udf),
  udp: repeating(inputs.udp, null),
  collectd: single(inputs.collectd, idle),
  opentsdb: single(inputs.opentsdb, idle),
  graphite: repeating(inputs.graphite, null, idle),
  alerta: single(handlers.alerta, idleOverridable),
  hipchat: single(handlers.hipchat, idleOverridable),
  httppost: repeating(handlers.httppost, 'endpoint', { ...overridable, startsWithOne: true }),
  kafka: repeating(handlers.kafka, 'id', { ...idleOverridable, startsWithOne: true }),
  mqtt: repeating(handlers.mqtt, 'name', { ...idleOverridable, startsWithOne: true }),
  opsgenie: single(handlers.opsgenie, idleOverridable),
  opsgenie2: single(handlers.opsgenie2, idleOverridable),
  pagerduty: single(handlers.pagerduty, idleOverridable),
  pagerduty2: single(handlers.pagerduty2, idleOverridable),
  pushover: single(handlers.pushover, idleOverridable),
  sensu: single(handlers.sensu, idleOverridable),
  slack: repeating(handlers.slack, 'workspace', { ...idleOverridable, startsWithOne: true }),
  smtp: single(handlers.smtp, idleOverridable),
  snmptrap: single(handlers.snmptrap, idleOverridable),
  talk: single(handlers.talk, idleOverridable),
  telegram: single(handlers.telegram, idleOverridable),
  victorops: single(handlers.victorops, idleOverridable),
  scraper: repeating(inputs.scraper, 'name', idleOverridable),
  azure: repeating(inputs.azure, 'id', idleOverridable),
  consul: repeating(inputs.consul, 'id', idleOverridable),
  dns: repeating(inputs.dns, 'id', idleOverridable),
  ec2: repeating(inputs.ec2, 'id', overridable),
  'file-discovery': repeating(inputs.fileDiscovery, 'id', idleOverridable),
  gce: repeating(inputs.gce, 'id', idleOverridable),
  marathon: repeating(inputs.marathon, 'id', idleOverridable),
  nerve: repeating(inputs.nerve, 'id', idleOverridable),
  serverset: repeating(inputs.serverset, 'id', idleOverridable),
  'static-discovery': repeating(inputs.staticDiscovery, 'id', idleOverridable),
  triton: repeating(inputs.triton, 'id', idleOverridable),
  kubernetes: repeating(inputs.kubernetes, 'id', overridable),
  swarm: repeating(inputs.swarm, 'id', overridable),
} as const;

export const top = core.top;

export type Sections = typeof sections;
export type SectionName = keyof Sections;

type SectionValue<S> = S extends { readonly repeats: true; readonly fields: infer F extends Fields }
  ? readonly ValuesOf<F>[]
  : S extends { readonly fields: infer F extends Fields }
    ? ValuesOf<F>
    : never;

/** The effective configuration: keys are spelt as in the file; durations are nanoseconds. */
export type MemberConfig = ValuesOf<typeof top> & { readonly [S in SectionName]: SectionValue<Sections[S]> };

export function isSectionName(name: string): name is SectionName {
  return Object.hasOwn(sections, name);
}
