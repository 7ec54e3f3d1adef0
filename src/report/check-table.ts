import Table from "cli-table3";
import type { Palette } from "./palette.ts";
import { drawn, plainBorders } from "./table-style.ts";

type Tried = { readonly name: string; readonly passed: number; readonly repeats: number };

/** What was found about the soundness of one task; `problem` is null when it is sound. */
export type TaskCheck = {
  readonly taskId: string;
  readonly tests: number;
  readonly reference: Tried | null;
  readonly untouched: Tried | null;
  readonly wrong: readonly Tried[];
  readonly problem: string | null;
};

/** Draws the result of checking tasks, with each problem in full below. */
export function checkTable(checks: readonly TaskCheck[], paint: Palette): string {
  const table = new Table({
    head: ["Task", "Tests", "Reference passes", "Untouched fails", "Wrong solutions fail", "Sound"],
    ...plainBorders,
  });
  for (const check of checks) {
    const wrongRejected = check.wrong.filter((tried) => tried.passed === 0).length;
    table.push([
      check.taskId,
      String(check.tests),
      check.reference ? `${check.reference.passed}/${check.reference.repeats}` : "-",
      check.untouched ? `${check.untouched.repeats - check.untouched.passed}/${check.untouched.repeats}` : "-",
      check.wrong.length > 0 ? `${wrongRejected}/${check.wrong.length}` : "none",
      check.problem ? paint.red("no") : paint.green("yes"),
    ]);
  }
  const problems = checks.filter((check) => check.problem !== null).map((check) => paint.red(`${check.taskId}: ${check.problem}`));
  return [drawn(table), "", ...problems, `${checks.length - problems.length} of ${checks.length} tasks are sound.`].join("\n");
}
