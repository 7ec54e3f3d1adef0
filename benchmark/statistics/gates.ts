import { decideGate, type GateOptions } from "../../src/analysis/gate/decide-gate.ts";
import { analyzeRounds, decideRound, type GateArms } from "../../src/analysis/gate/decide-round.ts";
import type { GateResult } from "../../src/analysis/gate/gate-result.ts";
import type { Preregistration } from "../../src/analysis/gate/preregistration.ts";
import type { PairedTask } from "../../src/stats/paired.ts";
import { armsOf, type TaskCosts } from "./arms.ts";
import type { Checked } from "./promise.ts";
import { drawRounds, normal, type Shape, streamOf, type Truth } from "./truth.ts";

const ALPHA = 0.05;
const MARGIN = 0.05;
const LIMIT = 0.2;
const RATE = 0.6;
const TASKS = [5, 6, 10, 18, 50, 100, 225, 500] as const;
const CHANGES = ["prompt", "model"] as const;
// Large suites take longer and are simulated less often.
const LARGE = 150;

type Rule = Pick<GateOptions, "failWhen" | "maxCostIncrease">;

/** How a gate is run: all attempts at once, or in as many rounds, each of which may end it. */
type Course = { readonly kind: "fixed" | "rounds"; readonly attempts: number };

const COURSES: readonly Course[] = [
  { kind: "fixed", attempts: 1 },
  { kind: "fixed", attempts: 3 },
  { kind: "fixed", attempts: 5 },
  { kind: "rounds", attempts: 3 },
  { kind: "rounds", attempts: 5 },
];

const WORSE: Rule = { failWhen: "worse", maxCostIncrease: null };
const BEYOND: Rule = { failWhen: "beyond-margin", maxCostIncrease: null };
const COST: Rule = { failWhen: "worse", maxCostIncrease: LIMIT };

/**
 * Checks gates of every size through the functions that the command calls: equal arms must not fail, and a drop of just the margin neither pass nor fail as one beyond it, more
 * often than promised; with groups; and with a cost that is just at its limit.
 */
export function* gateChecks(suites: number): Generator<Checked> {
  for (const tasks of TASKS)
    for (const course of COURSES)
      for (const change of CHANGES) yield* courseChecks({ tasks, attempts: course.attempts, groupSize: null }, course, { change, suites });
  for (const groupSize of [5, 10])
    for (const course of COURSES.slice(1))
      for (const change of CHANGES) yield* courseChecks({ tasks: 100, attempts: course.attempts, groupSize }, course, { change, suites });
  for (const tasks of [18, 50, 100, 225]) for (const course of COURSES.slice(1)) yield* costChecksOf(tasks, course, suites);
}

function* courseChecks(
  shape: Shape,
  course: Course,
  { change, suites }: { readonly change: Truth["change"]; readonly suites: number },
): Generator<Checked> {
  const { tasks, groupSize } = shape;
  const many = tasks > LARGE ? Math.ceil(suites / 2) : suites;
  const groups = groupSize === null ? "" : ` in groups of ${groupSize}`;
  const name = `gate, ${tasks} tasks${groups}, ${nameOf(course)}, ${change}`;
  const equal = outcomesOf({ truth: { rate: RATE, difference: 0, change }, shape, course, rules: [WORSE], suites: many });
  yield atMost(`${name}: equal arms fail`, equal[0]?.fail ?? 0, many);
  const margin = outcomesOf({ truth: { rate: RATE, difference: -MARGIN, change }, shape, course, rules: [WORSE, BEYOND], suites: many });
  yield atMost(`${name}: a drop of the margin passes`, margin[0]?.pass ?? 0, many);
  yield atMost(`${name}: it fails as one beyond it`, margin[1]?.fail ?? 0, many);
}

