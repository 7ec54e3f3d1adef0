import { normalCdf } from "../../../src/stats/normal.ts";
import { binomialCdf } from "./binomial.ts";

/** Tasks with single attempts that only one side solved. */
export type Discordant = { readonly baselineOnly: number; readonly candidateOnly: number };

/** p-values of McNemar's test in its usual forms; `worse` is one-sided, and small when the candidate is worse. */
export type McNemar = {
  readonly exact: number;
  readonly midP: number;
  readonly asymptotic: number;
  readonly asymptoticCorrected: number;
  readonly worseExact: number;
  readonly worseMidP: number;
};

/** Compares two sides by the tasks that only one of them solved. @see McNemar 1947; Fagerland, Lydersen and Laake 2013 (mid-p) */
export function mcnemar({ baselineOnly, candidateOnly }: Discordant): McNemar {
  const n = baselineOnly + candidateOnly;
  const equal = binomialCdf(candidateOnly, n, 0.5) - binomialCdf(candidateOnly - 1, n, 0.5);
  const worseExact = binomialCdf(candidateOnly, n, 0.5);
  const betterExact = binomialCdf(baselineOnly, n, 0.5);
  const gap = Math.abs(candidateOnly - baselineOnly);
  const root = Math.sqrt(n);
  return {
    exact: Math.min(1, 2 * Math.min(worseExact, betterExact)),
    midP: Math.min(1, 2 * Math.min(worseExact, betterExact) - equal),
    asymptotic: n === 0 ? 1 : 2 * normalCdf(-gap / root),
    asymptoticCorrected: n === 0 ? 1 : 2 * normalCdf(-Math.max(0, gap - 1) / root),
    worseExact,
    worseMidP: worseExact - equal / 2,
  };
}
