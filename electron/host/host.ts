/**
 * The host's side of the contract: every call of the declaration implemented, every input validated before it is
 * acted upon, every failure answered as a value. The three hosts differ only in what carries the texts.
 */
import type { Answer } from '../contract/bridge.ts';
import { streams, type StreamName } from '../contract/notices.ts';
import { requests, type HostCalls, type HostError, type RequestName } from '../contract/requests.ts';
import type { Lab } from '../lab/lab.ts';
import type { ScenarioPlayer } from '../lab/scenario/scenario-player.ts';
import { faultCalls } from './fault-calls.ts';
import { HostFailure } from './host-failure.ts';
import { labCalls } from './lab-calls.ts';
import { memberCalls } from './member-calls.ts';
import { scenarioCalls } from './scenario-calls.ts';
import { settingsCalls } from './settings-calls.ts';
import { labStreams } from './streams.ts';
import { terminalCalls } from './terminal-calls.ts';
import { Terminals } from './terminals.ts';

export interface HostOptions {
  readonly lab: Lab;
  readonly player: ScenarioPlayer;
  readonly settingsFile: string;
  /** Where further labs may be made; null when the user named the folder. */
  readonly home: string | null;
  /** In development and tests what goes out is validated too. */
  readonly checksOutputs: boolean;
  readonly onTrouble: (message: string) => void;
}

export interface Host {
  answer(name: string, input: unknown): Promise<Answer<unknown>>;
  /** Undefined when there is no such stream or the parameter is wrong. */
  follow(
    stream: string,
    parameter: unknown,
    listener: (notice: unknown) => void,
    isVisible: () => boolean,
  ): (() => void) | undefined;
  /** Ends the lab and everything opened for pages. */
  close(): Promise<void>;
}

export function createHost(options: HostOptions): Host {
  const { lab, player } = options;
  const terminals = new Terminals();
  const calls: HostCalls = {
    ...labCalls(lab, options.home),
    ...memberCalls(lab),
    ...faultCalls(lab),
    ...scenarioCalls(player),
    ...settingsCalls(options.settingsFile),
    ...terminalCalls(lab, terminals),
  };
  const sources = labStreams(lab, terminals);
  // Shells belong to the lab: its guard would end them anyhow, and their members are gone.
  lab.store.watch(({ lab: { status } }) => {
    if (status === 'stopping') terminals.closeAll();
  });
  return {
    answer: (name, input) => answer(calls, name, input, options),
    follow(stream, parameter, listener, isVisible) {
      if (!isStream(stream)) return undefined;
      const parsed = streams[stream].parameter.safeParse(parameter);
      if (!parsed.success) return undefined;
      // The two tables have the same keys, so that the parameter just checked is the one of this source.
      const source = sources[stream] as (
        parameter: unknown,
        listener: (notice: unknown) => void,
        isVisible: () => boolean,
      ) => () => void;
      return source(parsed.data, listener, isVisible);
    },
    async close() {
      terminals.closeAll();
      await lab.stop();
    },
  };
}

async function answer(calls: HostCalls, name: string, input: unknown, options: HostOptions): Promise<Answer<unknown>> {
  if (!isRequest(name)) return refused('invalid-input', `there is no call ${name}`);
  const parsed = requests[name].input.safeParse(input);
  if (!parsed.success) return refused('invalid-input', `${name}: ${issueText(parsed.error.issues[0])}`);
  try {
    // The input was checked against the schema of this very call.
    const call = calls[name] as (input: unknown) => Promise<unknown>;
    const value = await call(parsed.data);
    if (options.checksOutputs) {
      const output = requests[name].output.safeParse(value);
      if (!output.success) throw new Error(`${name} answers ${issueText(output.error.issues[0])}`);
    }
    return { ok: true, value };
  } catch (error) {
    if (error instanceof HostFailure) return refused(error.code, error.message, error.details);
    options.onTrouble(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return refused('unknown', 'The host could not do this. The cause is in its log.');
  }
}

function issueText(issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined): string {
  if (issue === undefined) return 'something else';
  return `${issue.path.map(String).join('.') || 'the input'}: ${issue.message}`;
}

function refused(code: HostError['code'], message: string, details: string | null = null): Answer<never> {
  return { ok: false, error: { code, message, details } };
}

function isRequest(name: string): name is RequestName {
  return Object.hasOwn(requests, name);
}

function isStream(name: string): name is StreamName {
  return Object.hasOwn(streams, name);
}
