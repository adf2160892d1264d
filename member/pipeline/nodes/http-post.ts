import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { method, variadicMethod } from '../../tick/evaluate/describe.ts';
import type { ObjectDefinition } from '../../tick/evaluate/describe.ts';
import type { ResultRow } from '../../influx/result.ts';
import type { HttpOutcome, HttpRequest } from '../environment.ts';
import { PartBatch } from '../engine/batch.ts';
import type { Batch } from '../engine/batch.ts';
import { SeenGroups } from '../engine/group-states.ts';
import type { Group } from '../engine/groups.ts';
import { Machine } from '../engine/machine.ts';
import type { Barrier, MachineContext } from '../engine/machine.ts';
import { batchRow, pointRow } from '../engine/result-rows.ts';
import { plainBody, rowTemplate } from '../engine/row-template.ts';
import type { RowTemplate } from '../engine/row-template.ts';
import type { Rows, RowSelection } from '../engine/rows.ts';
import { chainNode } from '../graph/chain-node.ts';
import type { NodeModule } from '../graph/chain-node.ts';
import { PipelineNode } from '../graph/node.ts';
import type { EdgeType, Graph } from '../graph/node.ts';
import { durationField, textField } from '../graph/own-field.ts';

const httpPostDefinition: ObjectDefinition<HttpPostNode> = {
  goType: '*pipeline.HTTPPostNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    endpoint: method(['string'], (node, [name]) => {
      node.endpoints.push(name);
    }),
    header: method(['string', 'string'], (node, [name, value]) => {
      node.headers.set(name, value);
    }),
    captureResponse: method([], (node) => {
      node.capturesResponse = true;
    }),
    codeField: textField('codeField'),
    timeout: durationField('timeoutNs'),
  },
  chainMethods: {},
};

/** `httpPost`: posts every point or batch, one after the other; what was posted goes on. */
class HttpPostNode extends PipelineNode {
  readonly definition = httpPostDefinition;
  readonly kind = 'http_post';
  readonly urls: readonly string[];
  readonly endpoints: string[] = [];
  readonly headers = new Map<string, string>();
  capturesResponse = false;
  codeField = '';
  timeoutNs = 0n;

  constructor(graph: Graph, edge: EdgeType, urls: readonly string[]) {
    super(graph, edge, edge);
    this.urls = urls;
  }

  override validate(): string | undefined {
    const { urls, endpoints } = this;
    if (urls.length >= 2) return `httpPost expects 0 or 1 arguments, got ${urls.length}`;
    if (endpoints.length > 1) return `httpPost expects 0 or 1 endpoints, got ${endpoints.length}`;
    if (urls.length === 0 && endpoints.length === 0) return 'must provide url or endpoint';
    if (urls.length > 0 && endpoints.length > 0) return 'only one endpoint and url may be specified';
    const isForbidden = [...this.headers.keys()].some((name) => name.toUpperCase() === 'AUTHENTICATE');
    return isForbidden ? "cannot set 'authenticate' header" : undefined;
  }

  override createMachine(context: MachineContext): Result<Machine, string> {
    const [url] = this.urls;
    if (url !== undefined) return ok(new HttpPostMachine(context, this, { kind: 'url', url }, undefined));
    const name = this.endpoints[0] ?? '';
    const endpoint = context.environment.http.endpoint(name);
    if (endpoint === undefined) return err(`endpoint '${name}' does not exist`);
    const template = endpoint.rowTemplate === '' ? ok(undefined) : rowTemplate(endpoint.rowTemplate);
    return template.ok ? ok(new HttpPostMachine(context, this, { kind: 'endpoint', name }, template.value)) : template;
  }
}

type Waiting =
  | { readonly kind: 'point'; readonly rows: Rows; readonly row: number }
  | { readonly kind: 'batch'; readonly batch: Batch }
  | { readonly kind: 'barrier'; readonly barrier: Barrier }
  | { readonly kind: 'delete'; readonly group: Group };

class HttpPostMachine extends Machine {
  private readonly node: HttpPostNode;
  private readonly target: HttpRequest['target'];
  private readonly template: RowTemplate | undefined;
  private readonly seen = new SeenGroups();
  /** What has not been posted yet, the first of it being posted when `isPosting`. */
  private waiting: Waiting[] = [];
  private next = 0;
  private isPosting = false;
  private isClosed = false;

