import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { type GateClaim, gateClaim } from "../src/stats/gate.ts";
import { interimAnalysis } from "../src/stats/interim-analysis.ts";
import { normalCdf, normalQuantile } from "../src/stats/normal.ts";
import { intervalAt, type PairedTask, pairedScore } from "../src/stats/paired.ts";
import { betaQuantile } from "../src/stats/student-t.ts";
import { compareChecks, costChecks, errorChecks } from "./statistics/compare.ts";
import { gateChecks } from "./statistics/gates.ts";
import { printChecks } from "./statistics/promise.ts";

const TASKS = 100;
const ATTEMPTS = 3;
const MAX_ROUNDS = 5;
const MEAN = 0.6;
// With these parameters summing to 1, half of the variance of an outcome lies between tasks.
const CONCENTRATION = 1;
const MODEL_CORRELATION = 0.8;
const ALPHA = 0.05;
const SEED = 20261125;
const CELLS = 8192;
const REPLICATES = 5000;

/** How a candidate's chances relate to the baseline's: one monotone effect on all tasks, or tasks that gain and lose. */
type Change = "prompt" | "model";
type Scenario = { readonly change: Change; readonly delta: number };

/** What one simulated comparison claimed, and after how many rounds. */
type Ending = { readonly claim: GateClaim; readonly rounds: number };
type Design = {
  readonly name: string;
  readonly margin: number;
  /** Rounds at most; null makes all attempts and analyzes once. */
  readonly rounds: number | null;
  readonly judge: (outcomes: Outcomes) => Ending;
};

/** Passes of every task after each round, on either side. */
type Outcomes = readonly { readonly baseline: readonly number[]; readonly candidate: readonly number[] }[];

const points = (share: number): string => (100 * share).toFixed(0);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const isAlarm = (claim: GateClaim): boolean => claim === "worse" || claim === "worse-within-margin";
const isPass = (claim: GateClaim): boolean => claim !== "worse" && claim !== "inconclusive";

const quantileTables = new Map<number, Float64Array>();

// Quantiles of the tasks' difficulty at the middle of many equal cells: looking them up is all that thousands of suites can afford.
function difficulties(mean: number): Float64Array {
  const known = quantileTables.get(mean);
  if (known) return known;
  const table = Float64Array.from({ length: CELLS }, (_, cell) =>
    betaQuantile((cell + 0.5) / CELLS, mean * CONCENTRATION, (1 - mean) * CONCENTRATION),
  );
  quantileTables.set(mean, table);
  return table;
}

function draw({ change, delta }: Scenario, uniform: () => number): Outcomes {
  const before = difficulties(MEAN);
  const after = difficulties(MEAN + delta);
  const at = (table: Float64Array, share: number): number => table[Math.min(CELLS - 1, Math.floor(share * CELLS))] ?? 0;
  const passes = (chance: number): readonly number[] => {
    let passed = 0;
    return Array.from({ length: MAX_ROUNDS }, () => {
      passed += Number(uniform() < chance);
      return passed;
    });
  };
  return Array.from({ length: TASKS }, () => {
    const share = uniform();
    const other = change === "prompt" ? share : correlated(share, uniform());
    return { baseline: passes(at(before, share)), candidate: passes(at(after, other)) };
  });
}

function correlated(share: number, fresh: number): number {
  const noise = Math.sqrt(1 - MODEL_CORRELATION ** 2) * normalQuantile(Math.max(fresh, 1e-16));
  return normalCdf(MODEL_CORRELATION * normalQuantile(Math.max(share, 1e-16)) + noise);
}

function tasksAfter(outcomes: Outcomes, round: number): readonly PairedTask[] {
  return outcomes.map(({ baseline, candidate }) => ({
    baseline: { passed: baseline[round - 1] ?? 0, trials: round },
    candidate: { passed: candidate[round - 1] ?? 0, trials: round },
  }));
}

function fixedGate(margin: number): Design {
  return {
    name: `fixed, margin ${points(margin)}`,
    margin,
    rounds: null,
    judge: (outcomes) => {
      const score = pairedScore(tasksAfter(outcomes, ATTEMPTS));
      return { claim: score ? gateClaim(intervalAt(score, ALPHA), margin) : "inconclusive", rounds: ATTEMPTS };
    },
  };
}

