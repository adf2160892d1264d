/** Lines of a socket. A peer that sends a line without end is hung up on. */
import type { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';

const lineLimit = 64 * 1024 * 1024;

export function readLines(socket: Socket, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest: string[] = [];
  let length = 0;
  socket.on('data', (chunk) => {
    const lines = (typeof chunk === 'string' ? chunk : decoder.write(chunk)).split('\n');
    for (const [i, part] of lines.entries()) {
      rest.push(part);
      length += part.length;
      if (i === lines.length - 1) break;
      const line = rest.join('');
      rest = [];
      length = 0;
      onLine(line);
    }
    if (length > lineLimit) socket.destroy();
  });
}
