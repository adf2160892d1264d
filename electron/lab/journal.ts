/**
 * The lab's journal: everything that happened, one JSON line each, in a file of bounded size with one predecessor.
 * It is what the timeline is drawn from and what a film of the lab is made of.
 */
import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import type { StampedObservation } from '../../member/base/observation.ts';
import type { AlertRecord, LinkFaultState } from '../contract/state.ts';
import type { ProcessInfo } from './supervisor.ts';

export type JournalEntry =
  | { readonly kind: 'lab'; readonly status: string }
  | { readonly kind: 'process'; readonly process: ProcessInfo }
  | { readonly kind: 'links'; readonly links: readonly LinkFaultState[] }
  | { readonly kind: 'observation'; readonly member: string; readonly observation: StampedObservation }
  | { readonly kind: 'alert'; readonly alert: AlertRecord }
  | { readonly kind: 'command'; readonly line: string; readonly error: string | null }
  | { readonly kind: 'trouble'; readonly message: string };

const limitBytes = 32 * 1024 * 1024;

export class Journal {
  private readonly file: string;
  private stream: WriteStream;
  private size: number;

  constructor(file: string) {
    this.file = file;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    this.size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    this.stream = this.open();
  }

  write(entry: JournalEntry): void {
    const line = `${JSON.stringify({ at: Date.now(), ...entry })}\n`;
    this.size += Buffer.byteLength(line);
    this.stream.write(line);
    if (this.size < limitBytes) return;
    this.stream.end();
    renameSync(this.file, `${this.file}.1`);
    this.size = 0;
    this.stream = this.open();
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.stream.end(() => resolve()));
  }

  private open(): WriteStream {
    const stream = createWriteStream(this.file, { flags: 'a', mode: 0o600 });
    // A full disk costs the journal, not the lab.
    stream.on('error', () => stream.destroy());
    return stream;
  }
}
