import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { clopperPearson, fisherExact, type TwoByTwo, wilson } from "../../src/stats/binomial.ts";
import { gateClaim, missingBounds } from "../../src/stats/gate.ts";
import { holm, rankIntervals } from "../../src/stats/multiplicity.ts";
import { normalCdf, normalQuantile } from "../../src/stats/normal.ts";
import {
  intervalAt,
  type PairedScore,
  type PairedTask,
  pairedScore,
  pTwoSided,
  pWorse,
  scoreInterval,
  scoreStatistic,
} from "../../src/stats/paired.ts";
import { passAtK, passHatK } from "../../src/stats/pass-k.ts";
import { effectiveRate } from "../../src/stats/pass-rate.ts";
import { minimumDetectableEffect, tasksNeeded, varianceComponents } from "../../src/stats/power.ts";
import { signFlipOf } from "../../src/stats/sign-flip.ts";
import { betaQuantile, studentTCdf, studentTQuantile } from "../../src/stats/student-t.ts";
import { beliefBound, beliefOfHigher, fitBeta, posterior } from "./reference/beta-binomial.ts";
import { binomialCdf, jeffreys, zeroEventUpperBound } from "./reference/binomial.ts";
import { bootstrapMean, bootstrapStandardError } from "./reference/bootstrap.ts";
import { clusteredError, meanEstimate, pairedT, trialRate } from "./reference/clustered.ts";
import { cmh } from "./reference/cmh.ts";
import {
  anytimeP,
  bettingInterval,
  discordantEvidence,
  evidenceOfNotWorse,
  evidenceOfWorse,
  firstCrossing,
  fixedBet,
} from "./reference/e-process.ts";
import { guardExitCode } from "./reference/gate.ts";
import { mcnemar } from "./reference/mcnemar.ts";
import { benjaminiHochberg, bonferroni } from "./reference/multiplicity.ts";
import { pNotWorse } from "./reference/paired.ts";
import { agrestiMin, bonettPrice, newcombe } from "./reference/paired-closed-form.ts";
import { mcnemarPairs, minimumDiscordant } from "./reference/power.ts";
import { hodgesLehmann, mannWhitney, quantileRanks, wilcoxonSignedRank } from "./reference/rank-test.ts";
import { fieller, geometricMeanRatio, jackknifeLogRatio } from "./reference/ratio.ts";
import { boundaryOf, criticalOf, type Spending, spentAlpha } from "./reference/spending.ts";
import { sprt } from "./reference/sprt.ts";

/** One reference value: what a method gives for its inputs, from an independent program. */
export type Vector = {
  readonly id: string;
  readonly method: string;
  readonly inputs: unknown;
  readonly expected: unknown;
  readonly tolerance: number;
};

type Runner = (inputs: unknown) => unknown;

// The file's shapes are known by method; what is not there shows as a wrong value.
function runner<Inputs>(run: (inputs: Inputs) => unknown): Runner {
  return (inputs) => run(inputs as Inputs);
}

type Numbers = readonly number[];
type Trials = { readonly passes: Numbers; readonly trials: Numbers };
type BothSides = { readonly passes_a: Numbers; readonly trials_a: Numbers; readonly passes_b: Numbers; readonly trials_b: Numbers };
type Only = { readonly b_only: number; readonly a_only: number };

const counts = ({ passes, trials }: Trials): { passed: number; trials: number }[] =>
  passes.map((passed, index) => ({ passed, trials: trials[index] ?? 0 }));
const equalCounts = ({ passes, k }: { readonly passes: Numbers; readonly k: number }): { passed: number; trials: number }[] =>
  passes.map((passed) => ({ passed, trials: k }));
const shares = (trials: Trials): Numbers => counts(trials).map((count) => count.passed / count.trials);
const bounds = (interval: { readonly low: number | null; readonly high: number | null } | null): object => ({
  lower: interval?.low ?? null,
  upper: interval?.high ?? null,
});
const pair = ({ low, high }: { readonly low: number; readonly high: number }): Numbers => [low, high];
const critical = (conf: number): number => normalQuantile(1 - (1 - conf) / 2);

function pairs(sides: BothSides & { readonly groups?: readonly string[] }): readonly PairedTask[] {
  const baseline = counts({ passes: sides.passes_a, trials: sides.trials_a });
  const candidate = counts({ passes: sides.passes_b, trials: sides.trials_b });
  return baseline.map((count, index) => {
    const group = sides.groups?.[index];
    return {
      baseline: count,
      candidate: candidate[index] ?? { passed: 0, trials: 0 },
      ...(group === undefined ? {} : { group: String(group) }),
    };
  });
}