// The interim analysis of the gate, with its early end where a claim is unlikely.
function sequentialGate(rounds: number, margin: number): Design {
  return {
    name: `${rounds} rounds, margin ${points(margin)}`,
    margin,
    rounds,
    judge: (outcomes) => {
      for (let round = 1; round <= rounds; round++) {
        const analysis = interimAnalysis(tasksAfter(outcomes, round), { alpha: ALPHA, rounds, round, margin });
        if (analysis?.stops) return { claim: analysis.claim, rounds: round };
      }
      return { claim: "inconclusive", rounds };
    },
  };
}

/** Shares of suites in which the gate found the candidate worse, and in which it ruled out a loss of the margin; rounds on average. */
type Result = { readonly alarms: number; readonly passes: number; readonly meanRounds: number };

function simulate(scenario: Scenario, designs: readonly Design[], replicates: number): readonly Result[] {
  // Its own stream for every scenario, so that one lucky draw does not colour a whole column.
  const generator = xoroshiro128plus(SEED + Math.round(1000 * Math.abs(scenario.delta)) + (scenario.change === "model" ? 1 : 0));
  const uniform = (): number => uniformFloat64(generator);
  const totals = designs.map(() => ({ alarms: 0, passes: 0, rounds: 0 }));
  for (let replicate = 0; replicate < replicates; replicate++) {
    const outcomes = draw(scenario, uniform);
    for (const [index, design] of designs.entries()) {
      const { claim, rounds } = design.judge(outcomes);
      const total = totals[index];
      if (!total) continue;
      total.alarms += Number(isAlarm(claim));
      total.passes += Number(isPass(claim));
      total.rounds += rounds;
    }
  }
  return totals.map(({ alarms, passes, rounds }) => ({
    alarms: alarms / replicates,
    passes: passes / replicates,
    meanRounds: rounds / replicates,
  }));
}

const DELTAS = [0, -0.05, -0.1] as const;
const DESIGNS = [fixedGate(0.05), fixedGate(0.1), sequentialGate(3, 0.05), sequentialGate(5, 0.05)] as const;

/** What an independent simulation of the same design gave: shares by delta (0, -5, -10 points), null where it gave none. */
type Reference = {
  readonly alarms: readonly (number | null)[];
  readonly passes: readonly (number | null)[];
  readonly saved: readonly (number | null)[];
};

const NONE = [null, null, null];
const REFERENCES: Readonly<Record<Change, readonly Reference[]>> = {
  prompt: [
    { alarms: [0.048, 0.53, 0.96], passes: [0.54, 0.05, null], saved: NONE },
    { alarms: [0.048, 0.53, 0.96], passes: [0.96, null, 0.051], saved: NONE },
    { alarms: NONE, passes: NONE, saved: NONE },
    { alarms: [0.052, 0.69, 0.997], passes: [0.692, 0.045, 0], saved: [0.21, 0.21, 0.52] },
  ],
  model: [
    { alarms: [0.049, 0.37, 0.85], passes: [0.37, 0.05, null], saved: NONE },
    { alarms: [0.049, 0.37, 0.85], passes: [0.85, null, 0.047], saved: NONE },
    { alarms: NONE, passes: NONE, saved: NONE },
    { alarms: [0.044, null, 0.895], passes: [0.412, null, 0.001], saved: [0.13, null, 0.4] },
  ],
};

/** A claim that would be false must not occur more often than alpha, except for the noise of the simulation. */
function isTooOften(share: number, replicates: number): boolean {
  return share > ALPHA + 3 * Math.sqrt((ALPHA * (1 - ALPHA)) / replicates);
}

function cell(share: number, replicates: number, reference: number | null | undefined): string {
  const error = Math.sqrt((share * (1 - share)) / replicates);
  const known = reference === null || reference === undefined ? "" : `(${percent(reference)})`;
  return `${percent(share).padStart(7)} ± ${(100 * error).toFixed(1)} ${known.padEnd(9)}`;
}

