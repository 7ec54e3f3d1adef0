import { compareArms } from "../../src/analysis/compare.ts";
import { intervalAt, type PairedTask, pairedScore, pTwoSided } from "../../src/stats/paired.ts";
import type { Design } from "../../src/stats/planning/claim-chance.ts";
import { detectableDropOf } from "../../src/stats/planning/detectable.ts";
import { assumedPopulation } from "../../src/stats/planning/estimate.ts";
import { leastTasks } from "../../src/stats/planning/least-tasks.ts";
import { ratioOfTotals } from "../../src/stats/ratio.ts";
import { armsOf } from "./arms.ts";
import type { Checked } from "./promise.ts";
import { drawSuite, normal, type Shape, streamOf, type Truth } from "./truth.ts";

const ALPHA = 0.05;
const POWER = 0.8;
const TASKS = [5, 6, 10, 18, 50, 100, 225, 500] as const;
const ATTEMPTS = [1, 3, 5] as const;
const CHANGES = ["prompt", "model"] as const;
const RATE = 0.6;

type Claim = "better" | "worse" | null;

// Suites of every cell whose claims are made by the command's own function, too.
const CHECKED = 10;
// For a power of 80 % within 3 points an error of 1 point is too large.
const MORE = 3;

/** Asks what `bench compare` asks of the only pair of arms of a run. */
function claimOfCommand(tasks: readonly PairedTask[], attempts: number): Claim {
  const { baseline, candidate } = armsOf(tasks, { attempts });
  const kind = compareArms([baseline, candidate], "tasks", { power: false }).comparisons[0]?.verdict.kind;
  return kind === "better" || kind === "worse" ? kind : null;
}

// The part of that which costs no time: what decides a pair without gaps, flaws and earlier looks.
function claimOf(tasks: readonly PairedTask[]): Claim {
  const score = pairedScore(tasks);
  if (score === null || pTwoSided(score) >= ALPHA) return null;
  const { low, high } = intervalAt(score, ALPHA / 2);
  return low > 0 ? "better" : high < 0 ? "worse" : null;
}

function shareOf(suites: number, holds: () => boolean): number {
  let held = 0;
  for (let suite = 0; suite < suites; suite++) held += Number(holds());
  return held / suites;
}

function claims(truth: Truth, shape: Shape, suites: number): { readonly better: number; readonly worse: number } {
  const uniform = streamOf("compare", ...Object.values(truth), ...Object.values(shape).map(String));
  let [better, worse] = [0, 0];
  for (let suite = 0; suite < suites; suite++) {
    const tasks = drawSuite(truth, shape, uniform);
    const claim = claimOf(tasks);
    if (suite < CHECKED && claimOfCommand(tasks, shape.attempts) !== claim)
      throw new Error("bench compare decides otherwise than its simulation");
    better += Number(claim === "better");
    worse += Number(claim === "worse");
  }
  return { better: better / suites, worse: worse / suites };
}

/** Checks false claims of equal arms, claims in the wrong direction, and whether the difference that is promised to be found is found so often. */
export function* compareChecks(suites: number): Generator<Checked> {
  for (const tasks of TASKS)
    for (const attempts of ATTEMPTS) for (const change of CHANGES) yield* cellChecks({ tasks, attempts, groupSize: null }, change, suites);
  for (const [tasks, groupSize] of [
    [50, 5],
    [100, 5],
    [100, 10],
    [100, 25],
  ] as const)
    for (const change of CHANGES) yield* cellChecks({ tasks, attempts: 3, groupSize }, change, suites);
}

function* cellChecks(shape: Shape, change: Truth["change"], suites: number): Generator<Checked> {
  const { tasks, attempts, groupSize } = shape;
  const groups = groupSize === null ? "" : ` in groups of ${groupSize}`;
  const name = `${tasks} tasks${groups} x ${attempts}, ${change} change`;
  const equal = claims({ rate: RATE, difference: 0, change }, shape, suites);
  const atMost = { kind: "at-most", limit: ALPHA } as const;
  yield { name: `${name}: a difference of equal arms`, share: equal.better + equal.worse, suites, promise: atMost };
  const wrong = [0.03, 0.05, 0.1].map((drop) => claims({ rate: RATE, difference: -drop, change }, shape, Math.ceil(suites / 2)).better);
  yield {
    name: `${name}: "better" at drops of 3, 5, 10`,
    share: Math.max(...wrong),
    suites: Math.ceil(suites / 2),
    promise: { kind: "at-most", limit: ALPHA / 2 },
  };
  yield* powerChecks(shape, { name, change, suites });
}

