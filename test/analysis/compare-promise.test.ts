import { expect, test } from "vitest";
import { compareArms } from "../../src/analysis/compare.ts";
import type { Comparison } from "../../src/analysis/comparison.ts";
import type { ArmInRun } from "../../src/analysis/summary.ts";
import { interimAnalysis } from "../../src/stats/interim-analysis.ts";
import { anArmResult } from "../fixtures/record.ts";
import { armAfter, drawEqualArms, uniformFrom } from "./simulated-arms.ts";

const SUITES = 200;
const within = (share: number): number => SUITES * (share + 3 * Math.sqrt((share * (1 - share)) / SUITES));

function isClaim(comparison: Comparison | undefined): boolean {
  return comparison?.verdict.kind === "better" || comparison?.verdict.kind === "worse";
}

/** What was concluded before anything was allowed for: whether the interval alone excludes 0. */
function isClaimAlone([baseline, candidate]: readonly [ArmInRun, ArmInRun]): boolean {
  const alone = (side: ArmInRun): ArmInRun => ({ ...side, run: { ...side.run, settings: {} } });
  return isClaim(compareArms([alone(baseline), alone(candidate)], "tasks", { power: false }).comparisons[0]);
}

test("equal arms that are extended from 1 to 3, 5 and 9 attempts until a difference shows are told apart far less often than without counting the looks", () => {
  const uniform = uniformFrom(1);
  const claimed = { alone: 0, counted: 0 };
  for (let suite = 0; suite < SUITES; suite++) {
    const [before = [], after = []] = drawEqualArms({ arms: 2, tasks: 50, attempts: 9 }, uniform);
    const looks = [1, 3, 5, 9].map((attempts) => [armAfter("a", before, { attempts }), armAfter("b", after, { attempts })] as const);
    claimed.alone += Number(looks.some(isClaimAlone));
    claimed.counted += Number(
      looks.some((sides, grown) => isClaim(compareArms(sides, "tasks", { grownFrom: () => grown, power: false }).comparisons[0])),
    );
  }

  expect(claimed.alone).toBeGreaterThan(SUITES * 0.09);
  // The first look has the 5 %, all later ones together half as much.
  expect(claimed.counted).toBeLessThan(within(0.06));
  expect(claimed.counted).toBeLessThan(claimed.alone / 1.5);
});

test("a run that its gate stopped because of what it showed has the gate's bounds in a comparison, too", () => {
  const uniform = uniformFrom(2);
  const gate = {
    maxDrop: 0.05,
    alpha: 0.05,
    mode: "regression",
    failWhen: "worse",
    rounds: 5,
    baseline: { runId: null, armId: "a" },
    candidate: "b",
  };
  const claimed = { alone: 0, counted: 0 };
  for (let suite = 0; suite < SUITES; suite++) {
    const [before = [], after = []] = drawEqualArms({ arms: 2, tasks: 100, attempts: 5 }, uniform);
    const sidesAfter = (attempts: number) =>
      [
        armAfter("a", before, { attempts, run: { settings: { gate } } }),
        armAfter("b", after, { attempts, run: { settings: { gate } } }),
      ] as const;
    const counts = (attempts: number) =>
      before.map((results, index) => {
        const passed = (all: readonly boolean[]): number => all.slice(0, attempts).filter(Boolean).length;
        return {
          baseline: { passed: passed(results), trials: attempts },
          candidate: { passed: passed(after[index] ?? []), trials: attempts },
        };
      });
    const rounds =
      [1, 2, 3, 4, 5].find((round) => interimAnalysis(counts(round), { rounds: 5, margin: 0.05, alpha: 0.05, round })?.stops) ?? 5;
    claimed.alone += Number(isClaimAlone(sidesAfter(rounds)));
    claimed.counted += Number(isClaim(compareArms(sidesAfter(rounds), "tasks", { power: false }).comparisons[0]));
  }

  expect(claimed.alone).toBeGreaterThan(SUITES * 0.08);
  expect(claimed.counted).toBeLessThan(within(0.05));
});

test("the best of eight equal arms is judged among all of them, unless it was chosen beforehand", () => {
  const uniform = uniformFrom(3);
  const better = { unsaid: 0, planned: 0 };
  for (let suite = 0; suite < SUITES; suite++) {
    const [incumbent, ...others] = drawEqualArms({ arms: 8, tasks: 40, attempts: 2 }, uniform).map((results, index) =>
      armAfter(`arm-${index}`, results, { attempts: 2 }),
    );
    if (!incumbent) throw new Error("no arms");
    const best = others.toSorted((a, b) => b.arm.passed - a.arm.passed)[0] ?? incumbent;
    const mates = others.filter((one) => one !== best);
    const verdict = (planned: boolean) =>
      compareArms([incumbent, best], "tasks", { mates, planned, power: false }).comparisons[0]?.verdict.kind;
    better.unsaid += Number(verdict(false) === "better");
    better.planned += Number(verdict(true) === "better");
  }

  expect(better.planned).toBeGreaterThan(SUITES * 0.08);
  expect(better.unsaid).toBeLessThan(within(0.025));
});

test.for([
  { title: "a third of the failures of one side are lost", lostShare: 1 / 3, alone: 0.1 },
  { title: "a few trials are lost, all of them failures of one side", lostShare: 0.1, alone: 0 },
])("nothing is claimed of equal arms where $title", ({ lostShare, alone }) => {
  const uniform = uniformFrom(4);
  const claimed = { ofGraded: 0, ofAll: 0 };
  for (let suite = 0; suite < SUITES; suite++) {
    const [before = [], after = []] = drawEqualArms({ arms: 2, tasks: 100, attempts: 1 }, uniform);
    const sides = [
      armAfter("a", before, { attempts: 1 }),
      armAfter("b", after, { attempts: 1, lost: (passed) => !passed && uniform() < lostShare }),
    ];
    const lost = new Set(sides.flatMap(({ arm }) => arm.perTask.filter(({ trials }) => trials === 0).map(({ taskId }) => taskId)));
    claimed.ofGraded += Number(
      isClaim(
        compareArms(
          sides.map((side) => without(side, lost)),
          "tasks",
          { power: false },
        ).comparisons[0],
      ),
    );
    claimed.ofAll += Number(isClaim(compareArms(sides, "tasks", { power: false }).comparisons[0]));
  }

  expect(claimed.ofGraded).toBeGreaterThanOrEqual(SUITES * alone);
  expect(claimed.ofAll).toBeLessThan(within(0.05));
});

/** An arm as if these tasks had never been planned. */
function without({ run, arm }: ArmInRun, taskIds: ReadonlySet<string>): ArmInRun {
  const perTask = arm.perTask.filter(({ taskId }) => !taskIds.has(taskId));
  return { run, arm: anArmResult(arm.name, perTask, { armId: arm.armId }) };
}
