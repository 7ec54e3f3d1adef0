import { normalCdf } from "./normal.ts";
import { studentTQuantile } from "./student-t.ts";

/** The one-sided error probability of a gate, and the most rounds it may take. */
type SequentialPlan = { readonly alpha: number; readonly rounds: number };

/** One-sided error probabilities for which boundaries are tabled. */
export const SEQUENTIAL_LEVELS: readonly number[] = [0.05, 0.025, 0.01];

// Each of two checks that together keep one of these levels has half of it.
const TABLED_LEVELS: readonly number[] = [...SEQUENTIAL_LEVELS, 0.0125, 0.005];

/** The largest number of rounds for which boundaries are tabled. */
export const MAX_ROUNDS = 5;

// Standard normal boundaries by level and number of rounds, for equally spaced information, from recursive numerical integration (Armitage, McPherson and
// Rowe 1969). After a share t of the planned rounds, alpha * t ** 2 of the error probability has been spent (the power family of Kim and DeMets 1987). Where
// effects differ between tasks, rounds correlate more than assumed here, which makes the table conservative.
const BOUNDARIES: readonly (readonly (readonly number[])[])[] = [
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
  [
    [2.241403],
    [2.734369, 2.30187],
    [2.991316, 2.600958, 2.347263],
    [3.162818, 2.796535, 2.563611, 2.378383],
    [3.290527, 2.940409, 2.721087, 2.548099, 2.40114],
  ],
  [
    [2.575829],
    [3.023341, 2.637703],
    [3.260767, 2.907006, 2.684642],
    [3.420527, 3.085509, 2.878657, 2.716696],
    [3.540084, 3.217875, 3.021428, 2.868535, 2.740064],
  ],
];

/**
 * Looks up the critical values, one for each round, that keep the error probability of a gate which may stop after every round; null for a level or a number
 * of rounds that is not tabled.
 *
 * @see Lan and DeMets 1983; Kim and DeMets 1987 (power family)
 */
export function sequentialBoundary(alpha: number, rounds: number): readonly number[] | null {
  return BOUNDARIES[TABLED_LEVELS.indexOf(alpha)]?.[rounds - 1] ?? null;
}

/** A round of a sequential plan, counted from 1. */
export type Look = SequentialPlan & { readonly round: number };

/**
 * Gives the one-sided error probability of the interval after one round. For a plan that is not tabled every round gets an equal share of the error probability,
 * which is valid for any number of rounds and costs some power.
 *
 * @see Jennison and Turnbull 1989 (repeated confidence intervals)
 */
export function sequentialTail({ alpha, rounds, round }: Look): number {
  const boundary = sequentialBoundary(alpha, rounds)?.[round - 1];
  return boundary === undefined ? alpha / rounds : normalCdf(-boundary);
}

/** Computes the critical value of the interval after one round: Student's t at the tail probability of the boundary. @see Jennison and Turnbull 1989 */
export function sequentialCritical(look: Look & { readonly degreesOfFreedom: number }): number {
  return -studentTQuantile(sequentialTail(look), look.degreesOfFreedom);
}
