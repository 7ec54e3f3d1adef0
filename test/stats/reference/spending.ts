import { sequentialBoundary, sequentialCritical } from "../../../src/stats/group-sequential.ts";
import { normalCdf, normalQuantile } from "../../../src/stats/normal.ts";
import { studentTQuantile } from "../../../src/stats/student-t.ts";

/** How the error probability is spread over the rounds; gates use the power family, the other two are there to check the table's method. */
export type Spending = "power-family" | "obrien-fleming" | "pocock";

// By level (0.05, 0.025, 0.01) and number of rounds, for equally spaced information.
const LEVELS = [0.05, 0.025, 0.01];
const BOUNDARIES: Readonly<Record<Exclude<Spending, "power-family">, readonly (readonly (readonly number[])[])[]>> = {
  "obrien-fleming": [
    [
      [1.644854],
      [2.537988, 1.662107],
      [3.200102, 2.140815, 1.694812],
      [3.749552, 2.539943, 2.01607, 1.720177],
      [4.229195, 2.888137, 2.29809, 1.961821, 1.739704],
    ],
    [
      [1.959964],
      [2.962588, 1.968596],
      [3.710303, 2.511427, 1.993047],
      [4.332634, 2.963132, 2.359044, 2.01409],
      [4.876885, 3.357012, 2.68028, 2.289817, 2.031032],
    ],
    [
      [2.326348],
      [3.46037, 2.32983],
      [4.310615, 2.947171, 2.346066],
      [5.020122, 3.460468, 2.764925, 2.362548],
      [5.641579, 3.908376, 3.132366, 2.67868, 2.37666],
    ],
  ],
  pocock: [
    [
      [1.644854],
      [1.866214, 1.884875],
      [2.002014, 1.993797, 1.980304],
      [2.099903, 2.076712, 2.053163, 2.034769],
      [2.176211, 2.143748, 2.113285, 2.089599, 2.070998],
    ],
    [
      [1.959964],
      [2.156999, 2.200977],
      [2.279428, 2.294911, 2.29594],
      [2.368328, 2.367524, 2.358168, 2.350036],
      [2.437977, 2.426814, 2.410194, 2.396649, 2.386],
    ],
    [
      [2.326348],
      [2.500486, 2.565041],
      [2.609908, 2.645473, 2.658574],
      [2.689894, 2.708552, 2.71139, 2.71187],
      [2.75285, 2.760537, 2.756087, 2.751273, 2.747329],
    ],
  ],
};

/** Looks up the boundary for any of the three ways to spend. @see Lan and DeMets 1983; Kim and DeMets 1987 (power family) */
export function boundaryOf(spending: Spending, alpha: number, rounds: number): readonly number[] | null {
  if (spending === "power-family") return sequentialBoundary(alpha, rounds);
  return BOUNDARIES[spending][LEVELS.indexOf(alpha)]?.[rounds - 1] ?? null;
}

/** Computes the critical value after one round for any of the three ways to spend. @see Jennison and Turnbull 1989 */
export function criticalOf(spending: Spending, look: Parameters<typeof sequentialCritical>[0]): number {
  if (spending === "power-family") return sequentialCritical(look);
  const z = boundaryOf(spending, look.alpha, look.rounds)?.[look.round - 1] ?? Number.NaN;
  return -studentTQuantile(normalCdf(-z), look.degreesOfFreedom);
}

/**
 * Share of the error probability that may be spent once this fraction of the planned information is in.
 *
 * @see Lan and DeMets 1983; Kim and DeMets 1987
 */
export function spentAlpha(alpha: number, fraction: number, spending: Spending): number {
  if (spending === "power-family") return alpha * fraction * fraction;
  if (spending === "pocock") return alpha * Math.log(1 + (Math.E - 1) * fraction);
  return 2 * normalCdf(-normalQuantile(1 - alpha / 2) / Math.sqrt(fraction));
}
