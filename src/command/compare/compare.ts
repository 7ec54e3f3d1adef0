import { Command, Option } from "commander";
import type { Scope } from "../../analysis/compare.ts";
import { jsonText } from "../../core/printable.ts";
import { ARM_HELP, DB_FLAG, gather, points } from "../flag.ts";
import { OUTPUT_FLAG } from "../report/report-file.ts";
import type { Terminal } from "../terminal.ts";

type Options = {
  readonly scope: Scope;
  readonly allowMismatch?: true;
  readonly planned?: true;
  readonly margin: number;
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
    .option("--allow-mismatch", "compare even if limits, image, tasks or harness differ")
    .option(OUTPUT_FLAG[0], OUTPUT_FLAG[1], gather)
    .option(...DB_FLAG)
    .option("--json", "print JSON")
    .action(async (names: readonly string[], options: Options) => {
      const [{ readStore }, { chooseArms }, { compareChosen }, { comparisonText }, files] = await Promise.all([
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
        const report = compareChosen(store, arms, { scope, margin, allowMismatch, planned });
        await files.writeReports(report, options.output ?? [], store);
        terminal.print(options.json ? jsonText(report) : comparisonText(report, terminal.paint));
      });
    });
}