function singles({ b_only, a_only, n }: Only & { readonly n: number }): PairedScore {
  return {
    difference: (b_only - a_only) / n,
    tasks: n,
    informative: b_only + a_only,
    candidateOnly: b_only,
    baselineOnly: a_only,
    designEffect: 1,
    degreesOfFreedom: n - 1,
  };
}

const SPENDING = {
  power_family_rho2: "power-family",
  lan_demets_obrien_fleming: "obrien-fleming",
  lan_demets_pocock: "pocock",
} as const satisfies Record<string, Spending>;

const primitives: Record<string, Runner> = {
  norm_quantile: runner(({ p }: { p: Numbers }) => ({ q: p.map(normalQuantile) })),
  norm_cdf: runner(({ x }: { x: Numbers }) => ({ p: x.map(normalCdf) })),
  t_quantile: runner(({ p_df }: { p_df: [number, number][] }) => ({ q: p_df.map(([p, df]) => studentTQuantile(p, df)) })),
  t_cdf: runner(({ x_df }: { x_df: [number, number][] }) => ({ p: x_df.map(([x, df]) => studentTCdf(x, df)) })),
  beta_quantile: runner(({ p_a_b }: { p_a_b: [number, number, number][] }) => ({ q: p_a_b.map(([p, a, b]) => betaQuantile(p, a, b)) })),
  binom_cdf: runner(({ k_n_p }: { k_n_p: [number, number, number][] }) => ({ p: k_n_p.map(([k, n, p]) => binomialCdf(k, n, p)) })),
};

type OneRate = { readonly x: number; readonly n: number; readonly conf: number };

const rates: Record<string, Runner> = {
  wilson: runner(({ x, n, conf }: OneRate) => bounds(wilson(x / n, n, critical(conf)))),
  clopper_pearson: runner(({ x, n, conf }: OneRate) => bounds(clopperPearson({ passed: x, trials: n }, 1 - conf))),
  jeffreys: runner(({ x, n, conf }: OneRate) => bounds(jeffreys({ passed: x, trials: n }, 1 - conf))),
  zero_event_upper_bound: runner(({ n, conf_one_sided }: { n: Numbers; conf_one_sided: number }) => ({
    upper: n.map((trials) => zeroEventUpperBound(trials, 1 - conf_one_sided)),
  })),
  task_mean_se: runner((trials: Trials) => {
    const estimate = meanEstimate(shares(trials));
    return {
      estimate: estimate?.mean,
      se: estimate?.standardError,
      df: estimate?.degreesOfFreedom,
      t_lower: estimate?.low,
      t_upper: estimate?.high,
      micro_estimate: trialRate(counts(trials)),
    };
  }),
  clustered_se: runner(({ scores, clusters }: { scores: Numbers; clusters: string[] }) => {
    const error = clusteredError(scores, clusters);
    return {
      mean: error?.mean,
      se_miller: error?.clustered,
      se_finite_cluster: error?.corrected,
      clusters: error?.clusters,
      se_naive: error?.naive,
    };
  }),
  wilson_neff: runner((trials: Trials & { conf: number }) => {
    const values = counts(trials).map((count) => ({ value: count.passed / count.trials, repeats: count.trials }));
    const rate = effectiveRate(values, 1 - trials.conf);
    return { estimate: rate?.mean, n_eff: rate?.effectiveTasks, crit: rate?.critical, ...bounds(rate) };
  }),
  variance_components: runner((trials: { passes: Numbers; k: number }) => {
    const parts = varianceComponents(equalCounts(trials));
    return { ...parts, icc: parts.intraclassCorrelation, deff: parts.designEffect };
  }),
  beta_binomial_moments: runner((trials: { passes: Numbers; k: number }) => {
    const prior = fitBeta(equalCounts(trials));
    if (!prior) return null;
    const { mean: mu, intraclassCorrelation: icc } = varianceComponents(equalCounts(trials));
    const possible = Array.from({ length: trials.k + 1 }, (_, passed) => passed);
    const beliefs = possible.map((passed) => posterior(prior, { passed, trials: trials.k }));
    return {
      ...prior,
      mu,
      icc,
      posterior_mean: beliefs.map(({ mean }) => mean),
      posterior_for_count: possible,
      upper95_for_zero: beliefs[0] && beliefBound(beliefs[0], 0.95),
    };
  }),
  beta_prob_greater: runner((beta: { alpha_a: number; beta_a: number; alpha_b: number; beta_b: number }) => ({
    p_b_greater: beliefOfHigher({ alpha: beta.alpha_a, beta: beta.beta_a }, { alpha: beta.alpha_b, beta: beta.beta_b }),
  })),
  pass_at_k: runner(({ n_c_k }: { n_c_k: [number, number, number][] }) => ({ value: n_c_k.map(([n, c, k]) => passAtK(n, c, k)) })),
  pass_hat_k: runner(({ n_c_k }: { n_c_k: [number, number, number][] }) => ({ value: n_c_k.map(([n, c, k]) => passHatK(n, c, k)) })),
  pass_at_k_suite: runner(({ n, c, k }: { n: Numbers; c: Numbers; k: number }) => {
    const any = meanEstimate(n.map((trials, index) => passAtK(trials, c[index] ?? 0, k) ?? Number.NaN));
    const all = meanEstimate(n.map((trials, index) => passHatK(trials, c[index] ?? 0, k) ?? Number.NaN));
    // What one would get by taking the observed rate for the true one: shown for the size of its error.
    const plugin = meanEstimate(n.map((trials, index) => 1 - (1 - (c[index] ?? 0) / trials) ** k));
    return {
      pass_at_k: any?.mean,
      se_pass_at_k: any?.standardError,
      pass_hat_k: all?.mean,
      se_pass_hat_k: all?.standardError,
      plugin_pass_at_k_biased: plugin?.mean,
    };
  }),
};

