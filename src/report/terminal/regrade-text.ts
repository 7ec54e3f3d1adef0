import { counted } from "../../core/format.ts";
import { oneLine } from "../../core/printable.ts";
import { cellText } from "./table/table-style.ts";

type Figures = { readonly passed: boolean; readonly testsPassed: number; readonly testsTotal: number };

/** A task of a run whose submissions were graded again. */
export type RegradedTaskLines = {
  readonly taskId: string;
  readonly problem: string | null;
  readonly trials: readonly {
    readonly trialId: number;
    readonly armName: string;
    readonly attempt: number;
    readonly before: Figures;
    readonly now: Figures;
  }[];
};

/** Writes what grading again changed: the totals, every trial with another verdict, and every task that keeps its verdicts. */
export function regradeText(runId: string, tasks: readonly RegradedTaskLines[]): string {
  const trials = tasks.flatMap(({ taskId, trials }) => trials.map((trial) => ({ ...trial, taskId })));
  const changed = trials.filter(({ before, now }) => before.passed !== now.passed);
  const lines = changed.map(
    ({ trialId, taskId, armName, attempt, before, now }) =>
      `  trial ${trialId}  ${cellText(taskId)}  ${cellText(armName)} #${attempt}  ${verdictOf(before)} -> ${verdictOf(now)}`,
  );
  const kept = tasks
    .filter(({ problem }) => problem !== null)
    .map(({ taskId, problem }) => `  ${cellText(taskId)} keeps its verdicts: ${oneLine(problem ?? "")}`);
  const sum = `Run ${cellText(runId)}: ${counted(trials.length, "trial")} graded again, ${changed.length} with another verdict; no model was called. The old verdicts are kept.`;
  return [sum, ...lines, ...kept].join("\n");
}

function verdictOf({ passed, testsPassed, testsTotal }: Figures): string {
  return `${passed ? "pass" : "fail"} (${testsPassed} of ${testsTotal})`;
}
