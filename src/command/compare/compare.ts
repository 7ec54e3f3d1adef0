import { Command, Option } from "commander";
import type { Scope } from "../../analysis/compare.ts";
import { UserError } from "../../core/errors.ts";
import type { Report } from "../../report/written-report.ts";
import { ARM_HELP, DB_FLAG, gather } from "../flag.ts";
import { OUTPUT_FLAG } from "../report/report-file.ts";
import type { Terminal } from "../terminal.ts";

type Options = {
  readonly scope: Scope;
  readonly allowMismatch?: true;
  readonly output?: readonly string[];
  readonly db: string;
  readonly json?: true;
};

/** `bench compare`: arms against the first, with intervals and one closing sentence. */
export function compareCommand(terminal: Terminal): Command {
  return new Command("compare")
    .description(
      "Compare arms task by task: difference in pass rate with interval, cost, tokens and time, flipped tasks; the first is the baseline",
    )
    .argument("[arms...]", `${ARM_HELP}; default: every arm of the newest run`)
    .addOption(
      new Option("--scope <scope>", "tasks: what holds over tasks like these; suite: over exactly these (needs repeats)")
        .choices(["tasks", "suite"])
        .default("tasks"),
    )
    .option("--allow-mismatch", "compare even where limits, image, tasks or harness differ")
    .option(OUTPUT_FLAG[0], OUTPUT_FLAG[1], gather)
    .option(...DB_FLAG)
    .option("--json", "print JSON")
    .action(async (names: readonly string[], options: Options) => {
      const [{ openExistingStore }, { chooseArms }, { compareArms }, { writeReport }, { comparisonText }, files] = await Promise.all([
        import("../open-store.ts"),
        import("../../run/arm-choice.ts"),
        import("../../analysis/compare.ts"),
        import("../../report/written-report.ts"),
        import("../../report/terminal/comparison-text.ts"),
        import("../report/report-file.ts"),
      ]);
      files.checkOutputs(options.output ?? []);
      const store = openExistingStore(options.db, "read");
      try {
        const arms = chooseArms(store, names);
        if (arms.length < 2) throw new UserError("Cannot compare: there is only one arm; name two, as in: bench compare MODEL OTHER-MODEL");
        refuseDuplicates(arms.map(({ run, arm }) => ({ key: `${run.id}/${arm.armId}`, name: arm.name })));
        const report = writeReport(compareArms(arms, options.scope));
        if (!options.allowMismatch) refuseMisleading(report);
        await files.writeReports(report, options.output ?? [], store);
        terminal.print(options.json ? JSON.stringify(report, null, 2) : comparisonText(report, terminal.paint));
      } finally {
        store.close();
      }
    });
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
        `Cannot compare "${candidate.label}" with "${baseline.label}": they differ in ${found.what} (${found.baseline} against ${found.candidate}); run both alike, or use --allow-mismatch`,
      );
  }
}