  constructor(
    context: MachineContext,
    node: HttpPostNode,
    target: HttpRequest['target'],
    template: RowTemplate | undefined,
  ) {
    super(context);
    this.node = node;
    this.target = target;
    this.template = template;
  }

  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    this.seen.addRows(rows.groups, selected, count, this.context.groups.size);
    for (let i = 0; i < count; i++) this.waiting.push({ kind: 'point', rows, row: selected[i] ?? 0 });
    this.proceed();
  }

  override onBatch(batch: Batch): void {
    this.seen.add(batch.header.group);
    this.waiting.push({ kind: 'batch', batch: new PartBatch(batch.header, batch.parts()) });
    this.proceed();
  }

  override onBarrier(barrier: Barrier): void {
    this.seen.add(barrier.group);
    this.waiting.push({ kind: 'barrier', barrier });
    this.proceed();
  }

  override onDeleteGroup(group: Group): void {
    if (!this.seen.delete(group)) return;
    this.waiting.push({ kind: 'delete', group });
    this.proceed();
  }

  override cardinality(): number {
    return this.seen.size;
  }

  override backlog(): number {
    return this.waiting.length - this.next;
  }

  /** What waits is still posted, but goes nowhere from here. */
  override close(): void {
    this.isClosed = true;
  }

  /** Works off what needs no answer, until a post is on its way. */
  private proceed(): void {
    while (!this.isPosting) {
      const first = this.waiting[this.next];
      if (first === undefined) break;
      if (first.kind === 'barrier') {
        if (!this.isClosed) this.emitBarrier(first.barrier);
      } else if (first.kind === 'delete') {
        if (!this.isClosed) this.emitDeleteGroup(first.group);
      } else {
        const body = this.body(first.kind === 'point' ? pointRow(first.rows, first.row) : batchRow(first.batch));
        if (body.ok) {
          this.send(first, body.value);
          return;
        }
        this.report('failed to POST data', body.error);
        this.emitPosted(first, 0);
      }
      this.advance();
    }
  }

  private advance(): void {
    this.next++;
    if (this.next < 1024 && this.next < this.waiting.length) return;
    this.waiting = this.waiting.slice(this.next);
    this.next = 0;
  }

  private body(row: ResultRow): Result<string, string> {
    if (this.template === undefined) return plainBody(row);
    const rendered = this.template(row);
    return rendered.ok ? rendered : err(`failed to execute template: ${rendered.error}`);
  }

  private send(posted: Waiting, body: string): void {
    const headers: Record<string, string> = this.template === undefined ? { 'Content-Type': 'application/json' } : {};
    for (const [name, value] of this.node.headers) headers[name] = value;
    const request = {
      target: this.target,
      headers,
      body,
      timeoutNs: this.node.timeoutNs,
      captureResponse: this.node.capturesResponse,
    };
    this.isPosting = true;
    this.context.environment.http.post(request, (outcome) => {
      const goOn = (): void => {
        this.isPosting = false;
        this.emitPosted(posted, this.codeOf(outcome));
        this.advance();
        this.proceed();
      };
      if (this.isClosed) goOn();
      else this.context.outside(goOn);
    });
  }

  private codeOf(outcome: HttpOutcome): number {
    if (outcome.kind === 'failed') {
      this.report('failed to POST data', outcome.reason);
      return 0;
    }
    if (Math.floor(outcome.status / 100) !== 2) {
      const reason = this.node.capturesResponse
        ? outcome.body
        : 'unknown error, use .captureResponse() to capture the HTTP response';
      this.report('POST returned non 2xx status code', reason, ['code', String(outcome.status)]);
    }
    return outcome.status;
  }

  private emitPosted(posted: Waiting, code: number): void {
    if (this.isClosed) return;
    if (posted.kind === 'point') {
      const { rows, selected } = this.withCode(
        { rows: posted.rows, selected: Int32Array.of(posted.row), count: 1 },
        code,
      );
      this.emitRows(rows, selected, 1);
    } else if (posted.kind === 'batch') {
      this.emitBatch(
        new PartBatch(
          posted.batch.header,
          posted.batch.parts().map((part) => this.withCode(part, code)),
        ),
      );
    }
  }

  private withCode(part: RowSelection, code: number): RowSelection {
    const { codeField } = this.node;
    if (codeField === '') return part;
    const values = new Float64Array(part.rows.length).fill(code);
    const fields = [
      ...part.rows.fields.filter(({ name }) => name !== codeField),
      { name: codeField, column: { type: 'int' as const, values } },
    ];
    return { ...part, rows: { ...part.rows, fields } };
  }
}

export const httpPostModule: NodeModule = {
  chainMethods: {
    httpPost: variadicMethod([], 'string', (parent: PipelineNode, _args, urls) =>
      parent.link(new HttpPostNode(parent.graph, parent.provides, urls)),
    ),
  },
};