const paired: Record<string, Runner> = {
  mcnemar: runner(({ b_only, a_only }: Only) => {
    const test = mcnemar({ candidateOnly: b_only, baselineOnly: a_only });
    return {
      exact_two_sided: test.exact,
      midp_two_sided: test.midP,
      asymptotic: test.asymptotic,
      asymptotic_cc: test.asymptoticCorrected,
      exact_one_sided_B_worse: test.worseExact,
      midp_one_sided_B_worse: test.worseMidP,
    };
  }),
  tango_ci: runner((table: Only & { n: number; conf: number }) => {
    const score = singles(table);
    return { diff: score.difference, ...bounds(scoreInterval(score, critical(table.conf))) };
  }),
  noninferiority_tango: runner((table: Only & { n: number; margin: number }) => {
    const z = scoreStatistic(singles(table), -table.margin);
    return { z, p_one_sided: normalCdf(-z) };
  }),
  paired_diff_closed_forms: runner((table: { n11: number; n10: number; n01: number; n00: number; conf: number }) => {
    const four = { both: table.n11, firstOnly: table.n10, secondOnly: table.n01, neither: table.n00 };
    const z = critical(table.conf);
    return {
      diff: (table.n10 - table.n01) / (table.n11 + table.n10 + table.n01 + table.n00),
      newcombe_uncorrected_phi: pair(newcombe(four, z, { corrected: false })),
      newcombe_corrected_phi: pair(newcombe(four, z)),
      bonett_price: pair(bonettPrice(four, z)),
      agresti_min: pair(agrestiMin(four, z)),
    };
  }),
  paired_score_eff: runner((sides: BothSides & { conf_one_sided: number; margin: number; groups?: string[] }) => {
    const score = pairedScore(pairs(sides));
    if (!score) return null;
    return {
      diff: score.difference,
      b: score.candidateOnly,
      c: score.baselineOnly,
      n: score.tasks,
      informative_tasks: score.informative,
      f: score.designEffect,
      df: score.degreesOfFreedom,
      crit: studentTQuantile(sides.conf_one_sided, score.degreesOfFreedom),
      ...bounds(intervalAt(score, 1 - sides.conf_one_sided)),
      T0: scoreStatistic(score, 0),
      p_one_sided_worse: pWorse(score),
      p_two_sided: pTwoSided(score),
      T_minus_margin: scoreStatistic(score, -sides.margin),
      p_noninferior: pNotWorse(score, sides.margin),
    };
  }),
  paired_t: runner(({ d, conf, margin }: { d: Numbers; conf: number; margin: number }) => {
    const estimate = meanEstimate(d, 1 - conf);
    const test = pairedT(d, margin);
    return {
      mean: estimate?.mean,
      se: estimate?.standardError,
      ...bounds(estimate),
      p_two_sided: test?.twoSided,
      p_noninferior: test?.notWorse,
    };
  }),
  signflip_exact: runner(({ d_numerators, common_denominator }: { d_numerators: Numbers; common_denominator: number }) => {
    const flip = signFlipOf(d_numerators, common_denominator);
    return {
      statistic: flip?.statistic,
      nonzero: flip?.informative,
      p_lower_exact: flip?.lowerExactP,
      p_lower_midp: flip?.lowerMidP,
      p_upper_exact: flip?.upperExactP,
      p_upper_midp: flip?.upperMidP,
      p_two_exact: flip?.twoSidedExactP,
      p_two_midp: flip?.twoSidedMidP,
    };
  }),
  cmh: runner(({ strata }: { strata: [number, number, number, number][] }) => {
    const test = cmh(
      strata.map(([pass, fail, passB, failB]) => ({
        baseline: { passed: pass, trials: pass + fail },
        candidate: { passed: passB, trials: passB + failB },
      })),
    );
    return {
      chi2_no_cc: test?.chiSquared,
      p_no_cc: test?.p,
      chi2_cc: test?.chiSquaredCorrected,
      p_cc: test?.pCorrected,
      or_mh: test?.oddsRatio,
    };
  }),
  fisher_exact: runner(({ table }: { table: TwoByTwo }) => ({ p_two_sided: fisherExact(table) })),
  missing_worst_case: runner((sides: BothSides & { planned: number }) => {
    const tasks = pairs(sides);
    const { worst, best } = missingBounds(tasks.map((task) => ({ ...task, planned: sides.planned })));
    return {
      complete_case: pairedScore(tasks)?.difference,
      worst: pairedScore(worst)?.difference,
      best: pairedScore(best)?.difference,
    };
  }),
  paired_bootstrap: runner(({ d_numerators, common_denominator }: { d_numerators: Numbers; common_denominator: number }) => {
    const values = d_numerators.map((numerator) => numerator / common_denominator);
    const generator = xoroshiro128plus(20261125);
    const result = bootstrapMean(values, { resamples: 100_000, uniform: () => uniformFloat64(generator) });
    const shares = ["0.025", "0.05", "0.5", "0.95", "0.975"];
    return {
      mean: result.mean,
      exact_bootstrap_se: bootstrapStandardError(values),
      quantiles: Object.fromEntries(shares.map((share) => [share, result.quantile(Number(share))])),
      p_boot_le_0: result.shareAtMostZero,
    };
  }),
};

