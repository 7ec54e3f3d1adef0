import { expect, test } from "vitest";
import { simulateGates } from "./simulated-gate.ts";

const TERMS = { margin: 0.05, alpha: 0.05, failWhen: "worse", maxCostIncrease: null, rounds: 5 } as const;
const GATES = 300;
// The promise of 5 %, and three standard errors of its estimate.
const MOST = GATES * (0.05 + 3 * Math.sqrt((0.05 * 0.95) / GATES));

test("a cost that is exactly at the limit passes a gate in rounds no more often than promised, and did with a limit that was judged anew after every round", () => {
  const world = { tasks: 40, drop: -0.4, ratio: 1.2 };
  const terms = { ...TERMS, maxCostIncrease: 0.2 };

  expect(simulateGates(world, { ...terms, formerCost: true }, { gates: GATES, seed: 1 }).pass).toBeGreaterThan(2 * 0.05 * GATES);
  expect(simulateGates(world, terms, { gates: GATES, seed: 1 }).pass).toBeLessThan(MOST);
});

test.for([1, 5])(
  "both checks of a gate in %i rounds together fail an equal candidate at the limit no more often than promised",
  (rounds) => {
    const terms = { ...TERMS, rounds, maxCostIncrease: 0.2 };

    expect(simulateGates({ tasks: 40, drop: 0, ratio: 1.2 }, terms, { gates: GATES, seed: 2 }).fail).toBeLessThan(MOST);
  },
);

test.for([1, 5])("the rule of a gate in %i rounds decides what happens to a drop of 3 points with 5 accepted", (rounds) => {
  const world = { tasks: 150, drop: 0.03, ratio: 1 };
  const failed = (failWhen: "worse" | "beyond-margin"): number =>
    simulateGates(world, { ...TERMS, rounds, failWhen }, { gates: 200, seed: 3 }).fail;

  expect(failed("worse")).toBeGreaterThan(200 * 0.1);
  expect(failed("beyond-margin")).toBeLessThan(200 * 0.05);
});

test.for([1, 5])(
  "a drop of just the margin passes or fails a gate in %i rounds by chance no more often than promised, by either rule",
  (rounds) => {
    const outcomes = simulateGates(
      { tasks: 60, drop: 0.05, ratio: 1 },
      { ...TERMS, rounds, failWhen: "beyond-margin" },
      { gates: GATES, seed: 4 },
    );

    expect(outcomes.pass).toBeLessThan(MOST);
    expect(outcomes.fail).toBeLessThan(MOST);
  },
);
