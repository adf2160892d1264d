/** What nodes do to the world, shown instead of done: everything succeeds and answers behind the call. */
import { ok } from '../../base/result.ts';
import { hasValue, timeNs } from '../../influx/block.ts';
import type { Block, WriteBody } from '../../influx/block.ts';
import { formatLine } from '../../influx/line-protocol/write.ts';
import type { LineField } from '../../influx/line-protocol/write.ts';
import type { HttpRequest, PipelineEnvironment } from '../environment.ts';
import type { SideloadFiles } from '../node-ports.ts';
import { silentFunctions } from './silent-function.ts';
import type { Watcher } from './watcher.ts';

export type EffectPorts = Pick<
  PipelineEnvironment,
  'http' | 'influx' | 'loopback' | 'sideload' | 'autoscale' | 'udf' | 'log'
>;

export interface EffectOptions {
  readonly node: string;
  readonly watcher: Watcher;
  /** Keeps an answer until the present step has ended. */
  readonly later: (answer: () => void) => void;
  readonly isFunction: (name: string) => boolean;
}

const noFiles: SideloadFiles = new Map();

export function effectPorts({ node, watcher, later, isFunction }: EffectOptions): EffectPorts {
  return {
    http: {
      // Which endpoints there are is the member's to know.
      endpoint: () => ({ rowTemplate: '' }),
      post: ({ target, headers, body }, done) => {
        watcher.sent(node, { kind: 'http-post', target: targetText(target), headers, body });
        later(() => done({ kind: 'answer', status: 200, body: '' }));
      },
    },
    influx: {
      check: () => ok(undefined),
      write: ({ consistency: _consistency, ...request }, done) => {
        watcher.sent(node, { kind: 'influx-write', ...request });
        later(() => done(null));
      },
      execute: (cluster, statement, done) => {
        watcher.sent(node, { kind: 'influx-query', cluster, statement });
        later(() => done(null));
      },
      // Queries do not run by the clock in a preview: their answers are part of the sample.
      select: () => () => {},
    },
    loopback: {
      write: (body) => {
        const [first] = body.blocks;
        const { database = '', retentionPolicy = '' } = first ?? {};
        watcher.sent(node, {
          kind: 'loopback',
          database,
          retentionPolicy,
          lines: linesOf(body),
          points: body.rowCount,
        });
        return ok(undefined);
      },
    },
    // A preview reads no files: every value is its default.
    sideload: { open: () => ok({ files: () => noFiles, close: () => {} }) },
    // One of everything runs, and whatever is asked for is done.
    autoscale: {
      cluster: (system, id) =>
        ok({
          replicas: (_resource, done) => later(() => done(ok(1))),
          setReplicas: ({ namespace, kind, name }, replicas, done) => {
            watcher.sent(node, { kind: 'scale', system, cluster: id, namespace, resourceKind: kind, name, replicas });
            later(() => done(ok(undefined)));
          },
        }),
    },
    udf: silentFunctions({
      isKnown: isFunction,
      later,
      took: (name, points) => watcher.sent(node, { kind: 'udf', function: name, points }),
    }),
    log: (entry) => watcher.log(entry),
  };
}

function targetText(target: HttpRequest['target']): string {
  return target.kind === 'url' ? target.url : target.name;
}

/** Of one write; what is shown of it is cut anyway. */
const linesShown = 100;

function linesOf({ blocks }: WriteBody): string {
  const lines: string[] = [];
  for (const block of blocks)
    for (let row = 0; row < block.length && lines.length < linesShown; row++) lines.push(lineOf(block, row));
  return lines.join('\n');
}

function lineOf(block: Block, row: number): string {
  const fields = block.fields.flatMap(({ name, column }): LineField[] => {
    const value = hasValue(column, row) ? column.values[row] : undefined;
    return value === undefined ? [] : [{ name, type: column.type, value }];
  });
  const tags = block.tagTable.at(block.tagIds[row] ?? 0).toRecord();
  const time = timeNs(block.seconds[row] ?? 0, block.nanos[row] ?? 0);
  return formatLine({ name: block.name, tags, fields, timeNs: time }, 1n);
}
