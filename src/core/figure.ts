import { counted, formatDuration, formatTokens, formatTokensPerSecond, formatUsd } from "./format.ts";
import type { Doubts, Speed } from "./record.ts";

/** Adds up the input that was not read from a cache; null where the provider gave no count. */
export function uncachedTokens({
  inputTokens,
  cacheWriteTokens,
}: {
  readonly inputTokens: number | null;
  readonly cacheWriteTokens: number | null;
}): number | null {
  return inputTokens === null || cacheWriteTokens === null ? null : inputTokens + cacheWriteTokens;
}

/** Gives the marks of a known cost, which `doubtNotes` explains: "+" where requests beside it may have been billed, "?" where figures disagree. */
export function costMarks({ unbilledAttempts, doubtfulUsageSteps }: Pick<Doubts, "unbilledAttempts" | "doubtfulUsageSteps">): string {
  return `${unbilledAttempts > 0 ? "+" : ""}${doubtfulUsageSteps > 0 ? "?" : ""}`;
}

/** Writes a cost with its marks; an unknown one has none. */
export function markedCost(costUsd: number | null, doubts: Parameters<typeof costMarks>[0]): string {
  return formatUsd(costUsd) + (costUsd === null ? "" : costMarks(doubts));
}

type Output = Pick<Doubts, "doubtfulUsageSteps"> & { readonly outputTokens: number | null; readonly costUsd: number | null };

/** Gives the mark of figures that disagree for known output tokens, where no cost is known that could bear it. */
export function outputMark({ outputTokens, costUsd, doubtfulUsageSteps }: Output): string {
  return costUsd === null && outputTokens !== null && doubtfulUsageSteps > 0 ? "?" : "";
}

/** Writes output tokens with their mark. */
export function markedOutput(output: Output): string {
  return formatTokens(output.outputTokens) + outputMark(output);
}

/** Writes what graded trials used, for the columns Uncached, Cached, Output and Cost. */
export function usedCells(
  arm: Output & Doubts & { readonly uncachedTokens: number | null; readonly cachedTokens: number | null },
): readonly string[] {
  return [formatTokens(arm.uncachedTokens), formatTokens(arm.cachedTokens), markedOutput(arm), markedCost(arm.costUsd, arm)];
}

/** Explains the marks of the figures of these arms and what is unknown in them, a sentence each; none where everything is certain. */
export function doubtNotes(arms: readonly Doubts[]): readonly string[] {
  return notes(arms, '; "bench show" has them');
}

/** Does the same for one trial, beside its steps. */
export function trialDoubtNotes(trial: Doubts): readonly string[] {
  return notes([trial], "");
}

function notes(arms: readonly Doubts[], where: string): readonly string[] {
  const sum = (figure: keyof Doubts): number => arms.reduce((total, arm) => total + arm[figure], 0);
  const [unknown, doubtful] = [sum("unknownUsageSteps"), sum("doubtfulUsageSteps")];
  return [
    ...billingNote({ attempts: sum("unbilledAttempts"), assumedUsd: sum("assumedUsd"), hasUncounted: unknown > 0 }),
    ...(doubtful > 0
      ? [
          `? In ${counted(doubtful, "step")} the provider's figures disagree: tokens do not add up, or its cost is more than 2 % from the price${where}.`,
        ]
      : []),
    ...(unknown > 0
      ? [`Tokens are unknown: in ${counted(unknown, "step")} the provider gave no count; some servers give one only with "stream: false".`]
      : []),
  ];
}

type Unbilled = { readonly attempts: number; readonly assumedUsd: number; readonly hasUncounted: boolean };

function billingNote({ attempts, assumedUsd, hasUncounted }: Unbilled): readonly string[] {
  if (attempts === 0) return [];
  const why = hasUncounted ? "failed, broke off or had no count of tokens" : `failed or ${attempts === 1 ? "was" : "were"} cut off`;
  const requests = `+ ${counted(attempts, "request")} ${why} and may have been billed`;
  return [assumedUsd > 0 ? `${requests}: ${formatUsd(assumedUsd)} more is assumed, and not part of the cost.` : `${requests} in addition.`];
}

/** The columns that tell how fast arms are, in every table that has them. */
export const SPEED_COLUMNS: readonly {
  readonly name: string;
  readonly key: keyof Speed;
  readonly show: (arm: Speed & Doubts) => string;
}[] = [
  { name: "Tokens/s", key: "outputTokensPerSecond", show: rateOf },
  { name: "First token", key: "firstTokenMs", show: (arm) => formatDuration(arm.firstTokenMs) },
];

// Tokens that do not add up make no sure rate.
function rateOf({ outputTokensPerSecond, doubtfulUsageSteps }: Speed & Doubts): string {
  const mark = outputTokensPerSecond !== null && doubtfulUsageSteps > 0 ? "?" : "";
  return formatTokensPerSecond(outputTokensPerSecond) + mark;
}

/** Explains the columns. */
export const SPEED_NOTE = "Tokens/s: output tokens by the time in the model's requests. First token: mean wait for it in streamed answers.";

/** Checks whether anything is known of an arm's speed. */
export function hasSpeed({ outputTokensPerSecond, firstTokenMs }: Speed): boolean {
  return outputTokensPerSecond !== null || firstTokenMs !== null;
}
