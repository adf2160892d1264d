/** Where log lines go: standard error, standard output or a file. Lines of one turn are written together. */
import { closeSync, mkdirSync, openSync, write, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { err, ok, type Result } from '../../base/result.ts';

export interface LineSink {
  write(line: string): void;
  close(): Promise<void>;
}

/**
 * `target` is `STDERR`, `STDOUT` or a path, whose folder is made. A file is opened for appending at once, so that
 * a wrong path stops the start.
 */
export function openLineSink(target: string): Result<LineSink, string> {
  if (target === 'STDERR' || target === 'STDOUT') {
    const stream = target === 'STDERR' ? process.stderr : process.stdout;
    // A closed pipe must not end the member: it keeps working without a reader of its log.
    stream.on('error', () => undefined);
    return ok(
      batched(
        (text, done) => void stream.write(text, () => done()),
        () => undefined,
      ),
    );
  }
  try {
    mkdirSync(dirname(target), { recursive: true });
    const fd = openSync(target, 'a', 0o640);
    return ok(
      batched(
        (text, done) => write(fd, text, done),
        () => closeSync(fd),
        (text) => void writeSync(fd, text),
      ),
    );
  } catch (error) {
    return err(`cannot open the log file ${target}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function batched(
  append: (text: string, done: (error?: Error | null) => void) => void,
  release: () => void,
  appendNow?: (text: string) => void,
): LineSink {
  let waiting = '';
  let isWriting = false;
  let isScheduled = false;
  let hasClosed = false;
  let onIdle: (() => void) | undefined;

  const flush = (): void => {
    isScheduled = false;
    if (isWriting) return;
    if (waiting === '') {
      onIdle?.();
      return;
    }
    const text = waiting;
    waiting = '';
    isWriting = true;
    append(text, () => {
      isWriting = false;
      flush();
    });
  };
  const onExit = (): void => {
    if (waiting !== '' && appendNow !== undefined) appendNow(waiting);
  };
  process.once('exit', onExit);

  return {
    write(line) {
      if (hasClosed) return;
      waiting += line;
      if (isScheduled || isWriting) return;
      isScheduled = true;
      setImmediate(flush);
    },
    close: () =>
      new Promise<void>((resolve) => {
        hasClosed = true;
        onIdle = () => {
          process.off('exit', onExit);
          release();
          resolve();
        };
        flush();
      }),
  };
}
