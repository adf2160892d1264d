/**
 * Conversations with a pipeline: text files of commands, `----`, and everything that came of them, with a blank
 * line between exchanges and a remark after `#` before one.
 *
 *     run                starts the script that follows; what ran before is closed, its world stays
 *     write              the lines that follow, times in seconds, to `db.rp` or the `DB.RP` given
 *     pass 300ms         lets time pass; what is due happens
 *     hold, answer       keeps back the answers to requests; gives them
 *     counts             edges, and what nodes count
 *     kept NAME          what an `httpOut` keeps
 *     dot                the graph as text
 *     close              ends the task
 */
import { formatGoDuration, parseGoDuration } from '../../base/duration.ts';
import { hasValue, timeNs } from '../../influx/block.ts';
import type { Block } from '../../influx/block.ts';
import { LineProtocolParser } from '../../influx/line-protocol/parse.ts';
import type { QueryResult, ResultRow, ResultValue } from '../../influx/result.ts';
import { formatRfc3339 } from '../../base/rfc3339.ts';
import type { LogValue } from '../environment.ts';
import { definePipeline } from '../define.ts';
import type { PipelineRun } from '../run.ts';
import { FakeWorld } from './fake-world.ts';

export interface Exchange {
  /** `# …` lines, or nothing. */
  readonly remark: string;
  readonly command: string;
  readonly body: string;
  readonly output: string;
}

export function readConversation(text: string): readonly Exchange[] {
  return text
    .trimEnd()
    .split('\n\n')
    .map((block) => {
      const [said = '', output = ''] = block.split(/\n----(?:\n|$)/);
      const lines = said.split('\n');
      const start = lines.findIndex((line) => !line.startsWith('#'));
      const remark = lines.slice(0, start).map((line) => `${line}\n`);
      return { remark: remark.join(''), command: lines[start] ?? '', body: lines.slice(start + 1).join('\n'), output };
    });
}

export function printConversation(exchanges: readonly Exchange[]): string {
  const blocks = exchanges.map(({ remark, command, body, output }) => {
    const said = body === '' ? command : `${command}\n${body}`;
    return `${remark}${said}\n----\n${output}`;
  });
  return `${blocks.join('\n\n')}\n`;
}

/** The same exchanges with what comes of them now. */
export function replay(exchanges: readonly Exchange[]): readonly Exchange[] {
  const talk = new Talk();
  return exchanges.map((exchange) => ({ ...exchange, output: talk.say(exchange).join('\n') || 'nothing' }));
}

class Talk {
  private readonly world = new FakeWorld();
  private readonly parser = new LineProtocolParser();
  private run: PipelineRun | undefined;
  private isHolding = false;
  private hasToldFailure = false;
  private told = { posts: 0, publications: 0, writes: 0, loopbacks: 0, logs: 0 };

  say({ command, body }: Exchange): readonly string[] {
    const [verb = '', argument = ''] = command.split(' ');
    const answer = this.do(verb, argument, body);
    if (!this.isHolding) this.world.answerAll();
    return [...answer, ...this.news()];
  }

  private do(verb: string, argument: string, body: string): readonly string[] {
    switch (verb) {
      case 'run':
        return this.start(body);
      case 'write':
        return this.write(argument === '' ? 'db.rp' : argument, body);
      case 'pass':
        this.pass(Number(parseGoDuration(argument) ?? 0n) / 1e6);
        return [];
      case 'hold':
        this.isHolding = true;
        return [];
      case 'answer':
        this.isHolding = false;
        return [];
      case 'counts':
        return this.counts();
      case 'kept':
        return resultLines(this.run?.httpOutput(argument));
      case 'dot':
        return (this.run?.dot('labels') ?? '')
          .split('\n')
          .filter((line) => !line.includes('throughput') && line !== '');
      case 'close':
        this.run?.close();
        return [];
      default:
        return [`no such command: ${verb}`];
    }
  }

  private start(script: string): readonly string[] {
    this.run?.close();
    this.run = undefined;
    this.hasToldFailure = false;
    const defined = definePipeline(script);
    if (!defined.ok) return [`refused: ${defined.error.message}`];
    const started = defined.value.start(this.world.environment('task'), { dbrps: [{ db: 'db', rp: 'rp' }] });
    if (!started.ok) return [`does not start: ${started.error}`];
    this.run = started.value;
    return ['runs'];
  }

  private write(target: string, lines: string): readonly string[] {
    const [database = '', retentionPolicy = ''] = target.split('.');
    const request = { database, retentionPolicy, precision: 's', nowNs: this.world.wallNs } as const;
    const parsed = this.parser.parse(new TextEncoder().encode(lines), request);
    if (!parsed.ok) return [`refused: ${parsed.error}`];
    this.run?.write(parsed.value);
    return [];
  }

  private pass(ms: number): void {
    const end = this.world.nowMs + ms;
    while (this.run !== undefined && this.run.nextDeadline() <= end) {
      this.world.nowMs = this.run.nextDeadline();
      this.run.wake(this.world.nowMs);
      if (!this.isHolding) this.world.answerAll();
    }
    this.world.nowMs = end;
  }