type Row = { readonly delta: number; readonly design: Design; readonly result: Result; readonly replicates: number };
type Expected = { readonly [key in keyof Reference]: number | null | undefined };

function isFaulty({ delta, design, result, replicates }: Row): boolean {
  const isAtMargin = Math.abs(delta + design.margin) < 1e-9;
  return (delta === 0 && isTooOften(result.alarms, replicates)) || (isAtMargin && isTooOften(result.passes, replicates));
}

function rowText({ delta, design, result, replicates }: Row, expected: Expected): string {
  const known = expected.saved === null || expected.saved === undefined ? "" : ` (${points(expected.saved)} %)`;
  const saved = design.rounds === null ? "" : `${points(1 - result.meanRounds / design.rounds)} %${known}`;
  const columns = [
    `  ${design.name}`.padEnd(22),
    points(delta).padStart(4),
    cell(result.alarms, replicates, expected.alarms),
    cell(result.passes, replicates, expected.passes),
    saved,
  ];
  return columns.join("  ").trimEnd();
}

function printChange(change: Change, replicates: number): number {
  const title = change === "prompt" ? "A prompt change: one effect for all tasks" : "A model change: tasks gain and lose (correlation 0.8)";
  process.stdout.write(`\n${title}\n  gate                  true  worse                      not worse by the margin    trials saved\n`);
  const results = DELTAS.map((delta) => simulate({ change, delta }, DESIGNS, replicates));
  const lines = DESIGNS.flatMap((design, place) =>
    results.flatMap((designs, index) => {
      const [result, delta, reference] = [designs[place], DELTAS[index], REFERENCES[change][place]];
      if (!result || delta === undefined) return [];
      const expected = { alarms: reference?.alarms[index], passes: reference?.passes[index], saved: reference?.saved[index] };
      return [{ expected, row: { delta, design, result, replicates } }];
    }),
  );
  for (const { row, expected } of lines) process.stdout.write(`${rowText(row, expected)}${isFaulty(row) ? "  TOO OFTEN" : ""}\n`);
  return lines.filter(({ row }) => isFaulty(row)).length;
}

// Comparisons and gates of every size, groups, errors that hit failures, and costs.
function printPromises(replicates: number): number {
  process.stdout.write("\nAll sizes, at 5 %, pass rate 60 %\n");
  const parts = [
    { checks: compareChecks, most: 2000 },
    { checks: errorChecks, most: 400 },
    { checks: costChecks, most: 2000 },
    { checks: gateChecks, most: 600 },
  ];
  return parts.reduce(
    (broken, { checks, most }) => broken + printChecks(checks(Math.min(replicates, most)), (line) => process.stdout.write(line)),
    0,
  );
}

/** Simulates gates on suites whose truth is known and prints how often each claim was made; false claims above 5 % are an error. */
function main(): void {
  const replicates = Number(process.argv[2] ?? REPLICATES);
  if (!Number.isInteger(replicates) || replicates < 1) {
    process.stderr.write(`Cannot simulate "${process.argv[2]}" suites: expected a whole number above 0; give none for ${REPLICATES}\n`);
    process.exitCode = 2;
    return;
  }
  process.stdout.write(
    `Gates on ${TASKS} tasks with a mean pass rate of ${points(MEAN)} %, half of the variance between tasks, at ${points(ALPHA)} % on either side.\n` +
      `${replicates} suites each, ± Monte Carlo standard error, an independent simulation's figures in brackets. Seed ${SEED}.\n` +
      `"fixed" makes ${ATTEMPTS} attempts of every task; rounds make one attempt each and may stop after any. Differences and margins in points.\n` +
      `False claims, at most ${percent(ALPHA)}: "worse" at a true difference of 0, "not worse by the margin" at one of minus the margin.\n`,
  );
  const faults = printChange("prompt", replicates) + printChange("model", replicates) + printPromises(replicates);
  process.stdout.write(
    faults === 0 ? "\nEvery promise was kept.\n" : `\n${faults} promises were broken by more than the noise of the simulation.\n`,
  );
  if (faults > 0) process.exitCode = 1;
}

main();
