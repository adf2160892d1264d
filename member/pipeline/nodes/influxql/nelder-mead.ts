/**
 * The downhill simplex method with the steps InfluxDB 1.1 takes, in its order, so that it ends at the same
 * parameters. `objective` may change what it is given.
 */
export function minimize(
  objective: (at: number[]) => number,
  start: readonly number[],
  tolerance: number,
): { value: number; at: number[] } {
  const n = start.length;
  const corners = firstSimplex(start);
  const values = corners.map(objective);
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    const { worst, best, second } = ranks(values);
    const center = Array.from(
      { length: n },
      (_, i) => corners.reduce((sum, corner, index) => (index === worst ? sum : sum + (corner[i] ?? 0)), 0) / n,
    );
    const worstCorner = corners[worst] ?? [];
    const reflected = center.map((c, i) => c + reflection * (c - (worstCorner[i] ?? 0)));
    const atReflected = objective(reflected);
    const replace = (corner: readonly number[], value: number): void => {
      corners[worst] = [...corner];
      values[worst] = value;
    };
    const valueOf = (index: number): number => values[index] ?? 0;
    // The tests are made one after the other on values that the earlier ones may have changed.
    if (atReflected < valueOf(second) && atReflected >= valueOf(best)) replace(reflected, atReflected);
    if (atReflected < valueOf(best)) {
      const expanded = center.map((c, i) => c + expansion * ((reflected[i] ?? 0) - c));
      const atExpanded = objective(expanded);
      if (atExpanded < atReflected) replace(expanded, atExpanded);
      else replace(reflected, atReflected);
    }
    if (atReflected >= valueOf(second)) {
      const isOutside = atReflected < valueOf(worst) && atReflected >= valueOf(second);
      const contracted = isOutside
        ? center.map((c, i) => c + contraction * ((reflected[i] ?? 0) - c))
        : center.map((c, i) => c - contraction * (c - (corners[worst]?.[i] ?? 0)));
      const atContracted = objective(contracted);
      if (atContracted < valueOf(worst)) replace(contracted, atContracted);
      else {
        shrink(corners, best);
        values[worst] = objective(corners[worst] ?? []);
        values[second] = objective(corners[second] ?? []);
      }
    }
    if (deviation(values, n) < tolerance) break;
  }
  const { best } = ranks(values);
  const at = [...(corners[best] ?? [])];
  return { value: objective(corners[best] ?? []), at };
}

const maxIterations = 1000;
const reflection = 1;
const contraction = 0.5;
const expansion = 2;

function firstSimplex(start: readonly number[]): number[][] {
  const n = start.length;
  const far = (Math.sqrt(n + 1) - 1 + n) / (n * Math.SQRT2);
  const near = (Math.sqrt(n + 1) - 1) / (n * Math.SQRT2);
  const others = start.map((_, i) => start.map((value, j) => value + (i === j ? far : near)));
  return [[...start], ...others];
}

function ranks(values: readonly number[]): { worst: number; best: number; second: number } {
  const at = (index: number): number => values[index] ?? 0;
  let worst = 0;
  let best = 0;
  for (let i = 0; i < values.length; i++) {
    if (at(i) > at(worst)) worst = i;
    if (at(i) < at(best)) best = i;
  }
  let second = best;
  for (let i = 0; i < values.length; i++) if (at(i) > at(second) && at(i) < at(worst)) second = i;
  return { worst, best, second };
}

function shrink(corners: number[][], best: number): void {
  const center = corners[best] ?? [];
  corners.forEach((corner, index) => {
    if (index === best) return;
    for (let i = 0; i < corner.length; i++) corner[i] = (center[i] ?? 0) + ((corner[i] ?? 0) - (center[i] ?? 0)) / 2;
  });
}

function deviation(values: readonly number[], n: number): number {
  const average = values.reduce((sum, value) => sum + value, 0) / (n + 1);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - average) ** 2 / n, 0));
}
