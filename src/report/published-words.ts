import type { PublishedComparison } from "../analysis/published-comparison.ts";
import { counted, formatP, formatPoints, formatPointsInterval, formatRate } from "../core/format.ts";
import { flawSentence } from "./gate-words.ts";

/** Writes the sentence that closes a comparison with a published figure; its subject is the arm, and a command in it has the flag that names the database. */
export function publishedSentence(comparison: PublishedComparison, databaseFlag = ""): string {
  const { verdict } = comparison;
  if (verdict.kind !== "cannot-tell")
    return `${verdict.kind === "better" ? "Better" : "Worse"}: ${seenWords(comparison)}${allowedWords(comparison)}, if its tasks are like these.`;
  const { cause } = verdict;
  switch (cause.kind) {
    case "one-task":
      return "Cannot tell: results on one task do not generalize to others; compare on more tasks.";
    case "not-shown":
      return `Cannot tell: ${seenWords(comparison)}.`;
    case "not-after-adjustment":
      return `Cannot tell: ${seenWords(comparison)}, which is not shown${allowedWords(comparison)}.`;
    default:
      return `Cannot tell: ${flawSentence(cause, databaseFlag)}${cause.kind === "missing-grades" ? "" : "."}`;
  }
}

function seenWords({ candidate, published, difference: { value, low, high } }: PublishedComparison): string {
  const size = `${formatPoints(Math.abs(value), { sign: false })} ${value < 0 ? "less" : "more"} than`;
  const direction = Math.abs(value) < 1e-9 ? "as often as" : size;
  const bounds = low === null || high === null ? "" : ` ${formatPointsInterval(low, high)}`;
  return `${candidate.label} passes ${direction} the published ${formatRate(published.value)} of ${counted(published.tasks, "task")}${bounds}`;
}

function allowedWords({ allowances, difference: { adjustedP } }: PublishedComparison): string {
  return allowances
    .map((one) => {
      if (one.kind === "planned") return `, an arm chosen beforehand (--planned) among ${one.others + 1}`;
      return one.kind === "comparisons"
        ? ` among all ${counted(one.count, "arm")} of its run${adjustedP === null ? "" : ` (adjusted ${formatP(adjustedP)})`}`
        : "";
    })
    .join("");
}
