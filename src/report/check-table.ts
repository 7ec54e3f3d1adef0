import Table from "cli-table3";
import type { Palette } from "./palette.ts";
import { plainBorders } from "./table-style.ts";

/** What was found about the soundness of one task; `problem` is null when it is sound. */
export type TaskCheck = {
  readonly taskId: string;
  readonly tests: number;
  readonly reference: string;
  readonly untouched: string;
  readonly wrong: string;
  readonly repeats: string;
  readonly problem: string | null;
};

/** Draws the result of checking tasks, with each problem in full below. */
export function checkTable(checks: readonly TaskCheck[], paint: Palette): string {
  const table = new Table({ head: ["Task", "Tests", "Reference", "Untouched", "Wrong solutions", "Repeats", "Sound"], ...plainBorders });
  for (const check of checks) {
    table.push([
      check.taskId,
      String(check.tests),
      check.reference,
      check.untouched,
      check.wrong,
      check.repeats,
      check.problem ? paint.red("no") : paint.green("yes"),
    ]);
  }
  const problems = checks.filter((check) => check.problem !== null).map((check) => paint.red(`${check.taskId}: ${check.problem}`));
  const sound = checks.length - problems.length;
  return [table.toString(), "", ...problems, `${sound} of ${checks.length} tasks are sound.`].join("\n");
}
