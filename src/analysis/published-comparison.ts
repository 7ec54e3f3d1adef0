import type { PassRate } from "../stats/pass-rate.ts";
import type { Allowance, Estimate, Side } from "./comparison.ts";
import type { DataFlaw } from "./data-flaw.ts";

/** Why nothing is claimed about an arm and a published figure. */
type PublishedCause = DataFlaw | { readonly kind: "one-task" | "not-shown" | "not-after-adjustment" };

/** A comparison of one arm with a published pass rate; differences are shares, arm minus published. */
export type PublishedComparison = {
  readonly candidate: Side;
  readonly published: Estimate & { readonly tasks: number };
  readonly passRate: PassRate;
  /** With the uncertainty of both figures; `adjustedP` is Holm's over all arms that could have been named. */
  readonly difference: Estimate & { readonly p: number | null; readonly adjustedP: number | null };
  readonly allowances: readonly Allowance[];
  readonly verdict: { readonly kind: "better" | "worse" } | { readonly kind: "cannot-tell"; readonly cause: PublishedCause };
};
