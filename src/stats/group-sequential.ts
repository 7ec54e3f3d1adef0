import { normalCdf, normalQuantile } from "./normal.ts";
import { studentTQuantile } from "./student-t.ts";

/**
 * How the error probability is spread over the rounds: the earlier it is spent, the sooner a run may stop and the less power is left for its end.
 */
export type Spending = "power-family" | "obrien-fleming" | "pocock";

/** The one-sided error probability of a gate, and the most rounds it may take; `spending` is the power family unless named. */
export type SequentialPlan = { readonly alpha: number; readonly rounds: number; readonly spending?: Spending | undefined };

/** Levels and numbers of rounds that are tabled. */
export const SEQUENTIAL_LEVELS: readonly number[] = [0.05, 0.025, 0.01];
export const MAX_ROUNDS = 5;

// Standard normal boundaries by level and number of rounds, for equally spaced information, from recursive numerical integration (Armitage, McPherson and
// Rowe 1969) of the spending functions below. Where effects differ between tasks, looks correlate more than assumed here, and the table is on the safe side.
const BOUNDARIES: Readonly<Record<Spending, readonly (readonly (readonly number[])[])[]>> = {
  "power-family": [
    [
      [1.644854],
      [2.241403, 1.699699],
      [2.539185, 2.068664, 1.740692],
      [2.734369, 2.30187, 2.010185, 1.76919],
      [2.878162, 2.470229, 2.200954, 1.98182, 1.790237],
    ],
    [
      [1.959964],
      [2.497705, 2.01831],
      [2.772921, 2.347272, 2.061914],
      [2.955167, 2.55935, 2.300855, 2.091967],
      [3.090232, 2.714112, 2.472777, 2.279863, 2.114028],
    ],
    [
      [2.326348],
      [2.807034, 2.387281],
      [3.058804, 2.678267, 2.433123],
      [3.227218, 2.869261, 2.643377, 2.464513],
      [3.352795, 3.010071, 2.796882, 2.629341, 2.487445],
    ],
  ],
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

/**
 * Critical values, one a round, that keep a gate which may stop after each round at its error probability; null where none are tabled.
 *
 * @see Lan and DeMets 1983; Kim and DeMets 1987 (power family)
 */
export function sequentialBoundary(alpha: number, rounds: number, spending: Spending = "power-family"): readonly number[] | null {
  return BOUNDARIES[spending][SEQUENTIAL_LEVELS.indexOf(alpha)]?.[rounds - 1] ?? null;
}

/**
 * Critical value of the interval after one round, by Student's t at the tail of the normal boundary. A plan that is not tabled falls back on equal shares of
 * the error probability, which hold for any number of rounds and cost some power.
 *
 * @see Jennison and Turnbull 1989 (repeated confidence intervals)
 */
export function sequentialCritical(look: SequentialPlan & { readonly round: number; readonly degreesOfFreedom: number }): number {
  const boundary = sequentialBoundary(look.alpha, look.rounds, look.spending)?.[look.round - 1];
  const tail = boundary === undefined ? look.alpha / look.rounds : normalCdf(-boundary);
  return -studentTQuantile(tail, look.degreesOfFreedom);
}

/**
 * Share of the error probability that may be spent once this fraction of the planned information is in.
 *
 * @see Lan and DeMets 1983; Kim and DeMets 1987
 */
export function spentAlpha(alpha: number, fraction: number, spending: Spending = "power-family"): number {
  if (spending === "power-family") return alpha * fraction * fraction;
  if (spending === "pocock") return alpha * Math.log(1 + (Math.E - 1) * fraction);
  return 2 * normalCdf(-normalQuantile(1 - alpha / 2) / Math.sqrt(fraction));
}
