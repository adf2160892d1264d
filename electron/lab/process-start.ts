/** When a process started, in the kernel's clock ticks since boot: with the pid it names a process for good. */
import { readFileSync } from 'node:fs';

/** Empty where the system does not tell (no /proc), or the process is gone. */
export function processStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Field 22; the second field (the program's name, in parentheses) may hold blanks.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** One letter of /proc (`R`, `S`, `T` for stopped, `Z`), or empty. */
export function processLetter(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  } catch {
    return '';
  }
}
