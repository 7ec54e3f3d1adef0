import type { Comparison, PartDifference } from "../analysis/comparison.ts";
import { isFlaw } from "../analysis/data-flaw.ts";
import { counted } from "../core/format.ts";
import { familyWords } from "./allowance-words.ts";

const MAX_NAMED = 5;

/** Says which differences by tag or group hold among all that were looked at; null without parts. */
export function partsSentence({
  parts,
  allowances,
  baseline,
  verdict,
}: Pick<Comparison, "parts" | "allowances" | "baseline" | "verdict">): string | null {
  if (parts.length === 0) return null;
  const family = familyWords(allowances, baseline.label);
  const among = `${counted(parts.length, "part")} looked at${family === null ? "" : ` and ${family}`}`;
  const warning = `Each interval is that of its part alone, and of ${counted(parts.length, "part")} some may exclude 0 by chance.`;
  if (verdict.kind === "cannot-tell" && isFlaw(verdict.cause)) return `${warning} Nothing is claimed of parts of such data.`;
  const shown = parts.filter((part) => part.shown !== null);
  if (shown.length === 0) return `${warning} No part is shown to differ among all ${among} (Holm).`;
  return `${warning} Shown among all ${among} (Holm): ${clausesOf(shown)}.`;
}

function clausesOf(shown: readonly PartDifference[]): string {
  return (["worse", "better"] as const)
    .flatMap((direction) => {
      const names = shown.filter((part) => part.shown === direction).map(({ name }) => name);
      const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : "";
      return names.length === 0 ? [] : [`${direction} on ${names.slice(0, MAX_NAMED).join(", ")}${more}`];
    })
    .join("; ");
}
