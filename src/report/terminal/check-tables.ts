import Table from "cli-table3";
import { oneLine, plainText } from "../../core/printable.ts";
import type { Soundness } from "../../core/verdict.ts";
import type { Palette } from "./palette.ts";
import { cellText, drawn, PLAIN_BORDERS } from "./table-style.ts";

/** Draws the results of task checks, with each problem in full below. */
export function checkTable(checks: readonly Soundness[], paint: Palette): string {
  const table = new Table({
    head: ["Task", "Tests", "Reference passes", "Untouched fails", "Wrong solutions fail", "Sound"],
    ...PLAIN_BORDERS,
  });
  for (const check of checks) {
    const wrongRejected = check.wrong.filter((tried) => tried.passed === 0).length;
    table.push([
      cellText(check.taskId),
      String(check.tests),
      check.reference ? `${check.reference.passed}/${check.reference.repeats}` : "-",
      check.untouched ? `${check.untouched.repeats - check.untouched.passed}/${check.untouched.repeats}` : "-",
      check.wrong.length > 0 ? `${wrongRejected}/${check.wrong.length}` : "none",
      check.problem ? paint.red("no") : paint.green("yes"),
    ]);
  }
  const problems = checks
    .filter((check) => check.problem !== null)
    .map((check) => paint.red(plainText(`${cellText(check.taskId)}: ${check.problem}`)));
  return [drawn(table), "", ...problems, `${checks.length - problems.length} of ${checks.length} tasks are sound.`].join("\n");
}

/** The state of one requirement of a run: present, present with a flaw, or missing. `detail` says what was found and what to do. */
export type Finding = { readonly what: string; readonly state: "good" | "fair" | "bad"; readonly detail: string };

/** Draws findings, one line each. */
export function findingTable(findings: readonly Finding[], paint: Palette): string {
  const table = new Table({ ...PLAIN_BORDERS });
  const marks = { good: paint.green("ok"), fair: paint.yellow("note"), bad: paint.red("bad") };
  for (const finding of findings) table.push([marks[finding.state], oneLine(finding.what), oneLine(finding.detail)]);
  return drawn(table);
}
