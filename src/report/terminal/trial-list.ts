import Table from "cli-table3";
import { plainText } from "../../core/printable.ts";
import type { TrialRecord } from "../../core/record.ts";
import type { Palette } from "./palette.ts";
import { drawn, markedName, PLAIN_BORDERS } from "./table-style.ts";

/** Lists the trials that a reader asks about first: those that did not pass, with the number that `bench show` takes; `total` is how many there are in all. */
export function trialList(
  { trials, total }: { readonly trials: readonly TrialRecord[]; readonly total: number },
  paint: Palette,
): readonly string[] {
  if (total === 0) return [];
  const table = new Table({ head: ["Trial", "Model", "Task", "Attempt", "Result", "Tests"], ...PLAIN_BORDERS });
  for (const trial of trials) {
    table.push([
      String(trial.id),
      markedName({ name: trial.armName, api: trial.armApi }),
      trial.taskId,
      String(trial.attempt),
      result(trial, paint),
      trial.testsTotal === null ? "-" : `${trial.testsPassed}/${trial.testsTotal}`,
    ]);
  }
  const more = total > trials.length ? [paint.dim(`and ${total - trials.length} more; --json lists all`)] : [];
  return ["", `Not passed (read one with "bench show TRIAL"):`, drawn(table), ...more];
}

function result(trial: TrialRecord, paint: Palette): string {
  if (trial.errorSource) return paint.yellow(`error (${trial.errorSource}): ${firstLine(trial.errorMessage ?? "")}`);
  const stopped = trial.stop === "completed" ? "" : `, ${trial.stop}`;
  return paint.red(`${trial.tampered ? "TAMPERED, " : ""}${trial.reason}${stopped}`);
}

function firstLine(text: string): string {
  const line = plainText(text).split("\n")[0] ?? "";
  return line.length > 80 ? `${line.slice(0, 77)}...` : line;
}
