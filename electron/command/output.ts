/** What a command prints: JSON lines or text on standard output, trouble on standard error. */
import type { EventLine } from './event-lines.ts';

export interface Output {
  /** One JSON line; nothing where people read. */
  event(line: EventLine): void;
  /** Text for people; nothing where JSON is wanted. */
  text(text: string): void;
  trouble(text: string): void;
}

export function outputTo(stdout: NodeJS.WritableStream, stderr: NodeJS.WritableStream, isJson: boolean): Output {
  return {
    event(line) {
      const { event, ...rest } = line;
      if (isJson) stdout.write(`${JSON.stringify({ event, time: new Date().toISOString(), ...rest })}\n`);
    },
    text(text) {
      if (!isJson) stdout.write(`${text}\n`);
    },
    trouble(text) {
      stderr.write(`kapacitor-lab: ${text}\n`);
    },
  };
}
