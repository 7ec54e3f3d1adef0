import { compareArms, type Scope } from "../../analysis/compare.ts";
import { comparePublished } from "../../analysis/published.ts";
import { type ArmInRun, type Summary, summarize } from "../../analysis/summary.ts";
import { UserError } from "../../core/errors.ts";
import { counted } from "../../core/format.ts";
import type { Whereabouts } from "../../report/unfinished-words.ts";
import { type Report, writeReport } from "../../report/written-report.ts";
import { comparisonTerms } from "../../run/comparison-terms.ts";
import type { PublishedRate } from "../../stats/published-rate.ts";
import type { Store } from "../../store/store.ts";

/** How chosen arms are compared; `planned` says that they were chosen before there were results, `margin` is the share below which a difference does not matter. */
export type ChosenTerms = {
  readonly scope: Scope;
  readonly allowMismatch: boolean;
  readonly planned?: boolean;
  readonly margin?: number;
  readonly whereabouts?: Whereabouts;
};

/** Compares chosen arms with the first. Throws UserError below two arms, for an arm with itself, and where the figures would mislead unless that is allowed. */
export function compareChosen(
  store: Store,
  arms: readonly ArmInRun[],
  { scope, allowMismatch, planned, margin, whereabouts }: ChosenTerms,
): Report {
  if (arms.length < 2) throw new UserError("Cannot compare: there is only one arm; name two, as in: bench compare MODEL OTHER-MODEL");
  refuseDuplicates(arms.map(({ run, arm }) => ({ key: `${run.id}/${arm.armId}`, name: arm.name })));
  const terms = { ...comparisonTerms(store, arms), ...(planned ? { planned } : {}), ...(margin === undefined ? {} : { margin }) };
  const report = writeReport(withCapStops(store, compareArms(arms, scope, terms)), whereabouts);
  if (!allowMismatch) refuseMisleading(report);
  return report;
}

/** Compares one chosen arm with a published pass rate. Throws UserError unless there is exactly one arm. */
export function compareWithPublished(
  store: Store,
  arms: readonly ArmInRun[],
  terms: PublishedRate & { readonly planned: boolean; readonly whereabouts: Whereabouts },
): Report {
  const [side, other] = arms;
  if (!side || other)
    throw new UserError(
      `Cannot compare with a published figure: ${counted(arms.length, "arm")} were named; name the one to compare, as in: bench compare MODEL --against 0.62 --n 225`,
    );
  const { mates = [] } = comparisonTerms(store, [side]);
  const published = comparePublished(side, { rate: terms.rate, tasks: terms.tasks }, { mates, planned: terms.planned });
  return writeReport({ ...withCapStops(store, summarize([side], [side.run])), published }, terms.whereabouts);
}

/** Adds to a summary over several runs which caps stopped them; runs whose trials all have a result are not asked. */
export function withCapStops<S extends Summary>(store: Store, summary: S): S {
  if (summary.missing === 0) return summary;
  const capStops = summary.runs.flatMap((run) => store.runs.capStops({ run, arms: store.runs.arms(run.id), spending: store.spending }));
  return { ...summary, capStops };
}

function refuseDuplicates(arms: readonly { readonly key: string; readonly name: string }[]): void {
  const twin = arms.find(({ key }, index) => arms.findIndex((other) => other.key === key) !== index);
  if (twin)
    throw new UserError(`Cannot compare "${twin.name}" with itself: both names mean the same arm of the same run; name another with @RUN`);
}

/** Refuses a comparison whose figures would mislead; throws UserError that names the first reason. */
export function refuseMisleading(report: Report): void {
  for (const { baseline, candidate, mismatches } of report.comparisons) {
    const found = mismatches.find(({ misleading }) => misleading);
    if (found)
      throw new UserError(
        `Cannot compare "${candidate.label}" with "${baseline.label}": they differ in ${found.what} (${found.baseline} against ${found.candidate}); run both in the same way, or use --allow-mismatch`,
      );
  }
}
