import { err, ok, type Result } from '../base/result.ts';
import { levels, type Level } from './publication.ts';

const ranks: Readonly<Record<Level, number>> = { OK: 0, INFO: 1, WARNING: 2, CRITICAL: 3 };

/** OK 0, INFO 1, WARNING 2, CRITICAL 3. */
export function levelRank(level: Level): number {
  return ranks[level];
}

export function isLevel(value: unknown): value is Level {
  return typeof value === 'string' && Object.hasOwn(ranks, value);
}

/** The level of a rank; ranks come from `levelRank` or from lambdas over the four constants. */
export function levelOfRank(rank: number): Level {
  return levels[rank] ?? 'OK';
}

const allNames = levels.join('');
const starts: ReadonlyMap<number, Level> = new Map(levels.map((level) => [allNames.indexOf(level), level]));

/**
 * A level as the API's `min-level` writes it: any case, any prefix, empty is OK. As 1.5.4 does, the text is
 * looked up in the four names written together, so `infowarn` is INFO. The message is the original's.
 */
export function parseLevel(text: string): Result<Level, string> {
  const upper = text.toUpperCase();
  const level = starts.get(allNames.indexOf(upper));
  return level === undefined ? err(`unknown alert level '${upper}'`) : ok(level);
}
