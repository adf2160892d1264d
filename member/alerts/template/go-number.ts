/** A number literal of a template: its value as an integer and as a float, where it has one. Undefined when malformed. */
export function parseNumber(text: string): { readonly int: bigint | null; readonly float: number | null } | undefined {
  const clean = text.replaceAll('_', '');
  const sign = clean.startsWith('-') ? -1n : 1n;
  const digits = clean.replace(/^[+-]/, '');
  const int = parseInteger(digits);
  if (int !== undefined) {
    const value = sign * int;
    return BigInt.asIntN(64, value) === value
      ? { int: value, float: Number(value) }
      : { int: null, float: Number(value) };
  }
  if (!/^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(digits)) return undefined;
  const float = Number(clean);
  // As Go: a float without a fraction can stand for an integer.
  return { int: Number.isSafeInteger(float) ? BigInt(float) : null, float };
}

function parseInteger(digits: string): bigint | undefined {
  if (/^0[xX][\da-fA-F]+$/.test(digits) || /^0[oO][0-7]+$/.test(digits) || /^0[bB][01]+$/.test(digits))
    return BigInt(digits.toLowerCase());
  if (/^0[0-7]+$/.test(digits)) return BigInt(`0o${digits.slice(1)}`);
  return /^(?:0|[1-9]\d*)$/.test(digits) ? BigInt(digits) : undefined;
}
