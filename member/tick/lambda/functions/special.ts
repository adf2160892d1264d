/** Mathematical functions that JavaScript lacks, to about 14 digits, with Go's answers for special arguments. */

const sqrtPi = Math.sqrt(Math.PI);
/** Beyond this the continued fraction of erfc converges quickly; below it the series of erf does. */
const erfBoundary = 2;

export function erf(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x < 0) return -erf(-x);
  if (x >= erfBoundary) return 1 - erfcTail(x);
  // 2/√π e^(-x²) Σ 2^n x^(2n+1) / (2n+1)!!, whose terms are all positive.
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / sqrtPi) * sum * Math.exp(-x * x);
}

export function erfc(x: number): number {
  if (Number.isNaN(x)) return NaN;
  return x >= erfBoundary ? erfcTail(x) : 1 - erf(x);
}

/** e^(-x²)/√π · 1/(x + ½/(x + 1/(x + 3⁄2/(x + …)))), from the far end inwards. */
function erfcTail(x: number): number {
  if (x > 28) return 0;
  let fraction = x;
  for (let k = 120; k >= 1; k--) fraction = x + k / 2 / fraction;
  return Math.exp(-x * x) / sqrtPi / fraction;
}

/** Lanczos' approximation with g = 7 and nine terms. */
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

export function gamma(x: number): number {
  if (Number.isNaN(x) || x === -Infinity) return NaN;
  if (x === 0) return Object.is(x, -0) ? -Infinity : Infinity;
  if (x > 171.7) return Infinity;
  const isInteger = Number.isInteger(x);
  if (isInteger && x < 0) return NaN;
  if (isInteger && x <= 24) return factorial(x - 1);
  if (x < 0) return -Math.PI / (x * sinPi(x)) / gamma(-x);
  if (x < 0.5) return gamma(x + 1) / x;
  let sum = lanczos[0] ?? 0;
  for (let i = 1; i < lanczos.length; i++) sum += (lanczos[i] ?? 0) / (x - 1 + i);
  const base = x + 6.5;
  // The power in two halves, as the whole would overflow before the product does.
  const half = base ** ((x - 0.5) / 2);
  return Math.sqrt(2 * Math.PI) * half * Math.exp(-base) * half * sum;
}

/** sin(πx), exact about the whole numbers. */
function sinPi(x: number): number {
  const whole = Math.round(x);
  return Math.sin(Math.PI * (x - whole)) * (whole % 2 === 0 ? 1 : -1);
}

function factorial(n: number): number {
  let product = 1;
  for (let i = 2; i <= n; i++) product *= i;
  return product;
}

/** Fraction in [½, 1) and power of two whose product is x. */
export function frexp(x: number): readonly [number, number] {
  if (x === 0 || !Number.isFinite(x)) return [x, 0];
  // Subnormal numbers are scaled up first.
  const isTiny = Math.abs(x) < 2.2250738585072014e-308;
  const scaled = isTiny ? x * 2 ** 52 : x;
  let exponent = Math.max(-1023, Math.floor(Math.log2(Math.abs(scaled))) + 1);
  let fraction = scaled * 2 ** -exponent;
  // log2 may be off by one next to a power of two.
  while (Math.abs(fraction) < 0.5) {
    fraction *= 2;
    exponent--;
  }
  while (Math.abs(fraction) >= 1) {
    fraction /= 2;
    exponent++;
  }
  return [fraction, isTiny ? exponent - 52 : exponent];
}

/** fraction · 2^exponent. */
function ldexp(fraction: number, exponent: number): number {
  if (exponent > 1023) return fraction * 2 ** 1023 * 2 ** Math.min(exponent - 1023, 1023);
  if (exponent < -1022) return fraction * 2 ** Math.max(exponent + 53, -1074) * 2 ** -53;
  return fraction * 2 ** exponent;
}

export function logb(x: number): number {
  if (x === 0) return -Infinity;
  if (!Number.isFinite(x)) return x * x;
  return frexp(x)[1] - 1;
}

export function log2(x: number): number {
  const [fraction, exponent] = frexp(x);
  // Exact for powers of two.
  return fraction === 0.5 ? exponent - 1 : Math.log(fraction) * Math.LOG2E + exponent;
}

const log10Of2 = 0.3010299956639812;

/** By way of log2, as in Go, so that the last digits agree. */
export function log10(x: number): number {
  return log2(x) * log10Of2;
}

export function hypot(x: number, y: number): number {
  if (Math.abs(x) === Infinity || Math.abs(y) === Infinity) return Infinity;
  const long = Math.max(Math.abs(x), Math.abs(y));
  if (long === 0 || Number.isNaN(long)) return long;
  const ratio = Math.min(Math.abs(x), Math.abs(y)) / long;
  return long * Math.sqrt(1 + ratio * ratio);
}

export function max(x: number, y: number): number {
  return x === Infinity || y === Infinity ? Infinity : Math.max(x, y);
}

export function min(x: number, y: number): number {
  return x === -Infinity || y === -Infinity ? -Infinity : Math.min(x, y);
}

/** By repeated squaring of the fraction for the whole part of y, as Go does, so that the last digits agree. */
export function pow(x: number, y: number): number {
  if (y === 0 || x === 1) return 1;
  if (x === -1 && Math.abs(y) === Infinity) return 1;
  const size = Math.abs(y);
  if (x === 0 || !Number.isFinite(x) || !Number.isFinite(y) || size >= 2 ** 63 || (x < 0 && !Number.isInteger(y)))
    return x ** y;
  if (size === 0.5) return y > 0 ? Math.sqrt(x) : 1 / Math.sqrt(x);
  let whole = Math.trunc(size);
  let rest = size - whole;
  let result = 1;
  if (rest !== 0) {
    if (rest > 0.5) {
      rest -= 1;
      whole += 1;
    }
    result = Math.exp(rest * Math.log(x));
  }
  let exponent = 0;
  let [square, squareExponent] = frexp(x);
  for (; whole > 0; whole = Math.floor(whole / 2)) {
    if (Math.abs(squareExponent) > 4096) {
      exponent += squareExponent;
      break;
    }
    if (whole % 2 === 1) {
      result *= square;
      exponent += squareExponent;
    }
    square *= square;
    squareExponent *= 2;
    if (square < 0.5) {
      square += square;
      squareExponent--;
    }
  }
  return y < 0 ? ldexp(1 / result, -exponent) : ldexp(result, exponent);
}

export function pow10(n: number): number {
  if (n < -323) return 0;
  return n > 308 ? Infinity : Number(`1e${n}`);
}
