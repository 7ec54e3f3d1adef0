import { binomialCdf, type TaskCount } from "./binomial.ts";
import { normalQuantile } from "./normal.ts";
import type { PairedTask } from "./paired.ts";

/**
 * Variances to plan with where no past run tells them: of a trial within its task, and of the true effect between tasks.
 *
 * @see Miller 2024, arXiv:2411.00640
 */
export const PLANNING_DEFAULTS = { within: 0.12, promptEffectVariance: 0.002, modelEffectVariance: 0.06 } as const;

/** How far outcomes vary within a task and between tasks. */
export type VarianceComponents = {
  readonly mean: number;
  /** Variance of a single trial around its task's pass probability. */
  readonly within: number;
  /** Variance of the pass probabilities between tasks. */
  readonly between: number;
  /** Share of the variance that lies between tasks. */
  readonly intraclassCorrelation: number;
  /** How much more variance a mean of all trials has than if they were independent. */
  readonly designEffect: number;
};

/** What a comparison has to work with. `alpha` is one-sided. */
export type PowerPlan = {
  readonly withinBaseline: number;
  readonly withinCandidate: number;
  readonly effectVariance: number;
  readonly alpha: number;
  readonly power: number;
};

/** Attempts of every task on either side. */
export type AttemptsPlan = { readonly attemptsBaseline: number; readonly attemptsCandidate: number };

/**
 * Splits the variance of outcomes by moments. Tasks with a single trial say nothing of the variance within; where there are no others it is all taken for
 * variance within, which is what it is worth to a plan with single attempts.
 *
 * @see Searle, Casella and McCulloch 1992 (one-way components); Miller 2024, section 3.2
 */
export function varianceComponents(counts: readonly TaskCount[]): VarianceComponents {
  const tried = counts.filter((count) => count.trials > 0);
  const n = tried.length;
  const rates = tried.map(({ passed, trials }) => passed / trials);
  const mean = average(rates);
  const repeated = tried.filter(({ trials }) => trials > 1);
  const within = repeated.length === 0 ? mean * (1 - mean) : average(repeated.map(withinOf));
  const inverse = average(tried.map(({ trials }) => 1 / trials));
  const between = n < 2 || repeated.length === 0 ? 0 : Math.max(0, variance(rates) - within * inverse);
  const intraclassCorrelation = between + within === 0 ? 0 : between / (between + within);
  return { mean, within, between, intraclassCorrelation, designEffect: n === 0 ? 1 : 1 + (1 / inverse - 1) * intraclassCorrelation };
}

function withinOf({ passed, trials }: TaskCount): number {
  return (passed * (trials - passed)) / (trials * (trials - 1));
}

/**
 * Variance of the true difference between tasks: what is left of the observed one after the noise of the trials.
 *
 * @see Miller 2024, section 3.2
 */
export function effectVariance(tasks: readonly PairedTask[]): number {
  const tried = tasks.filter(({ baseline, candidate }) => baseline.trials > 0 && candidate.trials > 0);
  if (tried.length < 2) return 0;
  const differences = tried.map(({ baseline, candidate }) => candidate.passed / candidate.trials - baseline.passed / baseline.trials);
  const noise = noiseOf(tried.map((task) => task.baseline)) + noiseOf(tried.map((task) => task.candidate));
  return Math.max(0, variance(differences) - noise);
}

// A single trial's own variance cannot be told from itself, so that the mean of the others stands in for it.
function noiseOf(counts: readonly TaskCount[]): number {
  const { within } = varianceComponents(counts);
  return average(counts.map((count) => (count.trials > 1 ? withinOf(count) : within) / count.trials));
}

/** Smallest true difference that a comparison finds with the given power. @see Miller 2024, section 5 */
export function minimumDetectableEffect(plan: PowerPlan & AttemptsPlan & { readonly tasks: number }): number {
  return quantiles(plan) * Math.sqrt(varianceOfTask(plan) / plan.tasks);
}

/**
 * Tasks it takes to find a true difference of `delta`; for non-inferiority `delta` is the margin plus the expected difference.
 *
 * @see Miller 2024, section 5
 */
export function tasksNeeded(plan: PowerPlan & AttemptsPlan & { readonly delta: number }): number {
  return roundUp((quantiles(plan) ** 2 * varianceOfTask(plan)) / plan.delta ** 2);
}

/**
 * Attempts of every task, on both sides alike, that it takes to find `delta`; null where no number of attempts is enough and only more tasks are.
 *
 * @see Miller 2024, section 5
 */
export function attemptsNeeded(plan: PowerPlan & { readonly tasks: number; readonly delta: number }): number | null {
  const allowed = plan.tasks * (plan.delta / quantiles(plan)) ** 2 - plan.effectVariance;
  return allowed <= 0 ? null : Math.max(1, roundUp((plan.withinBaseline + plan.withinCandidate) / allowed));
}

/** Standard error that no number of attempts can undercut with this many tasks. @see Miller 2024, section 5 */
export function standardErrorFloor(plan: { readonly tasks: number; readonly effectVariance: number }): number {
  return Math.sqrt(plan.effectVariance / plan.tasks);
}

/**
 * Attempts of a task that give most for the money, where a further task costs `setupCost` before its first trial.
 *
 * @see Cochran 1977, section 10.6 (two-stage sampling)
 */
export function bestAttempts(
  plan: Omit<PowerPlan, "alpha" | "power"> & { readonly setupCost: number; readonly trialCost: number },
): number {
  const within = plan.withinBaseline + plan.withinCandidate;
  if (within === 0 || plan.setupCost === 0) return 1;
  return Math.max(1, Math.sqrt(((plan.setupCost / plan.trialCost) * within) / plan.effectVariance));
}

function varianceOfTask(plan: PowerPlan & AttemptsPlan): number {
  return plan.effectVariance + plan.withinBaseline / plan.attemptsBaseline + plan.withinCandidate / plan.attemptsCandidate;
}

function quantiles({ alpha, power }: Pick<PowerPlan, "alpha" | "power">): number {
  return normalQuantile(1 - alpha) + normalQuantile(power);
}

// Whole numbers that miss by rounding stay what they are.
function roundUp(value: number): number {
  return Math.ceil(value - 1e-9);
}

/** Pairs that McNemar's test needs, with single attempts, from the shares of tasks that only one side solves. @see Connor 1987 */
export function mcnemarPairs(plan: {
  readonly baselineOnly: number;
  readonly candidateOnly: number;
  readonly alphaTwoSided: number;
  readonly power: number;
}): number {
  const discordant = plan.baselineOnly + plan.candidateOnly;
  const delta = plan.baselineOnly - plan.candidateOnly;
  const atNull = normalQuantile(1 - plan.alphaTwoSided / 2) * Math.sqrt(discordant);
  const atTruth = normalQuantile(plan.power) * Math.sqrt(discordant - delta ** 2);
  return roundUp((atNull + atTruth) ** 2 / delta ** 2);
}

/**
 * Fewest tasks that must change, all in one direction, before a two-sided test can say anything.
 *
 * @see Fagerland, Lydersen and Laake 2013
 */
export function minimumDiscordant(alphaTwoSided: number, kind: "exact" | "mid-p"): number {
  const tail = (count: number): number => (kind === "exact" ? 2 : 1) * binomialCdf(0, count, 0.5);
  let count = 1;
  while (tail(count) > alphaTwoSided) count++;
  return count;
}

function average(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const mean = average(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
