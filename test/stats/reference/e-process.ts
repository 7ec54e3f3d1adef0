import type { Bounds } from "../../../src/stats/binomial.ts";
import { incompleteBeta, logGamma } from "../../../src/stats/student-t.ts";

const BETS = 19;
const BISECTIONS = 60;

/**
 * Evidence after each task that the candidate is worse, as logarithms: it may be read at any time, and false alarms stay below alpha forever when one acts at
 * `Math.log(1 / alpha)`. Tasks must come in an order fixed beforehand, each with all its trials of both sides.
 *
 * @see Waudby-Smith and Ramdas 2024 (betting); Ville 1939 (the bound); Shafer 2021
 */
export function evidenceOfWorse(differences: readonly number[]): readonly number[] {
  return mixture(differences.map((difference) => -difference));
}

/**
 * Evidence after each task that the candidate is not worse by `margin`, under the same terms.
 *
 * @see Waudby-Smith and Ramdas 2024; Ville 1939
 */
export function evidenceOfNotWorse(differences: readonly number[], margin: number): readonly number[] {
  return mixture(differences.map((difference) => (difference + margin) / (1 - margin)));
}

// Mean over fixed bets of the wealth that each has earned; a gain is at least -1, so that no bet below 1 can be ruined.
function mixture(gains: readonly number[]): readonly number[] {
  const bets = Array.from({ length: BETS }, (_, index) => (index + 1) / (BETS + 1));
  const logs = bets.map(() => 0);
  return gains.map((gain) => {
    for (const [index, bet] of bets.entries()) logs[index] = (logs[index] ?? 0) + Math.log1p(bet * gain);
    return logMeanExp(logs);
  });
}

function logMeanExp(logs: readonly number[]): number {
  const most = Math.max(...logs);
  return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0) / logs.length);
}

/** Wealth after each outcome of one fixed bet on a mean above 0. @see Shafer 2021 */
export function fixedBet(outcomes: readonly number[], bet: number): readonly number[] {
  let wealth = 1;
  return outcomes.map((outcome) => {
    wealth *= 1 + bet * outcome;
    return wealth;
  });
}

/**
 * Evidence of a worse candidate from tasks with single attempts, as logarithms: only those that one side alone solved count.
 *
 * @see Robbins 1970 (mixture test)
 */
export function discordantEvidence(differences: readonly number[]): readonly number[] {
  let candidateOnly = 0;
  let baselineOnly = 0;
  return differences.map((difference) => {
    candidateOnly += Number(difference > 0);
    baselineOnly += Number(difference < 0);
    const a = candidateOnly + 1;
    const b = baselineOnly + 1;
    const logBeta = logGamma(a) + logGamma(b) - logGamma(a + b);
    return (a + b - 1) * Math.LN2 + logBeta + Math.log(incompleteBeta(0.5, a, b));
  });
}

/** Task (counted from 1) after which the evidence sufficed; null while it does not. @see Ville 1939 */
export function firstCrossing(logEvidence: readonly number[], alpha: number): number | null {
  const index = logEvidence.findIndex((log) => log >= -Math.log(alpha));
  return index < 0 ? null : index + 1;
}

/** p-value that holds at whatever time one looks. @see Ville 1939; Shafer 2021 */
export function anytimeP(logEvidence: readonly number[]): number {
  return Math.exp(-Math.max(0, ...logEvidence));
}

/**
 * Interval of the mean difference that holds at whatever time one looks.
 *
 * @see Waudby-Smith and Ramdas 2024 (inversion of the betting test)
 */
export function bettingInterval(differences: readonly number[], alpha: number): Bounds {
  const limit = Math.log(2 / alpha);
  const mean = differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
  const last = (gains: readonly number[]): number => mixture(gains).at(-1) ?? 0;
  const isBelowAll = (m: number): boolean => last(differences.map((difference) => (difference - m) / (1 + m))) >= limit;
  const isAboveAll = (m: number): boolean => last(differences.map((difference) => (m - difference) / (1 - m))) >= limit;
  return { low: edge(-1, mean, isBelowAll), high: edge(1, mean, isAboveAll) };
}

// Between a value that is ruled out and one that is not; the outer end where nothing is.
function edge(outer: number, inner: number, isRuledOut: (value: number) => boolean): number {
  let [out, kept] = [outer, inner];
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (out + kept) / 2;
    if (isRuledOut(middle)) out = middle;
    else kept = middle;
  }
  return (out + kept) / 2;
}
