import { counted, formatDate, formatUsd } from "../../core/format.ts";
import { plainText } from "../../core/printable.ts";
import type { EarlierVerdict, ExecutionRecord } from "../../core/record.ts";
import type { Palette } from "./palette.ts";

/** What a trial went through besides its last go: goes that were left, and verdicts that were replaced. Empty for one that went straight through. */
export function trialHistoryText(
  { goes, earlierVerdicts }: { readonly goes: readonly ExecutionRecord[]; readonly earlierVerdicts: readonly EarlierVerdict[] },
  paint: Palette,
): string {
  const isPlain = goes.every(({ ended, resumed }) => ended === "finished" && resumed === 0) && earlierVerdicts.length === 0;
  if (isPlain) return "";
  const verdicts = earlierVerdicts.map(
    ({ replacedAt, passed, reason, testsPassed, testsTotal }) =>
      `verdict until ${formatDate(replacedAt)}: ${passed ? "passed" : `failed (${reason})`}, ${testsPassed} of ${testsTotal} tests`,
  );
  return ["", paint.cyan("--- History"), ...goes.map(goLine), ...verdicts].join("\n");
}

function goLine({ startedAt, ended, reason, resumed, steps, costUsd }: ExecutionRecord, index: number): string {
  const state = ended ?? "left in the middle";
  const why = reason === null ? "" : ` (${plainText(reason).split("\n")[0]})`;
  const again = resumed === 0 ? "" : `, taken up again ${counted(resumed, "time")}`;
  const cost = steps === 0 ? "" : `, ${formatUsd(costUsd)}`;
  return `go ${index + 1}, ${formatDate(startedAt)}: ${state}${why}, ${counted(steps, "response")}${cost}${again}`;
}
