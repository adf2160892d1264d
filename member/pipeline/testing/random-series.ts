/** Random series for tests against plain implementations: several groups, gaps, equal times, times in order. */
import fc from 'fast-check';

export interface SeriesPoint {
  /** '' when the point has no such tag. */
  readonly host: string;
  readonly core: string;
  /** In milliseconds. */
  readonly time: number;
  /** A multiple of a quarter: sums are exact. */
  readonly v: number;
}

const gap = fc.constantFrom(0, 0, 500, 1000, 1000, 1000, 2000, 5000, 13_000, 61_000);
const quarter = fc.integer({ min: -40, max: 40 }).map((value) => value / 4);

export function randomSeries(maxLength = 40, gapMs: fc.Arbitrary<number> = gap): fc.Arbitrary<readonly SeriesPoint[]> {
  return fc
    .array(fc.tuple(fc.constantFrom('a', 'b', ''), fc.constantFrom('0', '1'), gapMs, quarter), {
      maxLength,
      size: 'max',
    })
    .map((points) => {
      let time = 1_000_000;
      return points.map(([host, core, after, v]) => {
        time += after;
        return { host, core, time, v };
      });
    });
}

/** As line protocol. Integers when `isInt`, of the quarters. */
export function lineOf({ host, core, time, v }: SeriesPoint, measurement = 'm', isInt = false): string {
  const tags = `${host === '' ? '' : `,host=${host}`},core=${core}`;
  return `${measurement}${tags} v=${isInt ? `${v * 4}i` : v} ${time}000000`;
}

export interface PostedRow {
  readonly host: string;
  /** In milliseconds. */
  readonly time: number;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The rows of each body that `httpPost` sent, a list for each. */
export function postedRows(bodies: readonly unknown[]): readonly (readonly PostedRow[])[] {
  return bodies.map((body) => seriesOf(body).flatMap(rowsOf));
}

interface PostedSeries {
  readonly tags?: Readonly<Record<string, string>>;
  readonly columns?: readonly string[];
  readonly values?: readonly (readonly unknown[])[];
}

function seriesOf(body: unknown): readonly PostedSeries[] {
  // What a pipeline posts, as httpPost documents it.
  return (body as { readonly series?: readonly PostedSeries[] }).series ?? [];
}

function rowsOf({ tags, columns = [], values = [] }: PostedSeries): readonly PostedRow[] {
  return values.map((cells) => {
    const [time, ...fields] = cells;
    const named = fields.map((value, index) => [columns[index + 1] ?? '', value] as const);
    return { host: tags?.['host'] ?? '', time: Date.parse(String(time)), values: Object.fromEntries(named) };
  });
}
