/**
 * A UDF node at work. Points wait until the function is initialized, and while it takes no more: writers are held back
 * by the backlog, and a task whose function stays behind without end fails. What fails ends this task alone.
 */
import { decodeBase64, encodeBase64 } from '../../../base/base64.ts';
import type { Millis } from '../../../base/deadline.ts';
import { never } from '../../../base/deadline.ts';
import { err, ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import type { JsonValue } from '../../../base/store.ts';
import type { Batch } from '../../engine/batch.ts';
import { Machine } from '../../engine/machine.ts';
import type { MachineContext } from '../../engine/machine.ts';
import { allRows } from '../../engine/rows.ts';
import type { Rows } from '../../engine/rows.ts';
import { UdfConversation } from './conversation.ts';
import type { UdfInstant } from './conversation.ts';
import type { InitRequest } from './messages.ts';
import { UdfInput } from './udf-input.ts';
import { UdfOutput } from './udf-output.ts';
import type { UdfConnection, UdfReceiver } from './udf-port.ts';

/** Points that may wait when more come. Writers over HTTP are held back long before; this is for what cannot be. */
const waitingLimit = 500_000;

export interface UdfMachineOptions {
  readonly functionName: string;
  readonly provides: 'stream' | 'batch';
  readonly options: InitRequest['options'];
}

export class UdfMachine extends Machine {
  private readonly options: UdfMachineOptions;
  private readonly input: UdfInput;
  private readonly output: UdfOutput;
  private connection: UdfConnection | undefined;
  private conversation: UdfConversation | undefined;
  private isFinished = false;
  private restored: Uint8Array | undefined;
  /** The state that the function told last, or was restored from. */
  private state: JsonValue | null = null;
  private readonly snapshotWaiters: (() => void)[] = [];

  constructor(context: MachineContext, options: UdfMachineOptions) {
    super(context);
    this.options = options;
    this.input = new UdfInput(context.groups, () =>
      this.report('failed to send point', 'unsupported field value type'),
    );
    this.output = new UdfOutput(context.groups, options.provides, {
      rows: (rows) => this.emitRows(rows, allRows(rows.length), rows.length),
      batch: (batch) => this.emitBatch(batch),
    });
  }

  override start(): Result<void, string> {
    const { functionName } = this.options;
    const opened = this.context.environment.udf?.open(functionName, this.receiver());
    if (opened === undefined) return err(`no such UDF ${functionName}`);
    if (!opened.ok) return opened;
    this.connection = opened.value;
    this.conversation = this.converse(opened.value);
    return ok(undefined);
  }

  override onRows(rows: Rows, selected: Int32Array, count: number): void {
    if (!this.takes()) return;
    this.input.addRows(rows, selected, count, this.readyConnection());
  }

  override onBatch(batch: Batch): void {
    if (!this.takes()) return;
    this.input.addBatch(batch, this.readyConnection());
  }

  /** Nothing of this in the protocol: it ends here, as in 1.5.4. */
  override onBarrier(): void {}

  override onDeleteGroup(): void {}

  override nextDeadline(): Millis {
    return this.conversation?.nextDeadline() ?? never;
  }

  override wake(): void {
    this.conversation?.wake(this.instant());
  }

  override backlog(): number {
    return this.input.waiting + (this.isFinishing() ? 1 : 0);
  }

  override finish(): void {
    this.isFinished = true;
    this.endInput();
  }

  override isFinishing(): boolean {
    return this.isFinished && this.conversation?.isOver === false;
  }

  override prepareSnapshot(done: () => void): void {
    if (this.conversation?.isReady !== true) {
      done();
      return;
    }
    this.conversation.askSnapshot();
    this.snapshotWaiters.push(done);
  }

  override snapshot(): JsonValue | null {
    return this.state;
  }

  override restore(snapshot: JsonValue): void {
    if (typeof snapshot !== 'string') return;
    this.restored = decodeBase64(snapshot);
    if (this.restored !== undefined) this.state = snapshot;
  }

  override close(): void {
    this.conversation?.stop();
    this.connection?.close();
    this.connection = undefined;
    this.input.clear();
    this.answerSnapshots();
  }

  private instant(): UdfInstant {
    const { clock } = this.context.environment;
    return { nowMs: clock.monotonicMs(), wallNs: clock.wallNs() };
  }

  /** False: what comes is dropped, as the task has ended or ends now. */
  private takes(): boolean {
    if (this.connection === undefined || this.isFinished) return false;
    if (this.input.waiting <= waitingLimit) return true;
    this.end(`UDF takes points too slowly: more than ${waitingLimit} wait for it`);
    return false;
  }

  private readyConnection(): UdfConnection | undefined {
    return this.conversation?.isReady === true ? this.connection : undefined;
  }

  private receiver(): UdfReceiver {
    const { outside, environment, name } = this.context;
    return {
      opened: () =>
        outside(() => {
          const { taskId } = environment;
          const request = { options: this.options.options, taskId, nodeId: name };
          this.conversation?.init(request, this.restored, this.instant());
          this.restored = undefined;
        }),
      received: (bytes) =>
        outside(() => {
          this.conversation?.received(bytes, this.instant());
          this.output.flush();
        }),
      drained: () => outside(() => this.proceed()),
      ended: (error) =>
        outside(() => {
          this.conversation?.ended(error);
          if (!this.isFinished || this.conversation?.isOver !== true) return;
          this.connection?.close();
          this.connection = undefined;
          this.answerSnapshots();
        }),
      logged: (text) => environment.log({ level: 'info', message: 'UDF log', node: name, fields: [['text', text]] }),
    };
  }

  private converse(connection: UdfConnection): UdfConversation {
    return new UdfConversation(connection.timeoutMs, {
      write: (bytes) => connection.write(bytes),
      ready: () => this.proceed(),
      info: () => undefined,
      snapshot: (bytes) => {
        this.state = bytes.length === 0 ? null : encodeBase64(bytes);
        this.answerSnapshots();
      },
      data: (kind, reader) => this.output.take(kind, reader),
      odd: (message, error) => this.report(message, error),
      failed: (reason) => this.end(reason),
    });
  }

  private proceed(): void {
    const connection = this.readyConnection();
    if (connection === undefined) return;
    this.input.write(connection);
    this.endInput();
  }

  /** Once everything is written. */
  private endInput(): void {
    const connection = this.readyConnection();
    if (!this.isFinished || connection === undefined || this.input.waiting > 0) return;
    connection.end();
    this.conversation?.end(this.instant());
  }

  /** What came in front of the failure still goes its way. */
  private end(reason: string): void {
    this.output.flush();
    this.context.fail(reason);
    this.close();
  }

  private answerSnapshots(): void {
    for (const done of this.snapshotWaiters.splice(0)) done();
  }
}
