import { Command } from "commander";
import { DB_FLAG, gather } from "../flag.ts";
import type { Terminal } from "../terminal.ts";
import { OUTPUT_FLAG } from "./report-file.ts";

const MAX_LISTED = 20;

type Options = { readonly db: string; readonly output?: readonly string[]; readonly json?: true };

/** Makes `bench report`, which shows the results of a run by arm and by task. */
export function reportCommand(terminal: Terminal): Command {
  return new Command("report")
    .description("Show the results of a run: the summary, and every task against every model")
    .argument("[run]", "id of a run, or the start of it", "latest")
    .option(OUTPUT_FLAG[0], OUTPUT_FLAG[1], gather)
    .option(...DB_FLAG)
    .option("--json", "print JSON, with every trial")
    .action(async (name: string, options: Options) => {
      const [{ readStore, whereaboutsOf }, { summarizeStoredRun }, { writeReport }, { runReportText }, files] = await Promise.all([
        import("../open-store.ts"),
        import("../../run/comparison-terms.ts"),
        import("../../report/written-report.ts"),
        import("../../report/terminal/run-report-text.ts"),
        import("./report-file.ts"),
      ]);
      files.checkOutputs(options.output ?? []);
      await readStore(options.db, async (store) => {
        const run = store.findRun(name);
        // The text for a terminal shows no comparison.
        const power = options.json === true || (options.output ?? []).length > 0;
        const report = writeReport(summarizeStoredRun(store, run, { power }), whereaboutsOf(store, options.db));
        await files.writeReports(report, options.output ?? [], store);
        if (options.json) return terminal.printJson({ ...report, trials: files.trialsOf(report, store) });
        terminal.print(runReportText(report, store.runs.notPassed(run.id, MAX_LISTED), terminal.paint));
      });
    });
}
