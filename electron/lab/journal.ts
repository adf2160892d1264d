/**
 * The lab's journal: everything that happened, one JSON line each, in a file of bounded size with one predecessor.
 * It is what the timeline is drawn from and what a film of the lab is made of.
 */
import type { StampedObservation } from '../../member/base/observation.ts';
import type { AlertRecord, LinkFaultState } from '../contract/state.ts';
import { BoundedFile } from './bounded-file.ts';
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
  private readonly file: BoundedFile;

  constructor(file: string) {
    // A journal that cannot be written costs the timeline's past, and nothing else: nobody needs to be told.
    this.file = new BoundedFile(file, limitBytes, () => undefined);
  }

  write(entry: JournalEntry): void {
    this.file.append(`${JSON.stringify({ at: Date.now(), ...entry })}\n`);
  }

  close(): void {
    this.file.close();
  }
}
