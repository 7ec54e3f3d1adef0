import { flawsOf } from "../../src/analysis/find-flaws.ts";
import { intervalAt, type PairedTask, pairedScore, pTwoSided } from "../../src/stats/paired.ts";
import type { Design } from "../../src/stats/planning/claim-chance.ts";
import { detectableDropOf } from "../../src/stats/planning/detectable.ts";
import { assumedPopulation } from "../../src/stats/planning/estimate.ts";
import { leastTasks } from "../../src/stats/planning/least-tasks.ts";
import { ratioOfTotals } from "../../src/stats/ratio.ts";
import { anArmResult, aRun, aTaskResult } from "../../test/fixtures/record.ts";
import type { Checked } from "./promise.ts";
import { drawSuite, type Shape, streamOf, type Truth } from "./truth.ts";

const ALPHA = 0.05;
const POWER = 0.8;
const TASKS = [5, 6, 10, 18, 50, 100, 225, 500] as const;
const ATTEMPTS = [1, 3, 5] as const;
const CHANGES = ["prompt", "model"] as const;
const RATE = 0.6;

type Claim = "better" | "worse" | null;

// As `bench compare` decides a single comparison.
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
    const claim = claimOf(drawSuite(truth, shape, uniform));
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
    const share = claims({ rate: RATE, difference: -drop, change }, shape, suites).worse;
    yield {
      name: `${name}: a drop of ${(100 * drop).toFixed(1)} is found`,
      share,
      suites,
      promise: { kind: "near", wanted: POWER, limit: 0.03 },
    };
    return;
  }
  const share = claims({ rate: RATE, difference: -RATE, change }, shape, suites).worse;
  const canDecide = tasks >= leastTasks(attempts, ALPHA / 2);
  const said = canDecide ? "no drop is promised; the largest is found" : "nothing can be decided; the largest drop is found";
  yield { name: `${name}: ${said}`, share, suites, promise: { kind: "at-most", limit: canDecide ? POWER : 0 } };
}

/** Checks claims where errors hit one arm's failures only: what has no flaw must hold, and the rest is refused. */
export function* errorChecks(suites: number): Generator<Checked> {
  for (const rate of [0.02, 0.1, 0.3]) {
    const uniform = streamOf("errors", rate);
    const share = shareOf(suites, () => {
      const drawn = drawSuite({ rate: RATE, difference: 0, change: "prompt" }, { tasks: 100, attempts: 3, groupSize: null }, uniform);
      const graded = drawn.map((task) => ({ ...task, candidate: withoutSomeFailures(task.candidate, rate, uniform) }));
      return !isFlawed(graded) && claimOf(graded.filter(({ candidate }) => candidate.trials > 0)) !== null;
    });
    const name = `100 tasks x 3, ${100 * rate} % of the candidate's failures are errors: a difference`;
    yield { name, share, suites, promise: { kind: "at-most", limit: ALPHA } };
  }
}

function withoutSomeFailures({ passed, trials }: PairedTask["candidate"], rate: number, uniform: () => number): PairedTask["candidate"] {
  let lost = 0;
  for (let failure = passed; failure < trials; failure++) lost += Number(uniform() < rate);
  return { passed, trials: trials - lost };
}

function isFlawed(tasks: readonly PairedTask[]): boolean {
  const side = (which: "baseline" | "candidate") => {
    const perTask = tasks.map((task, index) =>
      aTaskResult(`task-${index}`, task[which].passed, task[which].trials, { errors: 3 - task[which].trials }),
    );
    return { run: aRun({ attempts: 3 }), arm: anArmResult(which, perTask) };
  };
  const labels = { baseline: { label: "a" }, candidate: { label: "b" } };
  return flawsOf({ baseline: side("baseline"), candidate: side("candidate"), labels }).length > 0;
}

/** Checks intervals of the ratio of costs, whose tails are heavy: tasks differ by a factor of e, trials of one task by half of that. */
export function* costChecks(suites: number): Generator<Checked> {
  for (const tasks of TASKS)
    for (const spread of [0.5, 1.5]) {
      const uniform = streamOf("cost", tasks, spread);
      const factor = (sd: number): number => Math.exp(sd * normalOf(uniform));
      const share = shareOf(suites, () => {
        const sizes = Array.from({ length: tasks }, () => factor(spread));
        const spent = (): readonly number[] => sizes.map((size) => size * factor(0.5));
        const estimate = ratioOfTotals(spent(), spent(), ALPHA);
        return estimate === null || estimate.low > 1 || estimate.high < 1;
      });
      yield {
        name: `${tasks} tasks, costs spread by ${spread}: the interval misses`,
        share,
        suites,
        promise: { kind: "at-most", limit: ALPHA },
      };
    }
}

function normalOf(uniform: () => number): number {
  return Math.sqrt(-2 * Math.log(Math.max(uniform(), 1e-15))) * Math.cos(2 * Math.PI * uniform());
}
