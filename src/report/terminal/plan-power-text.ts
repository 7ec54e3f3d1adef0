import type { Detectable, Plan } from "../../analysis/plan/plan-result.ts";
import { counted, formatPoints } from "../../core/format.ts";
import { undecidableSentence } from "../power-words.ts";
import type { Palette } from "./palette.ts";

/** Says which difference a comparison after the run could detect, what a smaller one would take, and what stopping early would save. */
export function detectableLines(plan: Plan, paint: Palette): readonly string[] {
  const { tasks, attempts, power, alpha } = plan;
  const setting = `${percent(power)} power, ${percent(alpha)} one-sided risk, ${counted(attempts, "attempt")} of ${counted(tasks, "task")} on each side`;
  return [
    `${paint.bold("Could detect")}, with ${setting}:`,
    ...plan.detectable.map((one) => `  ${`a ${one.change} change of`.padEnd(19)} ${seen(one)}`),
    ...plan.detectable.flatMap((one) => (one.wanted ? [`  ${wanted(one.change, one.wanted, plan)}`] : [])),
    ...undecidableLines(plan),
    ...comparisonLines(plan),
    ...basisLines(plan),
    ...savingLines(plan),
  ];
}

function undecidableLines({ undecidable, comparison }: Plan): readonly string[] {
  const found = undecidable ?? comparison.undecidable;
  if (!found) return [];
  return [`  ${undecidableSentence(found)}${undecidable ? "" : " (bench compare)"}.`];
}

function comparisonLines({ comparison: { comparisons, detectable } }: Plan): readonly string[] {
  const shown = detectable.map(
    ({ change, difference }) => `${difference === null ? "nothing" : plainPoints(difference)} from a ${change} change`,
  );
  const family = comparisons > 1 ? `over ${comparisons} comparisons` : "two-sided";
  const isNone = detectable.every(({ difference }) => difference === null);
  return [`  bench compare, at 5 % ${family}: ${isNone ? "nothing" : shown.join(", ")}`];
}

function seen({ difference, floor }: Detectable): string {
  if (difference === null) return "nothing: there are too few tasks and attempts";
  const limit = floor === null ? "" : `; more attempts alone never detect less than ${plainPoints(floor)}`;
  return `${plainPoints(difference)} or more${limit}`;
}

function wanted(change: Detectable["change"], { difference, attempts, tasks }: NonNullable<Detectable["wanted"]>, plan: Plan): string {
  const goal = `To detect ${plainPoints(difference)} from a ${change} change:`;
  const moreTasks =
    tasks === null ? "more tasks than are within reach" : `about ${counted(tasks, "task")} at ${counted(plan.attempts, "attempt")}`;
  if (attempts === null) return `${goal} not possible with ${counted(plan.tasks, "task")}; needs ${moreTasks}`;
  if (attempts <= plan.attempts) return `${goal} ${counted(attempts, "attempt")} of ${counted(plan.tasks, "task")} are enough`;
  return `${goal} ${counted(attempts, "attempt")} of ${counted(plan.tasks, "task")}, or ${moreTasks}`;
}

function basisLines({ detectable }: Plan): readonly string[] {
  const [first] = detectable;
  if (!first) return [];
  const within =
    first.withinBasis.kind === "past" ? `run-to-run variance from ${first.withinBasis.trials} past trials` : "run-to-run variance assumed";
  const effects = detectable.map(({ change, effectBasis }) =>
    effectBasis.kind === "past" ? `that of a ${change} change from ${effectBasis.trials}` : `that of a ${change} change assumed`,
  );
  return [`  (${[within, ...effects].join(", ")})`];
}

function savingLines({ sequential, tasks }: Plan): readonly string[] {
  const [first] = sequential;
  if (!first) return [];
  const simulated = `simulated for ${first.tasks} tasks${tasks < first.tasks ? ", fewer save less" : tasks > first.tasks ? ", more save more" : ""}`;
  return [
    `A gate that may stop after each of ${first.rounds} attempts would save (${simulated}):`,
    ...sequential.map(
      ({ change, unchanged, tenPointsWorse }) =>
        `  ${`a ${change} change:`.padEnd(19)} ${percent(unchanged)} of its trials when nothing changed, ${percent(tenPointsWorse)} when it is 10 points worse`,
    ),
  ];
}

function plainPoints(difference: number): string {
  return formatPoints(difference, { sign: false }).replace(".0 points", " points");
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(share < 0.1 ? 1 : 0))} %`;
}
