/** Bessel functions of the first and second kind and integer order, to about 12 digits, with Go's special values. */

const eulerGamma = 0.5772156649015329;
/** From here on the asymptotic series reach full precision for orders 0 and 1. */
const farFrom = 25;
/** Orders beyond which no loop over orders is worth its time; the results are 0 or the leading term. */
const orderLimit = 1_000_000;

export function besselJ(order: number, x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (Math.abs(x) === Infinity) return 0;
  const n = Math.abs(order);
  const isOdd = n % 2 === 1;
  // J(-n, x) = J(n, -x) = (-1)^n J(n, x).
  const sign = isOdd && order < 0 !== x < 0 ? -1 : 1;
  const size = Math.abs(x);
  if (size === 0) return n === 0 ? 1 : 0;
  if (size * size < 4 * (n + 1)) return sign * seriesJ(n, size);
  if (n > orderLimit) return size > n ? sign * farJ(n, size) : 0;
  if (size >= farFrom && n <= 1) return sign * farJ(n, size);
  if (size >= farFrom && n < size) return sign * upwards(n, size, farJ(0, size), farJ(1, size));
  return sign * (downwards(size, n)[n] ?? 0);
}

export function besselY(order: number, x: number): number {
  if (Number.isNaN(x) || x < 0) return NaN;
  if (x === Infinity) return 0;
  const n = Math.abs(order);
  const sign = order < 0 && n % 2 === 1 ? -1 : 1;
  if (x === 0) return -sign * Infinity;
  if (n > orderLimit) return x > n ? sign * farY(n, x) : -sign * Infinity;
  const isFar = x >= farFrom;
  if (n === 0) return isFar ? farY(0, x) : nearY0(x);
  if (n === 1) return sign * (isFar ? farY(1, x) : nearY1(x));
  return sign * upwards(n, x, besselY(0, x), besselY(1, x));
}

/** (x/2)^n / n! · Σ (-x²/4)^k / (k! (n+1)…(n+k)). */
function seriesJ(n: number, x: number): number {
  let term = 1;
  if (n <= 170) for (let i = 1; i <= n; i++) term *= x / 2 / i;
  else term = Math.exp(n * Math.log(x / 2) - logFactorial(n));
  let sum = term;
  for (let k = 1; Math.abs(term) > Math.abs(sum) * 1e-17; k++) {
    term *= -(x * x) / 4 / (k * (n + k));
    sum += term;
  }
  return sum;
}

/** Stirling's series; n is large. */
function logFactorial(n: number): number {
  return n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + 1 / (12 * n) - 1 / (360 * n ** 3);
}

/** All orders up to `n` at once by Miller's backward recurrence, made absolute by J0 + 2 J2 + 2 J4 + … = 1. */
function downwards(x: number, n: number): Float64Array {
  const top = Math.max(n, Math.ceil(x));
  const start = 2 * Math.ceil((top + 30 + Math.sqrt(60 * top)) / 2);
  const values = new Float64Array(start + 2);
  values[start] = 1e-300;
  let norm = 0;
  for (let k = start; k > 0; k--) {
    const current = values[k] ?? 0;
    const next = (2 * k * current) / x - (values[k + 1] ?? 0);
    values[k - 1] = next;
    if (k % 2 === 0) norm += 2 * current;
    if (Math.abs(next) > 1e250) {
      for (let i = k - 1; i <= start; i++) values[i] = (values[i] ?? 0) * 1e-250;
      norm *= 1e-250;
    }
  }
  norm += values[0] ?? 0;
  return values.map((value) => value / norm);
}

/** The forward recurrence from orders 0 and 1, stable where the values do not fall with the order. */
function upwards(n: number, x: number, order0: number, order1: number): number {
  if (n === 0) return order0;
  let before = order0;
  let current = order1;
  for (let k = 1; k < n && current !== -Infinity; k++) [before, current] = [current, ((2 * k) / x) * current - before];
  return current;
}

/** Hankel's asymptotic sums P and Q, cut where the terms begin to grow. */
function hankel(n: number, x: number): readonly [number, number] {
  const m = 4 * n * n;
  let p = 1;
  let q = 0;
  let term = 1;
  for (let k = 1; k < 100; k++) {
    const next = (term * (m - (2 * k - 1) ** 2)) / (k * 8 * x);
    if (Math.abs(next) >= Math.abs(term) || next === 0) break;
    term = next;
    const signed = k % 4 < 2 ? term : -term;
    if (k % 2 === 1) q += signed;
    else p += signed;
    if (Math.abs(term) < 1e-18) break;
  }
  return [p, q];
}

function farJ(n: number, x: number): number {
  const [p, q] = hankel(n, x);
  const [sine, cosine] = shifted(n, x);
  return Math.sqrt(2 / (Math.PI * x)) * (p * cosine - q * sine);
}

function farY(n: number, x: number): number {
  const [p, q] = hankel(n, x);
  const [sine, cosine] = shifted(n, x);
  return Math.sqrt(2 / (Math.PI * x)) * (p * sine + q * cosine);
}

/** Sine and cosine of x - (n/2 + ¼)π, without subtracting from a large x. */
function shifted(n: number, x: number): readonly [number, number] {
  const sine = (Math.sin(x) - Math.cos(x)) * Math.SQRT1_2;
  const cosine = (Math.sin(x) + Math.cos(x)) * Math.SQRT1_2;
  switch (n % 4) {
    case 0:
      return [sine, cosine];
    case 1:
      return [-cosine, sine];
    case 2:
      return [-sine, -cosine];
    default:
      return [cosine, -sine];
  }
}

/** Neumann's series over the orders of the first kind. */
function nearY0(x: number): number {
  const j = ordersFor(x);
  let sum = 0;
  for (let k = 1; 2 * k < j.length; k++) sum += ((k % 2 === 1 ? 1 : -1) * (j[2 * k] ?? 0)) / k;
  return (2 / Math.PI) * ((Math.log(x / 2) + eulerGamma) * besselJ(0, x) + 2 * sum);
}

function nearY1(x: number): number {
  const j = ordersFor(x);
  let sum = 0;
  for (let k = 1; 2 * k + 1 < j.length; k++)
    sum += ((k % 2 === 1 ? 1 : -1) * (2 * k + 1) * (j[2 * k + 1] ?? 0)) / (k * (k + 1));
  return (2 / Math.PI) * ((Math.log(x / 2) + eulerGamma - 1) * besselJ(1, x) + sum - besselJ(0, x) / x);
}

/** All orders that matter; for a tiny x those from 2 on are nothing beside the rest. */
function ordersFor(x: number): Float64Array {
  return x < 1e-8 ? new Float64Array(0) : downwards(x, 2);
}