function* powerChecks(
  { tasks, attempts, groupSize }: Shape,
  { name, change, suites }: { readonly name: string; readonly change: Truth["change"]; readonly suites: number },
): Generator<Checked> {
  const groupSizes = groupSize === null ? null : Array.from({ length: tasks / groupSize }, () => groupSize);
  const design: Design = { tasks, attempts: { baseline: attempts, candidate: attempts }, groupSizes };
  const drop = detectableDropOf({ design, population: assumedPopulation(change), test: { alpha: ALPHA / 2 }, scope: "tasks" }, POWER);
  const shape = { tasks, attempts, groupSize };
  if (drop !== null) {
    const many = MORE * suites;
    const share = claims({ rate: RATE, difference: -drop, change }, shape, many).worse;
    yield {
      name: `${name}: a drop of ${(100 * drop).toFixed(1)} is found`,
      share,
      suites: many,
      promise: { kind: "near", wanted: POWER, limit: 0.03 },
    };
    return;
  }
  const share = claims({ rate: RATE, difference: -RATE, change }, shape, suites).worse;
  const canDecide = tasks >= leastTasks(attempts, ALPHA / 2);
  const said = canDecide ? "no drop is promised; the largest is found" : "nothing can be decided; the largest drop is found";
  yield { name: `${name}: ${said}`, share, suites, promise: { kind: "at-most", limit: canDecide ? POWER : 0 } };
}

/** Checks claims where errors hit one arm's failures only, through the command's own function: what it does not refuse must hold. */
export function* errorChecks(suites: number): Generator<Checked> {
  for (const tasks of [50, 100, 225])
    for (const rate of [0.02, 0.1, 0.3]) {
      const uniform = streamOf("errors", tasks, rate);
      const share = shareOf(suites, () => {
        const drawn = drawSuite({ rate: RATE, difference: 0, change: "prompt" }, { tasks, attempts: 3, groupSize: null }, uniform);
        const graded = drawn.map((task) => ({ ...task, candidate: withoutSomeFailures(task.candidate, rate, uniform) }));
        return claimOfCommand(graded, 3) !== null;
      });
      const name = `${tasks} tasks x 3, ${100 * rate} % of the candidate's failures are errors: a difference`;
      yield { name, share, suites, promise: { kind: "at-most", limit: ALPHA } };
    }
}

function withoutSomeFailures({ passed, trials }: PairedTask["candidate"], rate: number, uniform: () => number): PairedTask["candidate"] {
  let lost = 0;
  for (let failure = passed; failure < trials; failure++) lost += Number(uniform() < rate);
  return { passed, trials: trials - lost };
}

/**
 * Checks intervals of the ratio of costs, whose tails are heavy: tasks differ by the given power of e, in both arms alike or, in pairs of powers, each arm by its own; trials
 * differ by half a power. An interval that is said to be too narrow promises nothing.
 */
export function* costChecks(suites: number): Generator<Checked> {
  for (const tasks of TASKS)
    for (const [before, after] of [
      [0.5, 0.5],
      [1.5, 1.5],
      [0.3, 0.8],
      [0.3, 1.5],
    ] as const) {
      const uniform = streamOf("cost", tasks, before, after);
      const mean = (sd: number): number => Math.exp((sd * sd) / 2);
      const share = shareOf(suites, () => {
        const sizes = Array.from({ length: tasks }, () => normal(uniform));
        const spent = (sd: number): readonly number[] =>
          sizes.map((size) => (Math.exp(sd * size) / mean(sd)) * Math.exp(0.5 * normal(uniform)));
        const estimate = ratioOfTotals(spent(before), spent(after), ALPHA);
        return estimate !== null && !estimate.isUneven && (estimate.low > 1 || estimate.high < 1);
      });
      const name = `${tasks} tasks, costs spread by ${before} and ${after}: the interval misses, unsaid`;
      yield { name, share, suites, promise: { kind: "at-most", limit: ALPHA } };
    }
}
