/** The services of a member on its open ports: cluster and alerts, tasks, inputs, InfluxDB, and the routes over them. */
import { randomUUID } from 'node:crypto';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LineProtocolParser } from '../influx/line-protocol/parse.ts';
import { err, ok, type Result } from '../base/result.ts';
import { version } from '../base/version.ts';
import { udfFunctions, type MemberConfig } from '../config/config.ts';
import type { HttpPort } from '../pipeline/environment.ts';
import type { DeadmanSettings } from '../pipeline/definition.ts';
import type { GossipSockets } from '../shell/gossip/gossip-sockets.ts';
import { basePath } from '../shell/http/api-server.ts';
import { failure, noContent } from '../shell/http/exchange.ts';
import { createRouter, type Route, type Router } from '../shell/http/router.ts';
import { clusterRoutes } from '../shell/http/routes/cluster.ts';
import { configRoutes } from '../shell/http/routes/config.ts';
import { debugVarsRoutes, type MemberFigures, type Statistic } from '../shell/http/routes/debug-vars.ts';
import { logRoutes } from '../shell/http/routes/logs.ts';
import { recordingRoutes } from '../shell/http/routes/recordings.ts';
import { replayRoutes } from '../shell/http/routes/replays.ts';
import { serverRoutes } from '../shell/http/routes/server.ts';
import { serviceTestRoutes } from '../shell/http/routes/service-tests.ts';
import { storageRoutes } from '../shell/http/routes/storage.ts';
import { outputRoutes, taskRoutes } from '../shell/http/routes/tasks.ts';
import { topicRoutes } from '../shell/http/routes/topics.ts';
import type { Query } from '../shell/http/query.ts';
import type { LaneOutcome } from '../shell/http/write-lane.ts';
import { takeWrite, writeRoutes, type WriteApi } from '../shell/http/routes/write.ts';
import { LoadService } from '../shell/load/load-service.ts';
import { createHttpSender, type HttpSender } from '../shell/outgoing/http-sender.ts';
import { createSideloadSources, type SideloadSources } from '../shell/sideload/sideload-sources.ts';
import type { Log } from '../shell/log/log.ts';
import type { DurableStore } from '../shell/store/lmdb-store.ts';
import { UdfService } from '../shell/udf/udf-service.ts';
import type { UdpListener } from '../shell/udp/udp-listener.ts';
import type { TaskLanguage } from '../tasks/catalog.ts';
import { defineTask } from '../tasks/change-task.ts';
import type { Task } from '../tasks/task.ts';
import { backlogLimit, TaskRunner } from '../tasks/task-runner.ts';
import { startMember, type Member } from './compose.ts';
import { createAlertHandlers } from './alert-handlers.ts';
import { createDataNotices, type DataNotices } from './data-notices.ts';
import { createInfluxKeepers, openUdpInputs, type InfluxKeepers } from './influx-keepers.ts';
import { createIntake, type Intake, type IntakeWay } from './intake.ts';
import { createLanguage } from './language.ts';
import { LiveConfig } from './live-config.ts';
import { memberOptions, millis } from './member-options.ts';
import { memberPorts } from './member-ports.ts';
import { createHttpPort, createInfluxClusters, influxProblem, type InfluxClusters } from './outgoing-ports.ts';
import { createEnvironments } from './pipeline-ports.ts';
import { startRecordings, type Recordings } from './recordings.ts';
import type { RpcService } from '../shell/rpc/rpc-service.ts';
import { listSetAside } from './set-aside.ts';
import { createScalingClusters, type ScalingClusters } from './scaling-clusters.ts';
import { createServiceTests } from './service-tests.ts';
import { memberStatistics, startStatsWriter, statisticsOf } from './statistics.ts';
import { systemClock } from './system-clock.ts';
import { TaskService } from './task-service.ts';
import { createWakeTimer, type WakeTimer } from './wake-timer.ts';

