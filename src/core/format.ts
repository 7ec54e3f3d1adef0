/** Writes dollars with as many digits as matter; an unknown amount is written as unknown, never as zero. */
export function formatUsd(usd: number | null): string {
  if (usd === null) return "unknown";
  if (usd === 0) return "$0";
  if (usd < 0.01) return `$${usd.toFixed(5)}`;
  return usd < 10 ? `$${usd.toFixed(3)}` : `$${usd.toFixed(2)}`;
}

/** Writes an expected amount in US dollars, rounded to the cent or to the dollar. */
export function formatPlanUsd(usd: number | null): string {
  if (usd === null || usd === 0 || usd < 0.01) return formatUsd(usd);
  return usd < 1000 ? `$${usd.toFixed(2)}` : `$${Math.round(usd)}`;
}

/** Writes an amount in US dollars that a user chose, with the digits that were typed: $5, $0.05. */
export function formatUsdAsTyped(usd: number): string {
  return `$${usd.toLocaleString("en", { maximumFractionDigits: 10, useGrouping: false })}`;
}

/** Writes a count of tokens: 950, 12.3k, 4.56M; an unknown one is written as unknown, never as zero. */
export function formatTokens(tokens: number | null): string {
  if (tokens === null) return "unknown";
  if (tokens < 1000) return String(Math.round(tokens));
  if (tokens < 999_950) return `${(tokens / 1000).toFixed(1)}k`;
  return `${(tokens / 1e6).toFixed(2)}M`;
}

/** Writes a duration: 0.4 s, 12 s, 3m 05s, 2h 10m. */
export function formatDuration(ms: number | null): string {
  if (ms === null) return "-";
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${String(seconds % 60).padStart(2, "0")}s`;
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, "0")}m`;
}

/** Writes how fast a model answers, in tokens a second: 8.4, 123. */
export function formatTokensPerSecond(rate: number | null): string {
  if (rate === null) return "-";
  return rate < 99.95 ? rate.toFixed(1) : rate.toFixed(0);
}

/** Writes a rate as a percentage. */
export function formatRate(rate: number | null): string {
  return rate === null ? "-" : `${(100 * rate).toFixed(1)} %`;
}

/** Writes an interval of rates: 61 to 84 %. */
export function formatInterval(low: number | null, high: number | null): string {
  return low === null || high === null ? "-" : `${(100 * low).toFixed(0)} to ${(100 * high).toFixed(0)} %`;
}

/** Writes a difference of rates in points: +5.3 points, -12.0 points; without its sign where the words around it name the direction. */
export function formatPoints(difference: number | null, { sign = true }: { readonly sign?: boolean } = {}): string {
  if (difference === null) return "-";
  return `${signedPoints(difference, sign)} points`;
}

/** Writes an interval of differences in points: [-4.1 to +7.2]. */
export function formatPointsInterval(low: number, high: number): string {
  return `[${signedPoints(low, true)} to ${signedPoints(high, true)}]`;
}

function signedPoints(difference: number, sign: boolean): string {
  const text = (100 * difference).toFixed(1);
  const plain = text === "-0.0" ? "0.0" : text;
  return sign && Number(plain) > 0 ? `+${plain}` : plain;
}

/** Writes a ratio: x1.26; small and large ones with the digits that matter. */
export function formatRatio(ratio: number): string {
  if (ratio >= 999.5) return "x>999";
  if (ratio >= 99.95) return `x${ratio.toFixed(0)}`;
  return `x${ratio.toFixed(ratio >= 9.995 ? 1 : 2)}`;
}

/** Writes a p-value: p = 0.032, or p < 0.001. */
export function formatP(p: number): string {
  return p < 0.001 ? "p < 0.001" : `p = ${p.toFixed(3)}`;
}

/** Writes an ISO date as people read it, in UTC. */
export function formatDate(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}

/** Writes a count with its noun: 1 task, 2 tasks, 12,345 tasks. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
