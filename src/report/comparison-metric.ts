import type { Ratio } from "../analysis/comparison.ts";
import { formatDuration, formatTokens, formatUsd } from "../core/format.ts";

/** How each ratio is called, and how its two sides are written. */
export const METRICS: Readonly<Record<Ratio["metric"], { readonly name: string; readonly show: (value: number) => string }>> = {
  iterations: { name: "Iterations", show: (value) => value.toFixed(1) },
  "uncached-tokens": { name: "Uncached tokens", show: formatTokens },
  "cached-tokens": { name: "Cached tokens", show: formatTokens },
  "output-tokens": { name: "Output tokens", show: formatTokens },
  cost: { name: "Cost of a trial", show: formatUsd },
  "cost-per-solved": { name: "Cost per solved", show: formatUsd },
  time: { name: "Time of a trial", show: formatDuration },
};

/** Writes one side of a ratio; a cost that nobody knows is said to be unknown. */
export function shownFigure({ metric, reason }: Pick<Ratio, "metric" | "reason">, value: number | null): string {
  if (value !== null) return METRICS[metric].show(value);
  return reason === "a cost is unknown" ? "unknown" : "-";
}