/** What tasks have written back is still delivered when the member stops, as long as that takes no longer. */
const lastPointsLimitMs = 1_000;
/** Points for InfluxDB and alerts that are on their way when the member stops have that long to arrive. */
const lastRequestsLimitMs = 3_000;

export interface ServicesOptions {
  readonly config: MemberConfig;
  readonly log: Log;
  readonly store: DurableStore;
  readonly gossip: GossipSockets;
  readonly rpc: RpcService;
  readonly addresses: { readonly api: string; readonly rpc: string; readonly gossip: string };
  readonly isReachableFromOutside: boolean;
  readonly apiPort: number;
  readonly parser: LineProtocolParser;
  readonly commandLine: readonly string[];
  readonly onFatal: (reason: string) => void;
}

export interface Services {
  readonly memberId: string;
  clusterId(): string;
  readonly router: Router;
  /** The short way of plain writes. */
  readonly takeWrite: (query: Query, body: Buffer) => LaneOutcome;
  /** Reads again what is loaded from files. */
  reload(): void;
  stop(): Promise<void>;
}

/** What the routes and the end of the member need. */
interface Parts {
  readonly options: ServicesOptions;
  readonly live: LiveConfig;
  readonly sender: HttpSender;
  readonly clusters: InfluxClusters;
  readonly scaling: ScalingClusters;
  readonly handlers: ReturnType<typeof createAlertHandlers>;
  readonly udfs: UdfService;
  readonly member: Member;
  readonly tasks: TaskService;
  readonly intake: Intake;
  readonly notices: DataNotices;
  readonly recordings: Recordings;
  readonly sideloads: SideloadSources;
  readonly timer: WakeTimer;
  readonly keepers: InfluxKeepers;
  readonly udp: readonly UdpListener[];
  readonly load: LoadService | null;
  readonly statistics: () => readonly Statistic[];
}

export async function startServices(options: ServicesOptions): Promise<Result<Services, string>> {
  const { log, store, config } = options;
  const live = new LiveConfig(config, store, log);
  const sender = createHttpSender();
  const clusters = createInfluxClusters(sender, () => live.current());
  const scaling = createScalingClusters({ sender, config: () => live.current(), environment: process.env });
  let memberId = '';
  const handlers = createAlertHandlers({ sender, config: () => live.current(), memberId: () => memberId, logger: log });
  const composed = memberOptions(live.current(), {
    addresses: options.addresses,
    isReachableFromOutside: options.isReachableFromOutside,
    prepareHandler: handlers.prepare,
    onFatal: options.onFatal,
  });
  if (!composed.ok) return composed;
  const udfs = await openUdfs(config, log);
  if (!udfs.ok) return udfs;
  const started = startMember(composed.value, memberPorts(options, handlers.port));
  if (!started.ok) return started;
  const member = started.value;
  memberId = member.memberId;

  const base: Base = { options, live, sender, clusters, scaling, handlers, udfs: udfs.value, member };
  const running = startTasks(base);
  const udpOptions = { parser: options.parser, nowNs: systemClock.wallNs, accept: running.intake.accept, logger: log };
  const udp = await openUdpInputs(config, udpOptions);
  if (!udp.ok) {
    await member.stop();
    return udp;
  }
  await running.tasks.startEnabled();
  const keepers = createInfluxKeepers({
    clusters,
    config: () => live.current(),
    identity: () => ({ memberId: member.memberId, clusterId: member.clusterId() }),
    apiPort: options.apiPort,
    isHttps: config.http['https-enabled'],
    logger: log,
    udp: udpOptions,
    now: systemClock.nowMs,
  });
  keepers.restart();
  live.onChange('httppost', { apply: handlers.reload });
  live.onChange('influxdb', { problem: (changed) => influxProblem(changed, sender), apply: () => keepers.restart() });
  warn(member, config, log);
  const services = servicesOf({ ...base, ...running, keepers, udp: udp.value });
  const loaded = (await running.load?.load()) ?? ok(undefined);
  if (loaded.ok) return ok(services);
  await services.stop();
  return err(`open server: failed to reload tasks/templates/handlers: ${loaded.error}`);
}

