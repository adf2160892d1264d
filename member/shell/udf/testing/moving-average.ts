/**
 * A user-defined function for tests: the moving average of a field in each group, with a state that can be kept.
 *
 *     moving-average [--wants stream|batch] [--provides stream|batch] [--socket PATH] [--fault KIND]
 *
 * Of a stream a point comes out for each point that comes in; where batches are provided, a batch for each `size`
 * points of a group. Of a batch come out its points, or its last average. The faults begin with a point whose field
 * is 666: `hang` reads and says nothing more, `die` exits with 3, `leave` exits with 0, `garbage` writes text,
 * `empty` sends a message without content, `orphan` the end of a batch that has not begun,
 * `error` says what went wrong, `slow` reads no more but lives, `quit` closes its side. `deaf` does not even answer
 * what it is.
 */
import { createServer } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import {
  beginResponse,
  emptyPoint,
  endResponse,
  errorResponse,
  infoResponse,
  keepaliveResponse,
  outcomeResponse,
  pointResponse,
  readRequest,
  snapshotResponse,
  type AgentBatch,
  type AgentOption,
  type AgentPoint,
  type AgentRequest,
} from './agent-messages.ts';

interface Settings {
  readonly wants: string;
  readonly provides: string;
  readonly socket: string;
  readonly fault: string;
}

class MovingAverage {
  private readonly settings: Settings;
  private readonly write: (bytes: Uint8Array) => void;
  private readonly misbehave: (kind: string) => void;
  private field = '';
  private size = 0;
  private as = 'average';
  private windows = new Map<string, number[]>();
  private readonly collected = new Map<string, AgentPoint[]>();
  private batch: AgentPoint[] | undefined;
  private head: AgentBatch | undefined;

  constructor(settings: Settings, write: (bytes: Uint8Array) => void, misbehave: (kind: string) => void) {
    this.settings = settings;
    this.write = write;
    this.misbehave = misbehave;
  }

  take(request: AgentRequest): void {
    switch (request.kind) {
      case 'info':
        if (this.settings.fault === 'deaf') this.misbehave('hang');
        else this.write(infoResponse(this.info()));
        return;
      case 'init':
        process.stderr.write(`init of ${request.taskId} ${request.nodeId}\n`);
        this.write(outcomeResponse(2, this.init(request.options)));
        return;
      case 'keepalive':
        this.write(keepaliveResponse(request.time));
        return;
      case 'snapshot':
        process.stderr.write(`snapshot of ${this.windows.size} groups\n`);
        this.write(snapshotResponse(new TextEncoder().encode(JSON.stringify([...this.windows]))));
        return;
      case 'restore':
        this.write(outcomeResponse(5, this.restore(new TextDecoder().decode(request.snapshot))));
        return;
      case 'begin':
        this.head = request.batch;
        this.batch = [];
        return;
      case 'point':
        this.takePoint(request.point);
        return;
      case 'end':
        this.takeEnd(request.batch);
    }
  }

  private info() {
    const number = (edge: string): number => (edge === 'batch' ? 1 : 0);
    return {
      wants: number(this.settings.wants),
      provides: number(this.settings.provides),
      options: { field: [3], size: [1], as: [3], between: [2, 4], flag: [0] },
    };
  }

  private init(options: readonly AgentOption[]): string {
    for (const { name, values } of options) {
      if (name === 'field') this.field = String(values[0]);
      else if (name === 'size') this.size = Number(values[0]);
      else if (name === 'as') this.as = String(values[0]);
      else process.stderr.write(`option ${name} ${values.map(String).join(' ')}\n`);
    }
    if (this.field === '') return 'must supply field';
    return this.size > 0 ? '' : 'must supply window size';
  }

  private restore(text: string): string {
    if (!text.startsWith('[')) return 'not a state of mine';
    this.windows = new Map(JSON.parse(text) as [string, number[]][]);
    return '';
  }

  private takePoint(point: AgentPoint): void {
    const value = point.doubles[this.field] ?? Number(point.ints[this.field] ?? 0n);
    if (value === 666 && this.settings.fault !== '') {
      this.misbehave(this.settings.fault);
      return;
    }
    const window = this.windows.get(point.group) ?? [];
    this.windows.set(point.group, window);
    window.push(value);
    if (window.length > this.size) window.shift();
    const average = window.reduce((sum, each) => sum + each, 0) / window.length;
    const made = { ...point, doubles: { ...point.doubles, [this.as]: average } };
    if (this.batch !== undefined) this.batch.push(made);
    else if (this.settings.provides === 'stream') this.write(pointResponse(made));
    else this.collect(made);
  }