function* costChecksOf(tasks: number, course: Course, suites: number): Generator<Checked> {
  const shape = { tasks, attempts: course.attempts, groupSize: null };
  const name = `gate, ${tasks} tasks, ${nameOf(course)}`;
  const better = outcomesOf({ truth: { rate: 0.4, difference: 0.4, change: "prompt" }, shape, course, rules: [COST], suites });
  yield atMost(`${name}: a cost at its limit passes`, better[0]?.pass ?? 0, suites);
  const equal = outcomesOf({ truth: { rate: RATE, difference: 0, change: "prompt" }, shape, course, rules: [COST], suites });
  yield atMost(`${name}: with equal arms it fails`, equal[0]?.fail ?? 0, suites);
}

function nameOf({ kind, attempts }: Course): string {
  return kind === "fixed" ? `${attempts} at once` : `${attempts} rounds`;
}

function atMost(name: string, share: number, suites: number): Checked {
  return { name, share, suites, promise: { kind: "at-most", limit: ALPHA } };
}

type Simulated = {
  readonly truth: Truth;
  readonly shape: Shape;
  readonly course: Course;
  /** Each is tried on the same suites. */
  readonly rules: readonly Rule[];
  readonly suites: number;
};

function outcomesOf({ truth, shape, course, rules, suites }: Simulated): readonly Readonly<Record<GateResult["outcome"], number>>[] {
  const uniform = streamOf("gate", course.kind, ...Object.values(truth), ...Object.values(shape).map(String));
  const totals = rules.map(() => ({ pass: 0, fail: 0, inconclusive: 0, invalid: 0 }));
  for (let suite = 0; suite < suites; suite++) {
    const rounds = drawRounds(truth, shape, uniform);
    const costs = rules.some(({ maxCostIncrease }) => maxCostIncrease !== null) ? drawCosts(shape.tasks, uniform) : undefined;
    for (const [index, rule] of rules.entries()) {
      const total = totals[index];
      if (total) total[outcomeOf(rounds, { course, rule, costs })] += 1 / suites;
    }
  }
  return totals;
}

// A trial of the candidate costs as much more as is accepted, on average; tasks differ by a factor of e^0.8, trials by e^0.5.
function drawCosts(tasks: number, uniform: () => number): readonly TaskCosts[] {
  return Array.from({ length: tasks }, () => {
    const size = 0.05 * Math.exp(0.8 * normal(uniform));
    return { baseline: size * Math.exp(0.5 * normal(uniform)), candidate: (1 + LIMIT) * size * Math.exp(0.5 * normal(uniform)) };
  });
}

type Judged = { readonly course: Course; readonly rule: Rule; readonly costs: readonly TaskCosts[] | undefined };

function outcomeOf(rounds: readonly (readonly PairedTask[])[], { course, rule, costs }: Judged): GateResult["outcome"] {
  const options = { ...rule, margin: MARGIN, alpha: ALPHA, mode: "regression", onInconclusive: null, power: false } as const;
  const armsAfter = (round: number): GateArms =>
    armsOf(rounds[round - 1] ?? [], { attempts: round, ...(costs === undefined ? {} : { costs }) });
  if (course.kind === "fixed") return decideGate(labelled(armsAfter(course.attempts)), options).outcome;
  const preregistration: Preregistration = {
    maxDrop: MARGIN,
    alpha: ALPHA,
    failWhen: rule.failWhen,
    mode: "regression",
    rounds: course.attempts,
    baseline: { runId: null, armId: "baseline" },
    candidate: "candidate",
    ...(rule.maxCostIncrease === null ? {} : { maxCostIncrease: rule.maxCostIncrease }),
  };
  const seen: GateArms[] = [];
  for (let round = 1; round <= course.attempts; round++) {
    const arms = armsAfter(round);
    seen.push(arms);
    if (decideRound(arms, preregistration, round).next !== "continue") break;
  }
  const last = seen.at(-1) ?? armsAfter(1);
  return decideGate(labelled(last), options, analyzeRounds(seen, preregistration, { plannedTrials: 1, trials: 1 })).outcome;
}

function labelled(arms: GateArms): Parameters<typeof decideGate>[0] {
  const side = (label: string) => ({ label, armId: label, runId: "run", scripted: false });
  return { ...arms, labels: { baseline: side("baseline"), candidate: side("candidate") } };
}
