// Coefficients of W. J. Cody's rational Chebyshev approximations (1969), relative error below 1e-15 in each range.
const SMALL = {
  p: [3209.3775891384694, 377.485237685302, 113.86415415105016, 3.1611237438705655, 0.18577770618460315],
  q: [2844.236833439171, 1282.6165260773723, 244.02463793444417, 23.601290952344122],
} as const;
const MIDDLE = {
  p: [
    1230.3393547979972, 2051.0783778260716, 1712.0476126340707, 881.952221241769, 298.6351381974001, 66.11919063714163, 8.883149794388377,
    0.5641884969886701, 2.1531153547440383e-8,
  ],
  q: [
    1230.3393548037495, 3439.3676741437216, 4362.619090143247, 3290.7992357334597, 1621.3895745666903, 537.1811018620099, 117.6939508913125,
    15.744926110709835,
  ],
} as const;
const LARGE = {
  p: [0.0006587491615298378, 0.016083785148742275, 0.12578172611122926, 0.36034489994980445, 0.30532663496123236, 0.016315387137302097],
  q: [0.0023352049762686918, 0.06051834131244132, 0.5279051029514285, 1.8729528499234604, 2.568520192289822],
} as const;

/** Evaluates a polynomial whose coefficients begin with the constant; `lead` is the coefficient of the highest power. */
function polynomial(coefficients: readonly number[], x: number, lead?: number): number {
  const all = lead === undefined ? coefficients : [...coefficients, lead];
  return all.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}

// Complementary error function for x >= 0.
function erfcPositive(x: number): number {
  if (x <= 0.46875) return 1 - (x * polynomial(SMALL.p, x * x)) / polynomial(SMALL.q, x * x, 1);
  // Splitting the exponent keeps its relative error from growing with x.
  const coarse = Math.trunc(x * 16) / 16;
  const decay = Math.exp(-coarse * coarse) * Math.exp(-(x - coarse) * (x + coarse));
  if (x <= 4) return (decay * polynomial(MIDDLE.p, x)) / polynomial(MIDDLE.q, x, 1);
  const z = 1 / (x * x);
  const tail = (z * polynomial(LARGE.p, z)) / polynomial(LARGE.q, z, 1);
  return (decay * (1 / Math.sqrt(Math.PI) - tail)) / x;
}

/** Computes the distribution function of the standard normal, accurate far into both tails. @see Cody 1969 */
export function normalCdf(x: number): number {
  const scaled = Math.abs(x) / Math.SQRT2;
  const tail = erfcPositive(scaled) / 2;
  return x <= 0 ? tail : 1 - tail;
}

const CENTRE = {
  p: [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087, 33430.57558358813,
    2509.0809287301227,
  ],
  q: [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271, 28729.085735721943,
    5226.495278852854,
  ],
} as const;
const SHOULDER = {
  p: [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684, 0.2417807251774506,
    0.022723844989269184, 0.0007745450142783414,
  ],
  q: [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457, 0.0005475938084995345,
    1.0507500716444169e-9,
  ],
} as const;
const FAR = {
  p: [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124, 0.0012426609473880784,
    0.000027115555687434876, 2.0103343992922881e-7,
  ],
  q: [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 0.000018463183175100548, 1.421511758316446e-7,
    2.0442631033899397e-15,
  ],
} as const;

/** Computes the quantile of the standard normal for 0 < p < 1. @see Wichura 1988, algorithm AS 241 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(CENTRE.p, r)) / polynomial(CENTRE.q, r);
  }
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const { p: top, q: bottom } = r <= 5 ? SHOULDER : FAR;
  const z = r - (r <= 5 ? 1.6 : 5);
  const value = polynomial(top, z) / polynomial(bottom, z);
  return q < 0 ? -value : value;
}