type Plan = {
  readonly k_a: number;
  readonly k_b: number;
  readonly within_a: number;
  readonly within_b: number;
  readonly sigma_delta2: number;
  readonly alpha_one_sided: number;
  readonly power: number;
};

const planOf = (plan: Plan) => ({
  attemptsBaseline: plan.k_a,
  attemptsCandidate: plan.k_b,
  withinBaseline: plan.within_a,
  withinCandidate: plan.within_b,
  effectVariance: plan.sigma_delta2,
  alpha: plan.alpha_one_sided,
  power: plan.power,
});

type Bets = { readonly d: Numbers; readonly direction: string; readonly margin?: number; readonly alpha: number };

const decisions: Record<string, Runner> = {
  p_adjust: runner(({ p }: { p: Numbers }) => ({ holm: holm(p), bh: benjaminiHochberg(p), bonferroni: bonferroni(p) })),
  rank_intervals: runner(({ scores, alpha }: { scores: Record<string, Numbers>; alpha: number }) => {
    const names = Object.keys(scores);
    const both = names.flatMap((_, first) => names.slice(first + 1).map((_, offset) => ({ first, second: first + 1 + offset })));
    const values = (index: number): Numbers => scores[names[index] ?? ""] ?? [];
    const tested = both.map(({ first, second }) => {
      const differences = values(second).map((value, index) => value - (values(first)[index] ?? 0));
      return { first, second, difference: meanEstimate(differences)?.mean ?? 0, p: pairedT(differences, 0)?.twoSided ?? 1 };
    });
    const adjusted = holm(tested.map(({ p }) => p));
    const ranks = rankIntervals(
      names.length,
      tested.map((test, index) => ({ ...test, adjustedP: adjusted[index] ?? 1 })),
      alpha,
    );
    return {
      pairs: both.map(({ first, second }) => [names[first], names[second]]),
      p: tested.map(({ p }) => p),
      holm: adjusted,
      rank_interval: Object.fromEntries(names.map((name, index) => [name, [ranks[index]?.low, ranks[index]?.high]])),
      mean: Object.fromEntries(names.map((name, index) => [name, meanEstimate(values(index))?.mean])),
    };
  }),
  eprocess_grid: runner(({ d, direction, margin, alpha }: Bets) => {
    const evidence = direction === "worse" ? evidenceOfWorse(d) : evidenceOfNotWorse(d, margin ?? 0);
    return { log_e: evidence, first_crossing: firstCrossing(evidence, alpha), p_anytime: anytimeP(evidence) };
  }),
  eprocess_fixed: runner(({ x, lam }: { x: Numbers; lam: number }) => ({ e: fixedBet(x, lam) })),
  eprocess_discordant: runner(({ d }: { d: Numbers }) => ({ log_e: discordantEvidence(d) })),
  betting_confidence_sequence: runner(({ d, alpha }: { d: Numbers; alpha: number }) => bounds(bettingInterval(d, alpha))),
  sprt_bernoulli: runner(({ discordant, ...plan }: { discordant: Numbers; p0: number; p1: number; alpha: number; beta: number }) => {
    const { logRatios, upper, lower, decision } = sprt(
      discordant.map((sign) => sign < 0),
      { null: plan.p0, alternative: plan.p1, alpha: plan.alpha, beta: plan.beta },
    );
    const accept = decision?.accepted === "alternative" ? "H1" : "H0";
    return { log_lr: logRatios, upper, lower, decision: decision && { at: decision.at, accept } };
  }),
  gs_bounds: runner(
    ({ alpha_one_sided: alpha, looks, spending }: { alpha_one_sided: number; looks: number; spending: keyof typeof SPENDING }) => {
      const z = boundaryOf(SPENDING[spending], alpha, looks);
      return {
        z,
        nominal_p: z?.map((value) => normalCdf(-value)),
        cumulative_alpha: z?.map((_, index) => spentAlpha(alpha, (index + 1) / looks, SPENDING[spending])),
      };
    },
  ),
  gs_gate_path: runner(gatePath),
  gate_decision: runner(({ margin, intervals }: { margin: number; intervals: [number, number][] }) => {
    const claims = intervals.map(([low, high]) => gateClaim({ low, high }, margin));
    return { state: claims.map((claim) => claim.replaceAll("-", "_")), exit_guard: claims.map(guardExitCode) };
  }),
  mde: runner((plan: Plan & { n_tasks: number }) => ({ mde: minimumDetectableEffect({ ...planOf(plan), tasks: plan.n_tasks }) })),
  n_required: runner((plan: Plan & { delta: number }) => ({ n_tasks: tasksNeeded({ ...planOf(plan), delta: plan.delta }) })),
  mcnemar_n: runner((plan: { p_a_only: number; p_b_only: number; alpha_two_sided: number; power: number }) => ({
    n_pairs: mcnemarPairs({
      baselineOnly: plan.p_a_only,
      candidateOnly: plan.p_b_only,
      alphaTwoSided: plan.alpha_two_sided,
      power: plan.power,
    }),
  })),
  min_discordant: runner(({ alpha_two_sided }: { alpha_two_sided: Numbers }) => ({
    exact: alpha_two_sided.map((alpha) => minimumDiscordant(alpha, "exact")),
    midp: alpha_two_sided.map((alpha) => minimumDiscordant(alpha, "mid-p")),
  })),
};

