import { formatInterval, formatRate } from "./format.ts";

type Named = { readonly kind: "tag" | "group"; readonly name: string };

/** Says of results by tag or group what they are; beside every such table of arms. */
export const PARTS_NOTE = "Parts are looks at the same results: among several, some stand out by chance alone.";

/** A row of a table by tag and group: a part that some arm has, and the results of all arms in their order. */
export type PartRow<Result extends Named> = { readonly part: Named; readonly results: readonly (Result | undefined)[] };

/** Lists the parts of several arms, in the order in which they first come. */
export function partRows<Result extends Named>(arms: readonly { readonly parts: readonly Result[] }[]): readonly PartRow<Result>[] {
  const keyOf = ({ kind, name }: Named): string => `${kind} ${name}`;
  const known = arms.map(({ parts }) => new Map(parts.map((part) => [keyOf(part), part])));
  const keys = new Map(known.flatMap((own) => [...own]));
  return [...keys].map(([key, part]) => ({ part, results: known.map((own) => own.get(key)) }));
}

/** Writes the pass rate of an arm on a part: 50.0 % (20 to 80 %) of 12; a dash where it has none. */
export function partRateText(
  result:
    | {
        readonly passRate: {
          readonly rate: number | null;
          readonly low: number | null;
          readonly high: number | null;
          readonly tasks: number;
        };
      }
    | undefined,
): string {
  if (result === undefined || result.passRate.rate === null) return "-";
  const { rate, low, high, tasks } = result.passRate;
  const bounds = low === null || high === null ? "" : ` (${formatInterval(low, high)})`;
  return `${formatRate(rate)}${bounds} of ${tasks}`;
}
