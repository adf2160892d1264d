/** One TCP connection per message: connect, write, close (the `tcp` handler). */
import { connect } from 'node:net';

/** `done` gets null once the text was written and the connection is closed, else what went wrong. */
export function sendTcp(address: string, text: string, timeoutMs: number, done: (error: string | null) => void): void {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(address);
  if (match === null) {
    queueMicrotask(() => done(`address ${address}: must be host:port`));
    return;
  }
  const host = match[1] ?? match[2] ?? '';
  const socket = connect({ host: host === '' ? 'localhost' : host, port: Number(match[3]) });
  let isOver = false;
  const finish = (error: string | null): void => {
    if (isOver) return;
    isOver = true;
    socket.destroy();
    done(error);
  };
  socket.setTimeout(timeoutMs, () => finish(`dial tcp ${address}: i/o timeout`));
  socket.on('error', (error) => finish(`dial tcp ${address}: ${error.message}`));
  socket.on('connect', () => socket.end(text));
  // What the peer says is of no interest; its end of the stream is not waited for.
  socket.resume();
  socket.on('finish', () => finish(null));
  socket.on('close', () => finish('connection closed before the text was sent'));
}