type Path = {
  readonly y_a: readonly Numbers[];
  readonly y_b: readonly Numbers[];
  readonly margin: number;
  readonly alpha_one_sided: number;
  readonly spending: keyof typeof SPENDING;
};

function gatePath({ y_a, y_b, margin, alpha_one_sided: alpha, spending }: Path): unknown {
  const rounds = y_a[0]?.length ?? 0;
  const path: object[] = [];
  for (let round = 1; round <= rounds; round++) {
    const soFar = (outcomes: Numbers | undefined): { passed: number; trials: number } => ({
      passed: (outcomes ?? []).slice(0, round).reduce((sum, outcome) => sum + outcome, 0),
      trials: round,
    });
    const score = pairedScore(y_a.map((outcomes, index) => ({ baseline: soFar(outcomes), candidate: soFar(y_b[index]) })));
    if (!score) return null;
    const crit = criticalOf(SPENDING[spending], { alpha, rounds, round, degreesOfFreedom: score.degreesOfFreedom });
    const interval = scoreInterval(score, crit);
    const claim = gateClaim(interval, margin);
    const state = claim === "inconclusive" ? "continue" : claim.replaceAll("-", "_");
    path.push({ round, diff: score.difference, f: score.designEffect, crit, ...bounds(interval), state });
    if (claim !== "inconclusive") break;
  }
  return { path };
}

