/** What running pipelines ask of the member: topics, outgoing posts, InfluxDB, the log. One environment per task. */
import { Inhibitors } from '../alerts/inhibitors.ts';
import type { PrepareHandler } from '../alerts/event.ts';
import { err, ok, type Result } from '../base/result.ts';
import type {
  AlertPort,
  HttpPort,
  InfluxPort,
  LogEntry,
  PipelineEnvironment,
  ServerInfo,
} from '../pipeline/environment.ts';
import type { AutoscalePort, LoopbackPort, SideloadPort } from '../pipeline/node-ports.ts';
import type { UdfPort, UdfReceiver } from '../pipeline/nodes/udf/udf-port.ts';
import type { LogField, LogMap } from '../shell/log/log-event.ts';
import type { Logger } from '../shell/log/log.ts';
import type { Task } from '../tasks/task.ts';
import type { Member } from './compose.ts';
import { systemClock } from './system-clock.ts';

export interface PipelinePorts {
  readonly member: Member;
  readonly prepareHandler: PrepareHandler;
  readonly http: HttpPort;
  readonly influx: InfluxPort;
  readonly loopback: LoopbackPort;
  readonly sideload: SideloadPort;
  readonly autoscale: AutoscalePort;
  readonly udf: UdfPort;
  readonly server: () => ServerInfo;
  readonly logger: Logger;
  readonly timingInterval: number;
  /** A node of this task got its answer. */
  readonly touched: (task: string) => void;
  /** Whether so much waits in this task that it is to be given no more for now. */
  readonly isBackedUp: (task: string) => boolean;
}

/** A replay that a task runs in, apart from its live run. */
export interface ReplayContext {
  readonly id: string;
  readonly touched: () => void;
}

export type EnvironmentOf = (task: Task, replay?: ReplayContext) => PipelineEnvironment;

export function createEnvironments(ports: PipelinePorts): EnvironmentOf {
  const inhibitors = new Inhibitors();
  const logger = ports.logger.with(['service', 'kapacitor']);
  return (task, replay) => {
    const touched = replay?.touched ?? ((): void => ports.touched(task.id));
    const taskMaster = replay?.id ?? 'main';
    return {
      taskId: task.id,
      taskMaster,
      server: ports.server(),
      replay: replay?.id ?? null,
      clock: { wallNs: systemClock.wallNs, monotonicMs: systemClock.nowMs },
      alerts: alertPort(ports, inhibitors),
      http: {
        endpoint: (name) => ports.http.endpoint(name),
        post: (request, done) => ports.http.post(request, notifying(touched, done)),
      },
      influx: {
        check: (cluster) => ports.influx.check(cluster),
        write: (request, done) => ports.influx.write(request, notifying(touched, done)),
        select: (cluster, statement, receiver) =>
          ports.influx.select(cluster, statement, {
            line: notifying(touched, (text) => receiver.line(text)),
            done: notifying(touched, (error) => receiver.done(error)),
            hasRoom: () => !ports.isBackedUp(task.id),
          }),
        execute: (cluster, statement, done) => ports.influx.execute(cluster, statement, notifying(touched, done)),
      },
      // As in 1.5.4: a replay has a world of its own, in which no other task takes what is written back.
      loopback: replay === undefined ? ports.loopback : { write: () => ok(undefined) },
      sideload: ports.sideload,
      autoscale: autoscalePort(ports.autoscale, touched),
      udf: { open: (name, receiver) => ports.udf.open(name, notifyingAll(touched, receiver)) },
      log: (entry) => writeLog(logger, taskMaster, task.id, entry),
      timingInterval: ports.timingInterval,
    };
  };
}

/** After a node has dealt with its answer the task may be due at another time, or have failed. */
function notifying<T>(touched: () => void, done: (outcome: T) => void): (outcome: T) => void {
  return (outcome) => {
    done(outcome);
    touched();
  };
}

function notifyingAll(touched: () => void, receiver: UdfReceiver): UdfReceiver {
  const after =
    (act: () => void): (() => void) =>
    () => {
      act();
      touched();
    };
  return {
    opened: after(() => receiver.opened()),
    received: notifying(touched, (bytes) => receiver.received(bytes)),
    drained: after(() => receiver.drained()),
    ended: notifying(touched, (error) => receiver.ended(error)),
    logged: (text) => receiver.logged(text),
  };
}

function autoscalePort(port: AutoscalePort, touched: () => void): AutoscalePort {
  return {
    cluster(system, id) {
      const found = port.cluster(system, id);
      if (!found.ok) return found;
      const cluster = found.value;
      return ok({
        replicas: (resource, done) => cluster.replicas(resource, notifying(touched, done)),
        setReplicas: (resource, replicas, done) => cluster.setReplicas(resource, replicas, notifying(touched, done)),
      });
    },
  };
}

/** What 1.5.4 puts before the reason when it refuses a handler of a script. */
const inlineRefusals: ReadonlyMap<string, string> = new Map([
  ['alerta', 'failed to create Alerta handler: '],
  ['kafka', 'failed to create kafka handler: '],
  ['log', 'failed to create log alert handler: '],
  ['mqtt', 'failed to create MQTT handler: '],
  ['pagerduty2', 'failed to create PagerDuty2 handler: '],
  ['sensu', 'failed to create sensu alert handler: '],
  ['snmptrap', 'failed to create SNMP handler: '],
]);

function alertPort({ member, prepareHandler }: PipelinePorts, inhibitors: Inhibitors): AlertPort {
  return {
    registerInlineTopic(topic, handlers) {
      for (const handler of handlers) {
        const prepared = prepareHandler(handler);
        if (!prepared.ok) return err(`${inlineRefusals.get(handler.kind) ?? ''}${prepared.error}`);
      }
      member.openInlineTopic(topic, handlers);
      return ok(undefined);
    },
    closeInlineTopic: (topic) => member.closeInlineTopic(topic),
    publish(publication): Result<void, string> {
      member.publish(publication);
      return ok(undefined);
    },
    inhibited: (publication) => member.inhibited(publication),
    eventState: (topic, event) => member.topics.event(topic, event),
    updateEvent: (topic, event, state) => member.topics.updateEvent(topic, event, state),
    inhibitors,
  };
}

function writeLog(logger: Logger, taskMaster: string, task: string, entry: LogEntry): void {
  if (!logger.isHeard(entry.level)) return;
  const fields: LogField[] = [['task_master', taskMaster], ['task', task], ['node', entry.node], ...entry.fields];
  if (entry.tags !== undefined) fields.push(['tag', new Map(Object.entries(entry.tags))]);
  if (entry.values !== undefined) fields.push(['field', mapOf(entry.values)]);
  logger[entry.level](entry.message, ...fields);
}

function mapOf(values: NonNullable<LogEntry['values']>): LogMap {
  const map = new Map<string, string | number | bigint | boolean>();
  for (const [key, value] of Object.entries(values))
    map.set(key, typeof value === 'object' ? JSON.stringify(value) : value);
  return map;
}