type Base = Pick<Parts, 'options' | 'live' | 'sender' | 'clusters' | 'scaling' | 'handlers' | 'udfs' | 'member'>;

type Running = Pick<
  Parts,
  'tasks' | 'intake' | 'notices' | 'recordings' | 'sideloads' | 'timer' | 'load' | 'statistics'
>;

function httpPortOf({ sender, live, member }: Base): HttpPort {
  return createHttpPort(
    sender,
    () => live.current(),
    () => member.memberId,
  );
}

function startTasks(base: Base): Running {
  const { options, member, live } = base;
  const config = live.current();
  const runner = new TaskRunner();
  const settled = (): void => {
    tasks.reap();
    timer.reschedule();
  };
  const timer = createWakeTimer(runner, systemClock.nowMs, settled);
  const sideloads = createSideloadSources();
  const environmentOf = createEnvironments({
    member,
    prepareHandler: base.handlers.prepare,
    http: httpPortOf(base),
    influx: base.clusters.port,
    loopback: { write: (body) => intake.loopBack(body) },
    sideload: sideloads,
    autoscale: base.scaling.port,
    udf: base.udfs,
    server: () => ({ hostname: config.hostname, clusterId: member.clusterId(), serverId: member.memberId }),
    logger: options.log,
    timingInterval: timingInterval(config),
    touched(task) {
      runner.touch(task);
      settled();
    },
    isBackedUp: (task) => runner.backlogOf(task) > backlogLimit,
  });
  if (config.deadman.global) options.log.with(['service', 'deadman']).info("Deadman's switch is configured globally");
  const language = createLanguage(deadmanOf(config), base.udfs.infos);
  const tasks = new TaskService({
    store: options.store,
    view: { runner, language, nowNs: systemClock.wallNs },
    newId: randomUUID,
    environmentOf,
    logger: options.log.with(['service', 'task_store']),
    observe: (observation) => member.observations.add(observation),
    onDeleted: (task) => deleteInlineTopics(member, task, language),
    settled,
  });
  const notices = createDataNotices((observation) => member.observations.add(observation));
  const recordings = startRecordings({
    dir: config.replay.dir,
    store: options.store,
    log: options.log,
    language,
    taskOf: (id) => tasks.catalog().tasks.get(id),
    environmentOf,
    influx: base.clusters.port,
    deleteInlineTopic: (topic) => member.deleteInlineTopic(topic),
  });
  const intake = createIntake({
    runner,
    now: systemClock.nowMs,
    received: notices.count,
    tap: recordings.take,
    settled,
  });
  const load = createLoad(base, tasks);
  const statistics = (): readonly Statistic[] =>
    statisticsOf({
      runner,
      taskOf: (id) => tasks.catalog().tasks.get(id),
      topics: () => allTopics(member),
      arrivals: () => arrivalsOf(intake, config.stats.enabled),
      loadErrors: () => load?.errorCount ?? 0,
    });
  return { tasks, intake, notices, recordings, sideloads, timer, load, statistics };
}

function arrivalsOf(
  intake: Intake,
  areStatsOn: boolean,
): readonly { readonly way: IntakeWay; readonly points: number }[] {
  const ways: readonly IntakeWay[] = areStatsOn ? ['write_points', 'stats'] : ['write_points'];
  return ways.map((way) => ({ way, points: intake.arrived(way) }));
}

/** Null when `[load]` is not enabled. */
function createLoad({ options, member, handlers }: Base, tasks: TaskService): LoadService | null {
  const { enabled, dir } = options.config.load;
  if (!enabled) return null;
  return new LoadService({
    dir,
    tasks,
    topics: { handlers: member.handlers, prepareHandler: handlers.prepare },
    store: options.store,
    logger: options.log.with(['service', 'load']),
  });
}

