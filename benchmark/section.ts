/** A claim of the docs with its measurement; `bound` is its limit in words. */
export type Finding = { readonly what: string; readonly measured: string; readonly bound: string; readonly holds: boolean };

/** What one part of the benchmark found. `how` describes what was measured and how; the first row of a table names its columns. */
export type Section = {
  readonly title: string;
  readonly how: string;
  readonly tables: readonly (readonly (readonly string[])[])[];
  readonly findings: readonly Finding[];
};

/** Writes a section as Markdown. */
export function sectionText({ title, how, tables, findings }: Section): string {
  const claims = findings.map(({ what, measured, bound, holds }) => `- ${holds ? "held" : "**missed**"}: ${what} ${measured} (${bound})`);
  return [`## ${title}`, how, ...tables.map(tableText), claims.join("\n")].filter((part) => part !== "").join("\n\n");
}

/** Writes rows as a Markdown table, the first column to the left and the others to the right. */
export function tableText([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), `|${head.map((_, index) => (index === 0 ? "---" : "---:")).join("|")}|`, ...rows.map(line)].join("\n");
}

/** The middle one of some figures. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The figure below which the given share of them lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(0)} MB`;
export const times = (ratio: number): string => `${ratio.toFixed(ratio < 10 ? 2 : 1)}x`;
