import { Command, Option } from "commander";
import type { Scope } from "../../analysis/compare.ts";
import { UserError } from "../../core/errors.ts";
import { jsonText } from "../../core/printable.ts";
import type { PublishedRate } from "../../stats/published-rate.ts";
import { ARM_HELP, DB_FLAG, gather, points, share, wholeNumber } from "../flag.ts";
import { OUTPUT_FLAG } from "../report/report-file.ts";
import type { Terminal } from "../terminal.ts";

/** Reads the published figure from the flags; null without one. Throws UserError when only half of it is given, or it has a scope. */
function publishedIn({ against, n, scope }: Options): PublishedRate | null {
  if (against === undefined && n === undefined) return null;
  if (against === undefined || n === undefined)
    throw new UserError(
      against === undefined
        ? "Cannot compare with a published figure: --n is given without --against; add the rate, as in: --against 0.62 --n 225"
        : "Cannot compare with a published figure: its number of tasks is not given, and so not its uncertainty; add it, as in: --against 0.62 --n 225",
    );
  if (scope === "suite")
    throw new UserError(
      "Cannot compare exactly these tasks with a published figure: its results by task are not known; leave out --scope suite",
    );
  return { rate: against, tasks: n };
}

type Options = {
  readonly scope: Scope;
  readonly allowMismatch?: true;
  readonly planned?: true;
  readonly margin: number;
  readonly against?: number;
  readonly n?: number;
  readonly output?: readonly string[];
  readonly db: string;
  readonly json?: true;
};

/** Makes `bench compare`, which compares arms with the first one. */
export function compareCommand(terminal: Terminal): Command {
  return new Command("compare")
    .description(
      "Compare arms task by task: difference in pass rate with interval, cost, tokens and time, flipped tasks; the first is the baseline",
    )
    .argument("[arms...]", `${ARM_HELP}; default: every arm of the newest run`)
    .addOption(
      new Option("--scope <scope>", "tasks: conclusions about tasks like these; suite: about exactly these (needs repeats)")
        .choices(["tasks", "suite"])
        .default("tasks"),
    )
    .option(
      "--planned",
      "the arms were chosen before there were results, so the other arms of their runs do not count; without this, a pair is judged among all that could have been chosen",
    )
    .addOption(
      new Option("--margin <points>", "size below which a difference does not matter: smaller is alike")
        .argParser(points)
        .default(0.05, "5pp"),
    )
    .option("--against <rate>", "compare one arm with a published pass rate instead, such as 0.62 or 62%; needs --n", share)
    .option("--n <tasks>", "number of tasks of the published rate: its uncertainty counts, too", wholeNumber(1))
    .option("--allow-mismatch", "compare even if limits, image, tasks or harness differ")
    .option(OUTPUT_FLAG[0], OUTPUT_FLAG[1], gather)
    .option(...DB_FLAG)
    .option("--json", "print JSON")
    .action(async (names: readonly string[], options: Options) => {
      const [{ readStore, whereaboutsOf }, { chooseArms }, { compareChosen, compareWithPublished }, { comparisonText }, files] =
        await Promise.all([
          import("../open-store.ts"),
          import("../../run/arm-choice.ts"),
          import("./compare-arms.ts"),
          import("../../report/terminal/comparison-text.ts"),
          import("../report/report-file.ts"),
        ]);
      files.checkOutputs(options.output ?? []);
      await readStore(options.db, async (store) => {
        const arms = chooseArms(store, names);
        const { scope, margin, allowMismatch = false, planned = false } = options;
        const published = publishedIn(options);
        const whereabouts = whereaboutsOf(store, options.db);
        const report = published
          ? compareWithPublished(store, arms, { ...published, planned, whereabouts })
          : compareChosen(store, arms, { scope, margin, allowMismatch, planned, whereabouts });
        await files.writeReports(report, options.output ?? [], store);
        terminal.print(options.json ? jsonText(report) : comparisonText(report, terminal.paint));
      });
    });
}
