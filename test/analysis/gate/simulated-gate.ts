import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { decideGate, type GateOptions, type GateSides } from "../../../src/analysis/gate/decide-gate.ts";
import { analyzeRounds, decideRound, type GateArms } from "../../../src/analysis/gate/decide-round.ts";
import type { GateResult } from "../../../src/analysis/gate/gate-result.ts";
import type { Preregistration } from "../../../src/analysis/gate/preregistration.ts";
import { normalQuantile } from "../../../src/stats/normal.ts";
import { anArmResult, aRun, aTaskResult } from "../../fixtures/record.ts";
import { aSide } from "../../fixtures/report.ts";

/** A world in which a gate is tried: the candidate loses `drop` of its chance on every task, and costs `ratio` times as much. */
export type World = { readonly tasks: number; readonly drop: number; readonly ratio: number };

/** How often a gate ended in each outcome. */
export type Outcomes = Readonly<Record<GateResult["outcome"], number>>;

type Draw = {
  readonly passed: readonly [baseline: number, candidate: number];
  readonly costs: readonly [baseline: number, candidate: number];
};

/** Simulates gates in rounds through the functions that the command calls; `rounds` 1 is a gate over stored trials of three attempts. */
export function simulateGates(
  world: World,
  terms: Pick<GateOptions, "margin" | "alpha" | "failWhen" | "maxCostIncrease"> & { readonly rounds: number; readonly formerCost?: true },
  { gates, seed }: { readonly gates: number; readonly seed: number },
): Outcomes {
  const generator = xoroshiro128plus(seed);
  const uniform = (): number => uniformFloat64(generator);
  const counts = { pass: 0, fail: 0, inconclusive: 0, invalid: 0 };
  for (let gate = 0; gate < gates; gate++) {
    const draws = drawTasks(world, terms.rounds === 1 ? 3 : terms.rounds, uniform);
    counts[outcomeOf(draws, terms)] += 1;
  }
  return counts;
}

function drawTasks({ tasks, drop, ratio }: World, attempts: number, uniform: () => number): readonly (readonly Draw[])[] {
  const spread = (sd: number): number => Math.exp(sd * normalQuantile(Math.max(uniform(), 1e-12)));
  return Array.from({ length: tasks }, () => {
    // Far enough from 0 that every task can lose the drop.
    const chance = drop > 0 ? drop + (1 - drop) * uniform() : uniform();
    const size = spread(0.8);
    return Array.from({ length: attempts }, (): Draw => {
      const passed = [Number(uniform() < chance), Number(uniform() < chance - drop)] as const;
      return { passed, costs: [size * spread(0.5), ratio * size * spread(0.5)] };
    });
  });
}

function outcomeOf(draws: readonly (readonly Draw[])[], terms: Parameters<typeof simulateGates>[1]): GateResult["outcome"] {
  const { rounds, margin, alpha, failWhen, maxCostIncrease, formerCost } = terms;
  const options = { margin, alpha, failWhen, maxCostIncrease, formerCost, mode: "regression", onInconclusive: null, power: false } as const;
  if (rounds === 1) return decideGate(withLabels(armsAfter(draws, 3)), options).outcome;
  const preregistration: Preregistration = {
    maxDrop: margin,
    alpha,
    failWhen,
    mode: "regression",
    rounds,
    baseline: { runId: null, armId: "base" },
    candidate: "head",
    ...(maxCostIncrease === null ? {} : { maxCostIncrease }),
    ...(formerCost ? { formerCost } : {}),
  };
  const afterRound: GateArms[] = [];
  for (let round = 1; round <= rounds; round++) {
    const arms = armsAfter(draws, round);
    afterRound.push(arms);
    if (decideRound(arms, preregistration, round).next !== "continue") break;
  }
  const last = afterRound.at(-1);
  if (!last) throw new Error("no round");
  return decideGate(withLabels(last), options, analyzeRounds(afterRound, preregistration, { plannedTrials: 1, trials: 1 })).outcome;
}

function armsAfter(draws: readonly (readonly Draw[])[], round: number): GateArms {
  const arm = (name: string, side: 0 | 1): GateArms["baseline"] => {
    const perTask = draws.map((attempts, index) => {
      const sum = (of: "passed" | "costs"): number => attempts.slice(0, round).reduce((total, draw) => total + draw[of][side], 0);
      return aTaskResult(`task-${index + 1}`, sum("passed"), round, { costUsd: sum("costs") });
    });
    return { run: aRun({ attempts: round }), arm: anArmResult(name, perTask, { armId: name }) };
  };
  return { baseline: arm("base", 0), candidate: arm("head", 1) };
}

function withLabels(arms: GateArms): GateSides {
  return { ...arms, labels: { baseline: aSide("base"), candidate: aSide("head") } };
}
