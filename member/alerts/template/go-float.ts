/** Floats as Go's strconv writes them: exact decimals, ties to even. */

interface Decimal {
  /** Significant digits without leading zeros; `0` for zero. */
  readonly digits: string;
  /** Power of ten of the first digit. */
  readonly exponent: number;
}

/** The shortest digits that read back as the same float. */
function shortest(value: number): Decimal {
  const [mantissa = '0', exponent = '0'] = Math.abs(value).toExponential().split('e');
  return { digits: mantissa.replace('.', ''), exponent: Number(exponent) };
}

/** A finite positive float as an integer times a power of two. */
function parts(value: number): { readonly mantissa: bigint; readonly power: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  return biased === 0
    ? { mantissa: fraction, power: -1074 }
    : { mantissa: fraction | 0x10000000000000n, power: biased - 1075 };
}

/** `value × 10^scale` rounded to an integer, halves to even. */
function scaled(value: number, scale: number): bigint {
  const { mantissa, power } = parts(value);
  let numerator = mantissa;
  let denominator = 1n;
  if (scale >= 0) numerator *= 10n ** BigInt(scale);
  else denominator *= 10n ** BigInt(-scale);
  if (power >= 0) numerator <<= BigInt(power);
  else denominator <<= BigInt(-power);
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  return twice > denominator || (twice === denominator && quotient % 2n === 1n) ? quotient + 1n : quotient;
}

/** Exactly `count` significant digits. */
function rounded(value: number, count: number): Decimal {
  if (value === 0) return { digits: '0'.repeat(count), exponent: 0 };
  let { exponent } = shortest(value);
  // The shortest form may have been rounded up over a power of ten.
  if (scaled(value, -exponent) === 0n || scaled(value, 20 - exponent) < 10n ** 20n) exponent--;
  const digits = scaled(value, count - 1 - exponent).toString();
  return digits.length > count ? { digits: digits.slice(0, count), exponent: exponent + 1 } : { digits, exponent };
}

/** As `strconv.FormatFloat(value, verb, precision, 64)`; precision -1 is the shortest that reads back equal. */
export function formatFloat(value: number, verb: 'e' | 'E' | 'f' | 'F' | 'g' | 'G', precision: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const abs = Math.abs(value);
  if (verb === 'e' || verb === 'E')
    return sign + exponential(precision < 0 ? shortest(abs) : rounded(abs, precision + 1), verb);
  if (verb === 'f' || verb === 'F') return sign + fixed(abs, precision);
  const count = precision === 0 ? 1 : precision;
  const decimal = count < 0 ? shortest(abs) : stripZeros(rounded(abs, count));
  // The exponent from which on the exponential form is used: 21 is JSON's business, not this one's.
  let limit = count;
  if (limit > decimal.digits.length && decimal.digits.length >= decimal.exponent + 1) limit = decimal.digits.length;
  if (count < 0) limit = 6;
  if (decimal.exponent < -4 || decimal.exponent >= limit) return sign + exponential(decimal, verb === 'g' ? 'e' : 'E');
  return sign + plain(decimal);
}

function stripZeros({ digits, exponent }: Decimal): Decimal {
  return { digits: digits.replace(/0+$/, '') || '0', exponent };
}

function exponential({ digits, exponent }: Decimal, letter: string): string {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${digits[0] ?? '0'}${fraction}${letter}${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function fixed(abs: number, precision: number): string {
  if (precision < 0) return plain(shortest(abs));
  const text = scaled(abs, precision)
    .toString()
    .padStart(precision + 1, '0');
  return precision === 0 ? text : `${text.slice(0, -precision)}.${text.slice(-precision)}`;
}

function plain({ digits, exponent }: Decimal): string {
  if (exponent < 0) return digits === '0' ? '0' : `0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return digits.padEnd(exponent + 1, '0');
  return `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}