function deadmanOf({ deadman }: MemberConfig): DeadmanSettings {
  return {
    isGlobal: deadman.global,
    threshold: deadman.threshold,
    intervalNs: deadman.interval,
    id: deadman.id,
    message: deadman.message,
  };
}

/** Asks the configured functions what they are. */
async function openUdfs(config: MemberConfig, log: Log): Promise<Result<UdfService, string>> {
  const functions = udfFunctions(config);
  if (!functions.ok) return functions;
  const udfs = new UdfService({
    functions: functions.value,
    logger: log.with(['service', 'udf']),
    nowMs: systemClock.nowMs,
    wallNs: systemClock.wallNs,
  });
  const started = await udfs.start();
  if (started.ok) return ok(udfs);
  await udfs.close();
  return started;
}

/** `timing-sample-rate` the other way round: one execution of a node in that many is timed. */
function timingInterval({ stats }: MemberConfig): number {
  const rate = stats['timing-sample-rate'];
  return rate === 0 ? 0 : Math.round(1 / rate);
}

function allTopics(member: Member): readonly { readonly id: string; readonly collected: number }[] {
  const listed = member.topics.list({ pattern: '', minLevel: 'OK' });
  return listed.ok ? listed.value : [];
}

/** `main:TASK:NODE`: the state that outlives a stop of the task ends with the task itself. */
function deleteInlineTopics(member: Member, task: Task, language: TaskLanguage): void {
  const definition = defineTask(task.script, task.vars, { language, nowNs: systemClock.wallNs() });
  if (!definition.ok) return;
  for (const node of definition.value.nodeNames)
    if (/^alert\d+$/.test(node)) member.deleteInlineTopic(`main:${task.id}:${node}`);
}

function warn(member: Member, config: MemberConfig, log: Log): void {
  for (const warning of warnings(member, config)) log.error('warning', ['service', 'cluster'], ['warning', warning]);
}

/** D4: in mode `cluster` all members share one subscription, so that each gets a part of the points. */
function warnings(member: Member, config: MemberConfig): readonly string[] {
  const shared = config.influxdb.filter((element) => element.enabled && element['subscription-mode'] === 'cluster');
  if (member.clusterView().state === 'uninitialized' || shared.length === 0) return member.warnings();
  const names = shared.map((element) => JSON.stringify(element.name)).join(', ');
  return [
    ...member.warnings(),
    `[[influxdb]] ${names} subscription-mode = "cluster": a clustered member must say "server", for a subscription of its own`,
  ];
}

function servicesOf(parts: Parts): Services {
  const { options, member, tasks } = parts;
  const { config } = options;
  const { stats } = config;
  const writes = writeApi(parts);
  const stopping: { dispose(): void }[] = [];
  if (stats.enabled) {
    stopping.push(
      startStatsWriter({
        intervalMs: millis(stats['stats-interval']),
        database: stats.database,
        retentionPolicy: stats['retention-policy'],
        statistics: () => [...memberStatistics(figuresOf(parts)), ...parts.statistics()],
        identity: () => ({ cluster_id: member.clusterId(), server_id: member.memberId, host: config.hostname }),
        parser: options.parser,
        intake: parts.intake,
        nowNs: systemClock.wallNs,
      }),
    );
  }
  const snapshotMs = millis(config.task['snapshot-interval']);
  if (snapshotMs > 0) {
    const timer = setInterval(() => tasks.saveSnapshots(), snapshotMs);
    stopping.push({ dispose: () => clearInterval(timer) });
  }
  return {
    memberId: member.memberId,
    clusterId: () => member.clusterId(),
    router: createRouter(routesOf(parts)),
    takeWrite: (query, body) => takeWrite(query, body, writes),
    reload: () => void reload(parts),
    async stop() {
      for (const part of stopping) part.dispose();
      await parts.load?.close();
      parts.keepers.close();
      for (const listener of parts.udp) await listener.close();
      await parts.recordings.close();
      await parts.intake.drained(lastPointsLimitMs);
      await tasks.close();
      await parts.udfs.close();
      parts.timer.dispose();
      parts.notices.dispose();
      await member.stop();
      await parts.sender.drained(lastRequestsLimitMs);
      parts.sender.close();
    },
  };
}

