/**
 * A file that is appended to and never grows beyond a limit: what is older lies in one file beside it. Writing is
 * synchronous, into the system's cache, so that a rename never meets a file that is not there yet. A failure (a full
 * disk) is told once and costs the rest of the file, never the lab.
 */
import { closeSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export class BoundedFile {
  private readonly file: string;
  private readonly limitBytes: number;
  private readonly onTrouble: (message: string) => void;
  private descriptor: number | null = null;
  private size = 0;

  constructor(file: string, limitBytes: number, onTrouble: (message: string) => void) {
    this.file = file;
    this.limitBytes = limitBytes;
    this.onTrouble = onTrouble;
    this.trying(() => {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      this.size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      this.descriptor = openSync(file, 'a', 0o600);
    });
  }

  append(text: string): void {
    const { descriptor } = this;
    if (descriptor === null) return;
    this.trying(() => {
      this.size += writeSync(descriptor, text);
      if (this.size < this.limitBytes) return;
      closeSync(descriptor);
      renameSync(this.file, `${this.file}.1`);
      this.descriptor = openSync(this.file, 'a', 0o600);
      this.size = 0;
    });
  }

  close(): void {
    if (this.descriptor !== null) closeSync(this.descriptor);
    this.descriptor = null;
  }

  private trying(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.descriptor = null;
      this.onTrouble(`${this.file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
