import { holm } from "../stats/multiplicity.ts";
import { passRate } from "../stats/pass-rate.ts";
import { type PublishedRate, pOfPublished, publishedDifference, publishedInterval } from "../stats/published-rate.ts";
import { sideOf } from "./compare.ts";
import type { Allowance } from "./comparison.ts";
import type { DataFlaw } from "./data-flaw.ts";
import { coverageFlaw } from "./find-flaws.ts";
import { ALPHA } from "./measure.ts";
import type { PublishedComparison } from "./published-comparison.ts";
import type { ArmInRun } from "./summary.ts";

/**
 * Compares an arm with a published figure. Nothing is known of the published trials but their number, so nothing is paired. `mates` are the other arms of the run, each of
 * which could have been named instead unless the arm was `planned`.
 */
export function comparePublished(
  side: ArmInRun,
  published: PublishedRate,
  { mates, planned }: { readonly mates: readonly ArmInRun[]; readonly planned: boolean },
): PublishedComparison {
  const found = publishedDifference(side.arm.perTask, published, ALPHA);
  const own = passRate(side.arm.perTask);
  const p = pOfPublished(side.arm.perTask, published);
  const others = planned ? [] : mates.map(({ arm }) => pOfPublished(arm.perTask, published) ?? 1);
  const adjustedP = p === null ? null : (holm([p, ...others])[0] ?? 1);
  const value = found?.difference ?? (own.rate === null ? 0 : own.rate - published.rate);
  return {
    candidate: sideOf(side, undefined),
    published: { value: published.rate, ...publishedInterval(published, ALPHA), tasks: published.tasks },
    passRate: own,
    difference: { value, low: found?.low ?? null, high: found?.high ?? null, p, adjustedP },
    allowances: allowancesOf(mates.length, planned),
    verdict: verdictOf(coverageFlaw(side, side.arm.name)[0], { found, adjustedP }),
  };
}

function allowancesOf(mates: number, planned: boolean): readonly Allowance[] {
  if (mates === 0) return [];
  return planned ? [{ kind: "planned", others: mates }] : [{ kind: "comparisons", count: mates + 1, of: "baseline", arms: mates + 1 }];
}

function verdictOf(
  flaw: DataFlaw | undefined,
  { found, adjustedP }: { readonly found: { readonly low: number; readonly high: number } | null; readonly adjustedP: number | null },
): PublishedComparison["verdict"] {
  if (flaw) return { kind: "cannot-tell", cause: flaw };
  if (found === null || adjustedP === null) return { kind: "cannot-tell", cause: { kind: "one-task" } };
  const isAlone = found.low > 0 || found.high < 0;
  if (isAlone && adjustedP < ALPHA) return { kind: found.low > 0 ? "better" : "worse" };
  return { kind: "cannot-tell", cause: { kind: isAlone ? "not-after-adjustment" : "not-shown" } };
}
