/**
 * `npm run sim -- --seed N [--trace]` runs one seed, `--seeds A..B [--state FILE]` many, going on where the state file
 * says an earlier call was stopped. `--short` gives the runs of the unit tests. Exit status 1 if an invariant broke.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { RunLength } from './drawn-options.ts';
import { failureText, runSeed, type RunReport } from './random-run.ts';

interface Asked {
  readonly from: number;
  readonly to: number;
  readonly isTraced: boolean;
  readonly length: RunLength;
  readonly stateFile: string | undefined;
}

const usage = 'usage: npm run sim -- --seed N | --seeds A..B [--short] [--trace] [--state FILE]';

function parse(args: readonly string[]): Asked | undefined {
  let asked: Asked = { from: 1, to: 100, isTraced: false, length: 'long', stateFile: undefined };
  for (let i = 0; i < args.length; i++) {
    const value = args[i + 1] ?? '';
    const range = /^(\d+)\.\.(\d+)$/.exec(value);
    switch (args[i]) {
      case '--seed':
        if (!/^\d+$/.test(value)) return undefined;
        asked = { ...asked, from: Number(value), to: Number(value) };
        i++;
        break;
      case '--seeds':
        if (range === null) return undefined;
        asked = { ...asked, from: Number(range[1]), to: Number(range[2]) };
        i++;
        break;
      case '--state':
        asked = { ...asked, stateFile: value };
        i++;
        break;
      case '--short':
        asked = { ...asked, length: 'short' };
        break;
      case '--trace':
        asked = { ...asked, isTraced: true };
        break;
      default:
        return undefined;
    }
  }
  return asked.to < asked.from ? undefined : asked;
}

/** The seed after the last one that was finished, if the file tells of the same range. */
function resumeAt({ from, to, stateFile }: Asked): number {
  if (stateFile === undefined) return from;
  try {
    const state: unknown = JSON.parse(readFileSync(stateFile, 'utf8'));
    if (typeof state !== 'object' || state === null || !('range' in state) || !('next' in state)) return from;
    return state.range === `${from}..${to}` && typeof state.next === 'number' ? state.next : from;
  } catch {
    // No file yet: the beginning.
    return from;
  }
}

function summary({ seed, violations, done }: RunReport): string {
  const figures = Object.entries(done).map(([name, value]) => `${name} ${value}`);
  return `seed ${seed}: ${violations.length === 0 ? 'ok' : 'BROKEN'} (${figures.join(', ')})`;
}

async function main(): Promise<number> {
  const asked = parse(process.argv.slice(2));
  if (asked === undefined) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  let failures = 0;
  for (let seed = resumeAt(asked); seed <= asked.to; seed++) {
    const report = await runSeed(
      seed,
      asked.length,
      asked.isTraced ? (line) => process.stdout.write(`${line}\n`) : undefined,
    );
    process.stdout.write(`${summary(report)}\n`);
    if (report.violations.length > 0) {
      failures++;
      process.stdout.write(`${failureText(report)}\n`);
    }
    if (asked.stateFile !== undefined)
      writeFileSync(asked.stateFile, JSON.stringify({ range: `${asked.from}..${asked.to}`, next: seed + 1 }));
  }
  process.stdout.write(`${failures === 0 ? 'all invariants held' : `${failures} seeds broke an invariant`}\n`);
  return failures === 0 ? 0 : 1;
}

process.exitCode = await main();
