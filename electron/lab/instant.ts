/** Times as the member writes them: RFC3339 with up to nine digits. Milliseconds lose; nanoseconds are exact. */

const pattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** Nanoseconds since 1970; undefined when the text is no such time. */
export function instantNs(text: string): bigint | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const seconds = Date.parse(`${match[1] ?? ''}${match[3] ?? ''}`) / 1000;
  return Number.isNaN(seconds) ? undefined : BigInt(seconds) * 1_000_000_000n + BigInt((match[2] ?? '').padEnd(9, '0'));
}

/** Milliseconds since 1970, rounded down; undefined when the text is no such time. */
export function instantMs(text: string): number | undefined {
  const ns = instantNs(text);
  return ns === undefined ? undefined : Number(ns / 1_000_000n);
}

/** `38 ms`, `2.03 s`, `4 min 12 s`. */
export function spanText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${Number((ms / 1_000).toFixed(2))} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}
