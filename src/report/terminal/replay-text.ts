import type { Difference } from "../../core/agent.ts";
import { counted } from "../../core/format.ts";
import { clipped, oneLine } from "../../core/printable.ts";
import type { TrialRecord } from "../../core/record.ts";
import type { Verdict } from "../../core/verdict.ts";
import { cellText } from "./table/table-style.ts";

const MAX_SHOWN = 20;
const EXCERPT = 160;

/** Writes whether the replay of a trial had the same result, and where it differs. */
export function replayText(
  trial: TrialRecord,
  { differences, verdict }: { readonly differences: readonly Difference[]; readonly verdict: Verdict },
): string {
  const head = `Trial ${trial.id} (${cellText(trial.taskId)}, ${cellText(trial.armName)}, attempt ${trial.attempt}), replayed:`;
  const before = `${trial.passed ? "passed" : `failed (${trial.reason})`}, ${trial.testsPassed} of ${trial.testsTotal} tests`;
  const now = `${verdict.passed ? "passed" : `failed (${verdict.reason})`}, ${verdict.testsPassed} of ${verdict.testsTotal} tests`;
  const lines = differences
    .slice(0, MAX_SHOWN)
    .map(({ where, before, now }) => `  ${oneLine(where)}\n    was: ${excerpt(before)}\n    now: ${excerpt(now)}`);
  const more = differences.length > MAX_SHOWN ? [`  and ${differences.length - MAX_SHOWN} more`] : [];
  const isSame = differences.length === 0 && trial.passed === verdict.passed;
  return [
    head,
    `  verdict then: ${before}`,
    `  verdict now:  ${now}`,
    isSame
      ? "  every tool call and every file is the same"
      : `  ${counted(differences.length, "difference")}${differences.length > 0 ? ":" : ""}`,
    ...lines,
    ...more,
  ].join("\n");
}

function excerpt(text: string): string {
  return clipped(oneLine(text), EXCERPT + 3, "...");
}
