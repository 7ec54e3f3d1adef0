import type { TaskCount } from "./binomial.ts";
import { normalQuantile } from "./normal.ts";
import type { PairedTask } from "./paired.ts";

/**
 * Variances to plan with where no past run gives better ones: of a trial within its task, and of the true effect between tasks.
 *
 * @see Miller 2024, arXiv:2411.00640
 */
export const PLANNING_DEFAULTS = { within: 0.12, promptEffectVariance: 0.002, modelEffectVariance: 0.06 } as const;

/** Variance of outcomes, split into the parts within tasks and between tasks. */
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

/** Variances, one-sided error probability and power that a comparison is planned with. */
export type PowerPlan = {
  readonly withinBaseline: number;
  readonly withinCandidate: number;
  readonly effectVariance: number;
  readonly alpha: number;
  readonly power: number;
};

/** Attempts of every task in each arm. */
export type AttemptsPlan = { readonly attemptsBaseline: number; readonly attemptsCandidate: number };

/**
 * Splits the variance of outcomes by the method of moments. Tasks with a single trial carry no information on the variance within tasks; where all tasks have
 * a single trial, the whole variance counts as variance within, which is right for planning single attempts.
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
 * Estimates how much the true difference varies between tasks: the observed variance less the noise of the trials.
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

// A single trial gives no estimate of its own variance, so the mean of the other tasks' is used.
function noiseOf(counts: readonly TaskCount[]): number {
  const { within } = varianceComponents(counts);
  return average(counts.map((count) => (count.trials > 1 ? withinOf(count) : within) / count.trials));
}

/** Computes the smallest true difference that a comparison finds with the given power. @see Miller 2024, section 5 */
export function minimumDetectableEffect(plan: PowerPlan & AttemptsPlan & { readonly tasks: number }): number {
  return quantiles(plan) * Math.sqrt(varianceOfTask(plan) / plan.tasks);
}

/**
 * Computes how many tasks it takes to find a true difference of `delta`; for non-inferiority `delta` is the margin plus the expected difference.
 *
 * @see Miller 2024, section 5
 *
 * @internal
 */
export function tasksNeeded(plan: PowerPlan & AttemptsPlan & { readonly delta: number }): number {
  return roundUp((quantiles(plan) ** 2 * varianceOfTask(plan)) / plan.delta ** 2);
}

/**
 * Computes how many attempts of every task, the same in both arms, it takes to find `delta`; null where only more tasks can find it.
 *
 * @see Miller 2024, section 5
 *
 * @internal
 */
export function attemptsNeeded(plan: PowerPlan & { readonly tasks: number; readonly delta: number }): number | null {
  const allowed = plan.tasks * (plan.delta / quantiles(plan)) ** 2 - plan.effectVariance;
  return allowed <= 0 ? null : Math.max(1, roundUp((plan.withinBaseline + plan.withinCandidate) / allowed));
}

function varianceOfTask(plan: PowerPlan & AttemptsPlan): number {
  return plan.effectVariance + plan.withinBaseline / plan.attemptsBaseline + plan.withinCandidate / plan.attemptsCandidate;
}

function quantiles({ alpha, power }: Pick<PowerPlan, "alpha" | "power">): number {
  return normalQuantile(1 - alpha) + normalQuantile(power);
}

// A whole number that rounding has pushed up by a hair stays that number.
function roundUp(value: number): number {
  return Math.ceil(value - 1e-9);
}

/** The variances that planning needs: estimated where attempts were repeated, else PLANNING_DEFAULTS. */
export type Spread = { readonly withinBaseline: number; readonly withinCandidate: number; readonly effectVariance: number };

/** What differs between two arms: effects of another model vary far more from task to task than those of another prompt. */
export type Change = "prompt" | "model";

/**
 * Gives the variances assumed for a kind of change before there are data.
 *
 * @internal
 */
export function assumedSpread(change: Change): Spread {
  const { within, promptEffectVariance, modelEffectVariance } = PLANNING_DEFAULTS;
  return {
    withinBaseline: within,
    withinCandidate: within,
    effectVariance: change === "model" ? modelEffectVariance : promptEffectVariance,
  };
}

/** Estimates the variances of a comparison; with a single attempt of a task they cannot be estimated, and the assumed ones are returned. */
export function spreadOf(tasks: readonly PairedTask[], change: Change): Spread {
  const repeated = tasks.every(({ baseline, candidate }) => baseline.trials > 1 && candidate.trials > 1);
  if (!repeated || tasks.length < 2) return assumedSpread(change);
  return {
    withinBaseline: varianceComponents(tasks.map((task) => task.baseline)).within,
    withinCandidate: varianceComponents(tasks.map((task) => task.candidate)).within,
    effectVariance: effectVariance(tasks),
  };
}

/** Computes the mean attempts of a task in each arm for planning: the harmonic mean, since variances are proportional to 1 / attempts. */
export function attemptsOf(tasks: readonly PairedTask[]): { readonly baseline: number; readonly candidate: number } {
  const harmonic = (counts: readonly number[]): number => counts.length / counts.reduce((sum, count) => sum + 1 / count, 0);
  return { baseline: harmonic(tasks.map((task) => task.baseline.trials)), candidate: harmonic(tasks.map((task) => task.candidate.trials)) };
}

function average(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const mean = average(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
