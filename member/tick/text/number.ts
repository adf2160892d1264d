/** Floats as Go's `strconv` writes and reads them. */

/** `FormatFloat(x, 'f', -1, 64)`: the shortest digits that read back, never an exponent. */
export function formatFloatPlain(x: number): string {
  if (Number.isNaN(x)) return 'NaN';
  if (!Number.isFinite(x)) return x > 0 ? '+Inf' : '-Inf';
  if (Object.is(x, -0)) return '-0';
  const text = String(x);
  const exponentAt = text.indexOf('e');
  if (exponentAt < 0) return text;
  const exponent = Number(text.slice(exponentAt + 1));
  const sign = text.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = text.slice(sign.length, exponentAt).split('.');
  const digits = whole + fraction;
  const pointAt = whole.length + exponent;
  if (pointAt <= 0) return `${sign}0.${'0'.repeat(-pointAt)}${digits}`;
  return `${sign}${digits.padEnd(pointAt, '0')}`;
}

/** `%v`: the shortest digits, with an exponent from 1e+06 on and below 1e-04. */
export function formatFloatShort(x: number): string {
  const size = Math.abs(x);
  if (size === 0 || !Number.isFinite(x) || (size >= 1e-4 && size < 1e6)) return formatFloatPlain(x);
  const [mantissa = '', exponent = ''] = x.toExponential().split('e');
  const power = exponent.slice(1).padStart(2, '0');
  return `${mantissa}e${exponent.startsWith('-') ? '-' : '+'}${power}`;
}

const plainFloat = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const hexFloat = /^([+-]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([+-]?\d+)$/;
const infinity = /^([+-]?)inf(?:inity)?$/i;

/** `ParseFloat`: the number, or why there is none. */
export function parseFloat64(text: string): number | 'invalid syntax' | 'value out of range' {
  const infinite = infinity.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return NaN;
  const value = plainFloat.test(text) ? Number(text) : parseHexFloat(text);
  if (value === undefined) return 'invalid syntax';
  return Number.isFinite(value) ? value : 'value out of range';
}

function parseHexFloat(text: string): number | undefined {
  const hex = hexFloat.exec(text);
  const [, sign, whole = '', fraction = '', exponent] = hex ?? [];
  if (whole + fraction === '') return undefined;
  const value = scaleExactly(BigInt(`0x${whole}${fraction}`), Number(exponent) - 4 * fraction.length);
  return sign === '-' ? -value : value;
}

/** `digits · 2^exponent`, rounded once. */
function scaleExactly(digits: bigint, exponent: number): number {
  if (digits === 0n) return 0;
  const bits = digits.toString(2).length;
  const lowestBit = Math.max(bits - 53, -1074 - exponent);
  if (bits + exponent > 1100) return Infinity;
  if (lowestBit <= 0) return Number(digits) * 2 ** exponent;
  if (lowestBit > bits + 1) return 0;
  const shift = BigInt(lowestBit);
  const kept = digits >> shift;
  const rest = digits - (kept << shift);
  const half = 1n << (shift - 1n);
  const rounded = rest > half || (rest === half && (kept & 1n) === 1n) ? kept + 1n : kept;
  // Two steps, as 2^exponent alone may be below the smallest number.
  const power = exponent + lowestBit;
  return power < -1022 ? Number(rounded) * 2 ** (power + 60) * 2 ** -60 : Number(rounded) * 2 ** power;
}
