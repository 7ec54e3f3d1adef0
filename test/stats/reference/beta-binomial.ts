import type { TaskCount } from "../../../src/stats/binomial.ts";
import { varianceComponents } from "../../../src/stats/power.ts";
import { betaQuantile, incompleteBeta, logGamma } from "../../../src/stats/student-t.ts";

/** A beta distribution of pass probabilities. */
export type Beta = { readonly alpha: number; readonly beta: number };

/**
 * Distribution of the tasks' pass probabilities, by moments; null where the tasks do not differ more than chance would have it, or always end alike.
 *
 * @see Kleinman 1973
 */
export function fitBeta(counts: readonly TaskCount[]): Beta | null {
  const { mean, intraclassCorrelation } = varianceComponents(counts);
  if (intraclassCorrelation <= 0 || intraclassCorrelation >= 1) return null;
  const weight = (1 - intraclassCorrelation) / intraclassCorrelation;
  return { alpha: mean * weight, beta: (1 - mean) * weight };
}

/** What is believed of one task's pass probability after its trials. @see Gelman et al. 2013, section 2.4 (conjugate posterior) */
export function posterior(prior: Beta, { passed, trials }: TaskCount): Beta & { readonly mean: number } {
  const alpha = prior.alpha + passed;
  const beta = prior.beta + trials - passed;
  return { alpha, beta, mean: alpha / (alpha + beta) };
}

/** Value below which a pass probability lies with this belief. @see Gelman et al. 2013, section 2.4 */
export function beliefBound({ alpha, beta }: Beta, belief: number): number {
  return betaQuantile(belief, alpha, beta);
}

// Nodes are `STEP` apart on the double-exponential scale, on which the ends of the unit interval are reached faster than the density can grow there.
const STEP = 1 / 512;
const NEGLIGIBLE = 1e-20;
const REACH = 6;

/**
 * Belief that the candidate's pass probability exceeds the baseline's less `margin`, for arms that do not share tasks: an explanation, never a verdict.
 *
 * @see Bowyer, Aitchison and Ivanova 2025; Takahasi and Mori 1974 (the quadrature)
 */
export function beliefOfHigher(baseline: Beta, candidate: Beta, margin = 0): number {
  const { alpha, beta } = candidate;
  const constant = logGamma(alpha + beta) - logGamma(alpha) - logGamma(beta);
  let belief = 0;
  for (let t = -REACH; t <= REACH; t += STEP) {
    const u = (Math.PI / 2) * Math.sinh(t);
    const logX = -Math.log1p(Math.exp(-2 * u));
    const logRest = -Math.log1p(Math.exp(2 * u));
    // The density times dx/dt, where dx/dt is x (1 - x) pi cosh t.
    const weight = Math.exp(constant + alpha * logX + beta * logRest) * Math.PI * Math.cosh(t) * STEP;
    if (weight < NEGLIGIBLE) continue;
    // Near 1 only the distance from it has digits to tell.
    const isBelow =
      u < 0
        ? incompleteBeta(Math.exp(logX) + margin, baseline.alpha, baseline.beta)
        : 1 - incompleteBeta(Math.exp(logRest) - margin, baseline.beta, baseline.alpha);
    belief += weight * isBelow;
  }
  return Math.min(1, belief);
}