  /** A batch for each `size` points of a group. */
  private collect(point: AgentPoint): void {
    const points = this.collected.get(point.group) ?? [];
    this.collected.set(point.group, points);
    points.push(point);
    if (points.length < this.size) return;
    this.collected.delete(point.group);
    const tags = Object.fromEntries(point.dimensions.map((name) => [name, point.tags[name] ?? '']));
    const { name, group, byName, time } = point;
    this.writeBatch({ name, group, tags, byName, size: BigInt(points.length), tmax: time }, points);
  }

  private takeEnd(end: AgentBatch): void {
    const points = this.batch ?? [];
    const size = BigInt(points.length);
    this.batch = undefined;
    if (this.settings.provides === 'batch') {
      this.writeBatch({ ...end, size, byName: this.head?.byName ?? false }, points);
      return;
    }
    const last = points.at(-1);
    if (last === undefined) return;
    const { name, tags, tmax } = end;
    const doubles = { [this.as]: last.doubles[this.as] ?? 0 };
    this.write(pointResponse({ ...emptyPoint(), name, tags, time: tmax, doubles, dimensions: Object.keys(tags) }));
  }

  private writeBatch(batch: AgentBatch, points: readonly AgentPoint[]): void {
    this.write(beginResponse(batch));
    for (const point of points) this.write(pointResponse(point));
    this.write(endResponse(batch));
  }
}

function serve(settings: Settings, input: Readable, output: Writable): void {
  let rest = Buffer.alloc(0);
  let isHanging = false;
  const write = (bytes: Uint8Array): void => void (isHanging || output.write(bytes));
  const misbehave = (kind: string): void => {
    if (kind === 'quit') output.end();
    if (kind === 'empty') output.write(Uint8Array.of(0));
    else if (kind === 'orphan')
      write(endResponse({ name: '', group: '', tags: {}, byName: false, size: 0n, tmax: 0n }));
    else if (kind === 'error') write(errorResponse('does not like 666'));
    else if (kind === 'garbage')
      output.write('hello, this is no message, but it is long enough to be taken for one\n'.repeat(3));
    else if (kind === 'die' || kind === 'leave') process.exit(kind === 'die' ? 3 : 0);
    else if (kind === 'slow') {
      input.pause();
      setInterval(() => write(keepaliveResponse(0n)), 20);
    } else isHanging = true;
  };
  const average = new MovingAverage(settings, write, misbehave);
  input.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const frame = frameOf(rest);
      if (frame === undefined || input.isPaused()) return;
      rest = rest.subarray(frame.end);
      average.take(readRequest(frame.body));
    }
  });
  input.on('end', () => {
    if (isHanging && settings.fault !== 'quit') setInterval(() => undefined, 1_000);
    else output.end();
  });
}

function frameOf(bytes: Buffer): { readonly body: Buffer; readonly end: number } | undefined {
  let size = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    size += (byte & 0x7f) * 2 ** (7 * at);
    if (byte >= 0x80) continue;
    const end = at + 1 + size;
    return end > bytes.length ? undefined : { body: bytes.subarray(at + 1, end), end };
  }
  return undefined;
}

function settingsOf(args: readonly string[]): Settings {
  const value = (name: string, otherwise: string): string => {
    const at = args.indexOf(name);
    return at < 0 ? otherwise : (args[at + 1] ?? otherwise);
  };
  return {
    wants: value('--wants', 'stream'),
    provides: value('--provides', 'stream'),
    socket: value('--socket', ''),
    fault: value('--fault', ''),
  };
}

const settings = settingsOf(process.argv.slice(2));
if (settings.socket === '') serve(settings, process.stdin, process.stdout);
else {
  const server = createServer({ allowHalfOpen: true }, (connection) => {
    connection.on('error', () => connection.destroy());
    serve(settings, connection, connection);
  });
  server.listen(settings.socket, () => process.stdout.write('listening\n'));
}