  private counts(): readonly string[] {
    const { nodes = [], edges = [] } = this.run?.stats() ?? {};
    const notable = nodes.flatMap(({ name, values }) => {
      const own = Object.entries(values).filter(([key, value]) => value !== 0 && !everyNodeCounts.has(key));
      return own.length === 0 ? [] : [`${name}: ${own.map(([key, value]) => `${key} ${value}`).join(', ')}`];
    });
    return [...edges.map(({ parent, child, collected }) => `${parent} -> ${child} ${collected}`), ...notable];
  }

  private news(): readonly string[] {
    const { posts, publications, writes, loopbacks, logs } = this.world;
    const lines = [
      ...publications
        .slice(this.told.publications)
        .map(
          ({ topic, event, level, message, timeNs, durationNs }) =>
            `event ${topic} ${event} ${level} at ${timeText(timeNs)} after ${formatGoDuration(durationNs)}: ${message}`,
        ),
      ...posts.slice(this.told.posts).flatMap(({ label, body }) => postLines(label, body)),
      ...writes.slice(this.told.writes).flatMap(({ cluster, database, retentionPolicy, precision, lines: text }) => [
        `influx ${[cluster, database, retentionPolicy, precision].map((part) => part || '-').join(' ')}`,
        ...text
          .trimEnd()
          .split('\n')
          .map((line) => `  ${line}`),
      ]),
      ...loopbacks.slice(this.told.loopbacks).flatMap(({ blocks }) => blocks.flatMap(writtenBack)),
      // Events that a topic takes are told as such.
      ...logs
        .slice(this.told.logs)
        .filter(({ message }) => message !== 'alert triggered')
        .map(({ level, message, node, fields, tags, values }) => {
          const pairs = [...fields, ...Object.entries(tags ?? {}), ...Object.entries(values ?? {})];
          return `log ${level} ${node}: ${message}${pairs.map(([key, value]) => ` ${key}=${logText(value)}`).join('')}`;
        }),
    ];
    this.told = {
      posts: posts.length,
      publications: publications.length,
      writes: writes.length,
      loopbacks: loopbacks.length,
      logs: logs.length,
    };
    const failure = this.run?.error() ?? null;
    if (failure === null || this.hasToldFailure) return lines;
    this.hasToldFailure = true;
    return [...lines, `failed: ${failure}`];
  }
}

function writtenBack(block: Block): readonly string[] {
  const { database, retentionPolicy, name, seconds, nanos, tagTable, tagIds, fields } = block;
  const points = Array.from({ length: block.length }, (_, row) => {
    const held = fields.filter(({ column }) => hasValue(column, row));
    const time = formatRfc3339(timeNs(seconds[row] ?? 0, nanos[row] ?? 0));
    const cells = [time, ...held.map(({ column }) => cellValue(column.values[row] ?? null))];
    return rowLine(name, tagTable.at(tagIds[row] ?? 0).toRecord(), ['time', ...held.map((field) => field.name)], cells);
  });
  return [`loopback ${database} ${retentionPolicy}`, ...points];
}

const everyNodeCounts = new Set(['avg_exec_time_ns', 'collected', 'emitted']);

function postLines(label: string, body: unknown): readonly string[] {
  if (isRecord(body) && Array.isArray(body['series'])) {
    return [
      `post ${label}`,
      ...body['series'].flatMap((series: unknown) => (isRecord(series) ? postedRows(series) : [])),
    ];
  }
  if (isRecord(body) && typeof body['level'] === 'string')
    return [`post ${label} ${String(body['id'])} ${body['level']}`];
  return [`post ${label} ${JSON.stringify(body)}`];
}

function postedRows({ name, tags, columns, values }: Readonly<Record<string, unknown>>): readonly string[] {
  const names = Array.isArray(columns) ? columns.map(String) : [];
  const rows: unknown[] = Array.isArray(values) ? values : [];
  return rows.map((row) => {
    const cells: unknown[] = Array.isArray(row) ? row : [];
    return rowLine(typeof name === 'string' ? name : '', isRecord(tags) ? tags : {}, names, cells);
  });
}

function resultLines(result: QueryResult | undefined): readonly string[] {
  if (result === undefined) return ['no such output'];
  return (result.series ?? []).flatMap((row) => (row === null ? ['null'] : keptRows(row)));
}

function keptRows({ name, tags, columns, values }: ResultRow): readonly string[] {
  return values.map((cells) => rowLine(name, tags, columns, cells.map(cellValue)));
}

function cellValue(value: ResultValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'object' && value !== null ? formatRfc3339(value.timeNs) : value;
}

/** `  cpu,host=a 00:00:10 v=1`, without the date of 1970. */
function rowLine(
  name: string,
  tags: Readonly<Record<string, unknown>>,
  columns: readonly string[],
  cells: readonly unknown[],
): string {
  const series = [name, ...Object.entries(tags).map(([key, value]) => `${key}=${String(value)}`)].join(',');
  const [time, ...fields] = columns.map((column, i) => [column, cells[i]] as const);
  const shown = fields.map(([column, value]) => ` ${column}=${JSON.stringify(value)}`).join('');
  return `  ${series} ${printed(time?.[1]).replace(/^1970-01-01T(.*)Z$/, '$1')}${shown}`;
}

function printed(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

function timeText(ns: bigint): string {
  return formatRfc3339(ns).replace(/^1970-01-01T(.*)Z$/, '$1');
}

function logText(value: LogValue): string {
  if (typeof value !== 'object') return String(value);
  if ('timeNs' in value) return timeText(value.timeNs);
  if ('durationNs' in value) return formatGoDuration(value.durationNs);
  return value.join(',');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
