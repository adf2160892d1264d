/** Where two recordings differ, as the conformance runner compares them; null when they agree. */
export function difference(wanted: unknown, got: unknown, path = '$', isUnordered = false): string | null {
  if (typeof wanted === 'number' && typeof got === 'number')
    return isNear(wanted, got) ? null : `${path}: want ${wanted}, got ${got}`;
  if (Array.isArray(wanted) && Array.isArray(got)) return listDifference(wanted, got, path, isUnordered);
  if (isRecord(wanted) && isRecord(got)) {
    for (const key of new Set([...Object.keys(wanted), ...Object.keys(got)])) {
      const found = difference(wanted[key], got[key], `${path}.${key}`, isUnordered);
      if (found !== null) return found;
    }
    return null;
  }
  return wanted === got ? null : `${path}: want ${shown(wanted)}, got ${shown(got)}`;
}

function listDifference(
  wanted: readonly unknown[],
  got: readonly unknown[],
  path: string,
  isUnordered: boolean,
): string | null {
  if (wanted.length !== got.length)
    return `${path}: want ${wanted.length} items, got ${got.length}: want ${shown(wanted)}, got ${shown(got)}`;
  const isFree = isUnordered && /\.(posts\.[^.[]*|series)$/.test(path);
  const a = isFree ? sorted(wanted) : wanted;
  const b = isFree ? sorted(got) : got;
  for (const [index, item] of a.entries()) {
    const found = difference(item, b[index], `${path}[${index}]`, isUnordered);
    if (found !== null) return found;
  }
  return null;
}

function sorted(items: readonly unknown[]): readonly unknown[] {
  return items.toSorted((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isRecord(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}

function isNear(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 400);
}