type Costs = Record<string, Numbers> & { readonly cost_a: Numbers; readonly cost_b: Numbers };

const costs: Record<string, Runner> = {
  geometric_mean_ratio: runner(({ cost_a, cost_b, conf }: { cost_a: Numbers; cost_b: Numbers; conf: number }) => {
    const ratio = geometricMeanRatio(cost_a, cost_b, 1 - conf);
    return { gmr: ratio?.ratio, ...bounds(ratio), p_two_sided: ratio?.p };
  }),
  jackknife_log_ratio: runner((inputs: { numerators: string[]; denominators: string[]; conf: number } & Record<string, unknown>) => {
    const named = (names: readonly string[]): readonly Numbers[] => names.map((name) => inputs[name] as Numbers);
    const ratio = jackknifeLogRatio(named(inputs.numerators), named(inputs.denominators), 1 - inputs.conf);
    return { ratio: ratio?.ratio, se_log: ratio?.standardErrorLog, ...bounds(ratio) };
  }),
  fieller: runner(({ y, x, conf }: { y: Numbers; x: Numbers; conf: number }) => {
    const result = fieller(y, x, 1 - conf);
    return { ratio: result?.ratio, g: result?.g, ...bounds(result), bounded: result?.low !== null };
  }),
  mann_whitney: runner(({ x, y }: { x: Numbers; y: Numbers }) => {
    const { statistic, p } = mannWhitney(x, y);
    return { U: statistic, p_exact_two_sided: p };
  }),
  wilcoxon_signed_rank: runner(({ cost_a, cost_b }: Costs) => {
    const logs = cost_a.map((cost, index) => Math.log((cost_b[index] ?? 0) / cost));
    return { p_exact_two_sided: wilcoxonSignedRank(logs).p, hodges_lehmann_ratio: Math.exp(hodgesLehmann(logs) ?? Number.NaN) };
  }),
  median_ci_order_statistics: runner(({ n, conf }: { n: Numbers; conf: number }) => ({
    rank_lower_upper: n.map((size) => {
      const ranks = quantileRanks(size, 0.5, 1 - conf);
      return ranks && pair(ranks);
    }),
  })),
};

/** What computes a vector's method here; undefined when nothing does. */
export const RUNNERS: Readonly<Record<string, Runner | undefined>> = { ...primitives, ...rates, ...paired, ...decisions, ...costs };

/** Where a result departs from what the vector expects, and how many values were compared. */
export type Check = { readonly compared: number; readonly faults: readonly string[] };

/** Runs the vector's method and compares every expected value. */
export function checkVector(vector: Vector): Check {
  const run = RUNNERS[vector.method];
  if (!run) return { compared: 0, faults: [`nothing runs the method "${vector.method}"`] };
  return compare(run(vector.inputs), vector.expected, vector.tolerance, vector.id);
}

function compare(actual: unknown, expected: unknown, tolerance: number, at: string): Check {
  if (expected !== null && typeof expected === "object") {
    const found = (actual ?? {}) as Record<string, unknown>;
    const isLonger = Array.isArray(expected) && Array.isArray(actual) && actual.length !== expected.length;
    const checks = Object.entries(expected).map(([key, value]) => compare(found[key], value, tolerance, `${at}.${key}`));
    const faults = checks.flatMap((check) => check.faults);
    return {
      compared: checks.reduce((sum, check) => sum + check.compared, 0),
      faults: isLonger ? [...faults, `${at}: ${actual.length} values, expected ${expected.length}`] : faults,
    };
  }
  const isClose = typeof expected === "number" && typeof actual === "number" && Math.abs(actual - expected) <= tolerance;
  return { compared: 1, faults: isClose || actual === expected ? [] : [`${at}: ${String(actual)}, expected ${String(expected)}`] };
}