/** Tasks that are started anew by the folder's load read their values again in any case. */
async function reload({ options, load, sideloads }: Parts): Promise<void> {
  const loaded = (await load?.load()) ?? ok(undefined);
  if (!loaded.ok) options.log.error('failed to reload tasks/templates/handlers', ['err', loaded.error]);
  const reloaded = sideloads.reload();
  if (!reloaded.ok) options.log.error('failed to reload sideload sources', ['err', reloaded.error]);
}

function writeApi({ options, intake }: Parts): WriteApi {
  return {
    accept: intake.accept,
    parser: options.parser,
    defaultRetentionPolicy: options.config['default-retention-policy'],
    nowNs: systemClock.wallNs,
  };
}

function routesOf(parts: Parts): readonly Route[] {
  const { options, member, tasks, live, handlers } = parts;
  const { log } = options;
  const routes: Route[] = [
    ...writeRoutes(writeApi(parts)),
    ...taskRoutes(tasks, (id) => parts.recordings.replays.running(id)),
    ...topicRoutes({ topics: member.topics, handlers: member.handlers, prepareHandler: handlers.prepare }),
    ...clusterRoutes({
      view: () => member.clusterView(),
      topics: () => member.topics.owners(),
      add: (rpc) => member.addMember(rpc),
      remove: (id) => member.removeMember(id),
      setAside: () => listSetAside(options.config.data_dir),
      warnings: () => warnings(member, live.current()),
      observations: member.observations,
    }),
    ...configRoutes(live),
    ...storageRoutes({ backup: () => backup(options.store) }),
    ...serviceTestRoutes(createServiceTests(() => live.current(), parts)),
    ...recordingRoutes(parts.recordings.recordings),
    ...replayRoutes(parts.recordings.replays),
    ...logRoutes({ log, newId: randomUUID }),
    ...debugVarsRoutes(debugVars(parts)),
    {
      method: 'POST',
      pattern: `${basePath}/subscriptions`,
      handle: async () => {
        await parts.keepers.sync();
        return noContent;
      },
    },
    {
      method: 'POST',
      pattern: `${basePath}/sideload/reload`,
      handle: () => {
        const reloaded = parts.sideloads.reload();
        return reloaded.ok ? noContent : failure(500, reloaded.error);
      },
    },
    ...serverRoutes({
      setLogLevel: (level) => log.setLevel(level),
      routes: () => {
        const listed = new Map(createRouter(routes).list());
        for (const path of outputRoutes(tasks)) listed.set(path, ['GET']);
        return listed;
      },
      commandLine: options.commandLine,
    }),
  ];
  return routes;
}

function debugVars(parts: Parts): Parameters<typeof debugVarsRoutes>[0] {
  const { options, member } = parts;
  return {
    version: version.compatible,
    host: options.config.hostname === '' ? hostname() : options.config.hostname,
    clusterId: () => member.clusterId(),
    serverId: () => member.memberId,
    figures: () => figuresOf(parts),
    statistics: parts.statistics,
    commandLine: options.commandLine,
  };
}

function figuresOf({ tasks, keepers }: Parts): MemberFigures {
  const all = [...tasks.catalog().tasks.values()];
  return {
    enabledTasks: all.filter((task) => task.status === 'enabled').length,
    tasks: all.length,
    subscriptions: keepers.count(),
    uptimeSeconds: process.uptime(),
    memory: process.memoryUsage(),
  };
}

async function backup(store: DurableStore): Promise<Result<{ readonly path: string; readonly bytes: number }, string>> {
  const path = join(tmpdir(), `kapacitor-backup-${randomUUID()}.db`);
  const copied = await store.backup(path);
  return copied.ok ? ok({ path, bytes: copied.value.bytes }) : copied;
}
