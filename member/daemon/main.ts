/**
 * `kapacitord run`: the process around a member. Reads the configuration, opens the log, runs the member, and ends it
 * on a signal, on the lab's word, or when something cannot go on. A clean stop takes at most 30 s; a second signal
 * ends the process at once.
 */
import type { LinkFault } from '../api/private-channel.ts';
import { err, ok, type Result } from '../base/result.ts';
import { version } from '../base/version.ts';
import type { LoadedConfig } from '../config/config.ts';
import { openLineSink } from '../shell/log/line-sink.ts';
import { createLog, type Log } from '../shell/log/log.ts';
import { parseLogLevel } from '../shell/log/log-event.ts';
import { readConfig } from './config-file.ts';
import { freeze } from './freeze.ts';
import { openLabChannel, type LabChannel } from './lab-channel.ts';
import { writePidFile } from './pid-file.ts';
import { startProfiles } from './profiles.ts';
import { runMember, type RunningDaemon } from './run-member.ts';
import { systemClock } from './system-clock.ts';

export interface DaemonOptions {
  /** By flag name. */
  readonly flags: ReadonlyMap<string, string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const stopLimitMs = 30_000;

export async function runDaemon(options: DaemonOptions): Promise<void> {
  const channel = openLabChannel();
  const started = await start(options, channel);
  if (started.ok) return;
  process.stderr.write(`run: ${started.error}\n`);
  channel.tell({ kind: 'failed', reason: started.error });
  process.exitCode = 1;
  channel.close();
  // Handles of a half-opened member must not keep the process.
  setImmediate(() => process.exit(1));
}

async function start(options: DaemonOptions, channel: LabChannel): Promise<Result<void, string>> {
  const loaded = load(options);
  if (!loaded.ok) return loaded;
  const { config, warnings } = loaded.value;
  const sink = openLineSink(config.logging.file);
  if (!sink.ok) return sink;
  const log = createLog({
    sink: sink.value,
    level: parseLogLevel(config.logging.level) ?? 'debug',
    now: systemClock.wallMs,
  });
  const pidFile = options.flags.get('pidfile') ?? '';
  const removePidFile = pidFile === '' ? ok((): void => undefined) : writePidFile(pidFile);
  if (!removePidFile.ok) return removePidFile;
  const profiles = startProfiles(options.flags.get('cpuprofile'), options.flags.get('memprofile'));

  const life = new Life(log, channel, async () => {
    removePidFile.value();
    await profiles.write();
  });
  log.info('starting', ['version', version.product], ['as', version.compatible], ['pid', process.pid]);
  for (const warning of warnings) log.error('configuration', ['warning', warning]);
  const running = await runMember({
    config,
    log,
    isLabMember: channel.isOpen,
    commandLine: process.argv,
    onFatal: (reason) => life.fail(reason),
  });
  if (!running.ok) {
    removePidFile.value();
    await log.close();
    return err(running.error);
  }
  life.lead(running.value);
  return ok(undefined);
}

function load(options: DaemonOptions): Result<LoadedConfig, string> {
  const { flags } = options;
  const hostname = flags.get('hostname');
  const logFile = flags.get('log-file');
  const logLevel = flags.get('log-level');
  return readConfig({
    path: flags.get('config') ?? '',
    environment: options.environment,
    flags: {
      ...(hostname === undefined ? {} : { hostname }),
      ...(logFile === undefined ? {} : { logFile }),
      ...(logLevel === undefined ? {} : { logLevel }),
    },
  });
}

/** From running to gone. */
class Life {
  private readonly log: Log;
  private readonly channel: LabChannel;
  private readonly atEnd: () => Promise<void>;
  private daemon: RunningDaemon | undefined;
  private isEnding = false;

  constructor(log: Log, channel: LabChannel, atEnd: () => Promise<void>) {
    this.log = log;
    this.channel = channel;
    this.atEnd = atEnd;
    process.on('SIGINT', () => this.onSignal('SIGINT'));
    process.on('SIGTERM', () => this.onSignal('SIGTERM'));
    process.on('SIGHUP', () => this.reload());
    process.on('uncaughtException', (error) => this.fail(`uncaught: ${error.stack ?? error.message}`));
    process.on('unhandledRejection', (reason) =>
      this.fail(`unhandled: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`),
    );
  }

  lead(daemon: RunningDaemon): void {
    this.daemon = daemon;
    this.channel.obey({
      stop: () => void this.end(),
      reload: () => this.reload(),
      freeze,
      linkFaults: (faults: readonly LinkFault[]) => daemon.setLinkFaults(faults),
    });
    this.channel.tell({
      kind: 'listening',
      memberId: daemon.memberId,
      clusterId: daemon.clusterId,
      ...daemon.addresses,
    });
  }

  /** The member cannot keep its promises: it goes at once, and whoever supervises it sees why. */
  fail(reason: string): void {
    this.log.error('cannot go on', ['err', reason]);
    process.stderr.write(`run: ${reason.split('\n')[0] ?? ''}\n`);
    this.channel.tell({ kind: 'failed', reason });
    const limit = setTimeout(() => process.exit(1), 1_000);
    void this.log.close().then(() => {
      clearTimeout(limit);
      process.exit(1);
    });
  }

  private onSignal(signal: string): void {
    if (this.isEnding) {
      this.log.info('second signal, stopping at once', ['signal', signal]);
      process.exit(1);
    }
    this.log.info('signal received, stopping', ['signal', signal]);
    void this.end();
  }

  /** SIGHUP, or the lab's word. */
  private reload(): void {
    this.log.info('reload asked for');
    this.daemon?.reload();
  }

  private async end(): Promise<void> {
    if (this.isEnding) return;
    this.isEnding = true;
    const limit = setTimeout(() => {
      this.log.error('did not stop in time', ['limit', { durationNs: BigInt(stopLimitMs) * 1_000_000n }]);
      process.exit(1);
    }, stopLimitMs);
    await this.daemon?.stop();
    await this.atEnd();
    this.log.info('stopped');
    await this.log.close();
    clearTimeout(limit);
    this.channel.close();
    process.exit(0);
  }
}
