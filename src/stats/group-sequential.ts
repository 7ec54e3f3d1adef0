import { normalCdf } from "./normal.ts";
import { studentTQuantile } from "./student-t.ts";

/** The one-sided error probability of a gate, and the most rounds it may take. */
export type SequentialPlan = { readonly alpha: number; readonly rounds: number };

/** One-sided error probabilities for which boundaries are tabled. */
export const SEQUENTIAL_LEVELS: readonly number[] = [0.05, 0.025, 0.01];

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
];

/**
 * Looks up the critical values, one for each round, that keep the error probability of a gate which may stop after every round; null for a level or a number
 * of rounds that is not tabled.
 *
 * @see Lan and DeMets 1983; Kim and DeMets 1987 (power family)
 */
export function sequentialBoundary(alpha: number, rounds: number): readonly number[] | null {
  return BOUNDARIES[SEQUENTIAL_LEVELS.indexOf(alpha)]?.[rounds - 1] ?? null;
}

/**
 * Computes the critical value of the interval after one round: Student's t at the tail probability of the normal boundary. For a plan that is not tabled every
 * round gets an equal share of the error probability, which is valid for any number of rounds and costs some power.
 *
 * @see Jennison and Turnbull 1989 (repeated confidence intervals)
 */
export function sequentialCritical(look: SequentialPlan & { readonly round: number; readonly degreesOfFreedom: number }): number {
  const boundary = sequentialBoundary(look.alpha, look.rounds)?.[look.round - 1];
  const tail = boundary === undefined ? look.alpha / look.rounds : normalCdf(-boundary);
  return -studentTQuantile(tail, look.degreesOfFreedom);
}
