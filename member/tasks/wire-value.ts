/** A decoded request body: JSON whose integers beyond 2^53 are bigints. */
export type WireValue =
  null | boolean | number | bigint | string | readonly WireValue[] | { readonly [key: string]: WireValue };

export type WireObject = { readonly [key: string]: WireValue };

export function isWireObject(value: WireValue | undefined): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `Array.isArray` alone does not narrow read-only lists. */
export function isWireList(value: WireValue | undefined): value is readonly WireValue[] {
  return Array.isArray(value);
}
