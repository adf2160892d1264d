/** The command line of `kapacitor-lab`, parsed. Pure. One dash or two, `-name value` or `-name=value`, anywhere. */
import { err, ok, type Result } from '../../member/base/result.ts';
import { parseMemberSetting, type MemberSetting } from '../lab/member-setting.ts';
import type { DataChoice, Engine } from '../lab/plan.ts';

export const usage = `usage: kapacitor-lab COMMAND

  up [--members 3] [--dir DIR] [--data generator|none|spawn|URL] [--engine bundled|PATH] [--redundancy N]
     [--delay-per-member MS] [--set member.key=value …] [--ui browser|none] [--json] [--detach] [--dry-run]
  status [--dir DIR] [--json]
  down   [--dir DIR] [--json]
  logs   [--dir DIR] [--follow] [--json] [MEMBER]
  fault  crash|freeze|thaw|stop|start MEMBER
         cut A B [--one-way]
         delay A B MS [--jitter MS] [--one-way]
         loss A B PERCENT [--one-way]
         heal [MEMBER | A B [--one-way]]
         undo
         incident HOST hot|gap|flapping|none
         alert TOPIC MEMBER
  scenario NAME|FILE [--dir DIR] [--json]

Without --dir the lab used last is meant. KAPACITOR_LAB_HOME is where labs live (~/.kapacitor-lab).
`;

export interface UpCommand {
  readonly kind: 'up';
  readonly dir: string | null;
  readonly members: number | undefined;
  readonly redundancy: number | undefined;
  readonly delayPerMemberMs: number | undefined;
  readonly data: DataChoice | undefined;
  readonly engine: Engine | undefined;
  readonly settings: readonly MemberSetting[] | undefined;
  readonly ui: 'browser' | 'none';
  readonly isJson: boolean;
  readonly isDetached: boolean;
  readonly isDryRun: boolean;
}

export interface ClientCommand {
  readonly kind: 'status' | 'down' | 'logs' | 'fault' | 'scenario';
  readonly dir: string | null;
  readonly isJson: boolean;
  readonly words: readonly string[];
  readonly isFollowing: boolean;
  readonly isOneWay: boolean;
  readonly jitterMs: number;
}

export type Command = UpCommand | ClientCommand | { readonly kind: 'help' };

const switches = new Set(['json', 'detach', 'dry-run', 'follow', 'one-way', 'help', 'h']);
const valued = new Set(['members', 'dir', 'data', 'engine', 'redundancy', 'delay-per-member', 'set', 'ui', 'jitter']);

interface Flags {
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly words: readonly string[];
}

export function parseCommand(line: readonly string[]): Result<Command, string> {
  const flags = readFlags(line);
  if (!flags.ok) return flags;
  const [command, ...words] = flags.value.words;
  if (command === undefined || command === 'help' || flags.value.values.has('help') || flags.value.values.has('h'))
    return ok({ kind: 'help' });
  switch (command) {
    case 'up':
      return upCommand({ ...flags.value, words });
    case 'status':
    case 'down':
    case 'logs':
    case 'fault':
    case 'scenario':
      return clientCommand(command, { ...flags.value, words });
    default:
      return err(`unknown command ${command}; known are up, status, down, logs, fault, scenario`);
  }
}

function readFlags(line: readonly string[]): Result<Flags, string> {
  const values = new Map<string, string[]>();
  const words: string[] = [];
  for (let i = 0; i < line.length; i++) {
    const word = line[i] ?? '';
    const match = /^--?([a-z][a-z-]*)(?:=(.*))?$/s.exec(word);
    if (match === null) {
      words.push(word);
      continue;
    }
    const name = match[1] ?? '';
    if (!switches.has(name) && !valued.has(name)) return err(`unknown flag ${word}`);
    const value = switches.has(name) ? (match[2] ?? 'true') : (match[2] ?? line[++i]);
    if (value === undefined) return err(`${word} needs a value`);
    if (value !== 'false') values.set(name, [...(values.get(name) ?? []), value]);
  }
  return ok({ values, words });
}

function upCommand(flags: Flags): Result<Command, string> {
  if (flags.words.length > 0) return err(`up takes no ${flags.words.join(' ')}`);
  const text = (name: string): string | undefined => flags.values.get(name)?.at(-1);
  const numbers: Record<string, number | undefined> = {};
  for (const name of ['members', 'redundancy', 'delay-per-member']) {
    const value = text(name);
    if (value !== undefined && !/^\d{1,9}$/.test(value)) return err(`--${name} ${value}: a whole number is wanted`);
    numbers[name] = value === undefined ? undefined : Number(value);
  }
  const settings: MemberSetting[] = [];
  for (const setting of flags.values.get('set') ?? []) {
    const parsed = parseMemberSetting(setting);
    if (!parsed.ok) return parsed;
    settings.push(parsed.value);
  }
  const data = dataChoice(text('data'));
  if (!data.ok) return data;
  const ui = text('ui') ?? 'browser';
  if (ui !== 'browser' && ui !== 'none') return err(`--ui ${ui}: browser or none`);
  const engine = text('engine');
  return ok({
    kind: 'up',
    dir: text('dir') ?? null,
    members: numbers['members'],
    redundancy: numbers['redundancy'],
    delayPerMemberMs: numbers['delay-per-member'],
    data: data.value,
    engine:
      engine === undefined ? undefined : engine === 'bundled' ? { kind: 'bundled' } : { kind: 'path', path: engine },
    settings: settings.length > 0 ? settings : undefined,
    ui,
    isJson: flags.values.has('json'),
    isDetached: flags.values.has('detach'),
    isDryRun: flags.values.has('dry-run'),
  });
}

function dataChoice(text: string | undefined): Result<DataChoice | undefined, string> {
  if (text === undefined) return ok(undefined);
  if (text === 'generator' || text === 'none' || text === 'spawn') return ok({ kind: text });
  if (/^https?:\/\/[^/]+/.test(text)) return ok({ kind: 'url', url: text });
  return err(`--data ${text}: generator, none, spawn, or the URL of an InfluxDB 1.x`);
}

function clientCommand(kind: ClientCommand['kind'], flags: Flags): Result<Command, string> {
  const jitter = flags.values.get('jitter')?.at(-1) ?? '0';
  if (!/^\d{1,6}$/.test(jitter)) return err(`--jitter ${jitter}: milliseconds are wanted`);
  const { words } = flags;
  if (kind === 'scenario' && words.length !== 1) return err('scenario needs the name of a scenario, or a file');
  if (kind === 'fault' && words.length === 0) return err('fault needs to know which; see kapacitor-lab help');
  if ((kind === 'status' || kind === 'down') && words.length > 0) return err(`${kind} takes no ${words.join(' ')}`);
  return ok({
    kind,
    dir: flags.values.get('dir')?.at(-1) ?? null,
    isJson: flags.values.has('json'),
    words,
    isFollowing: flags.values.has('follow'),
    isOneWay: flags.values.has('one-way'),
    jitterMs: Number(jitter),
  });
}
