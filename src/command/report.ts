import { Command } from "commander";
import { DB_FLAG } from "./flag.ts";
import type { Terminal } from "./terminal.ts";

const MOST_LISTED = 20;

type Options = { readonly db: string; readonly json?: true };

/** `bench report`: the figures of a run, by arm and by task. */
export function reportCommand(terminal: Terminal): Command {
  return new Command("report")
    .description("Show the results of a run: the summary, and every task against every model")
    .argument("[run]", "run, or the start of its name", "latest")
    .option(...DB_FLAG)
    .option("--json", "print JSON, with every trial")
    .action(async (name: string, options: Options) => {
      const [{ openExistingStore }, { buildReport }, { summaryTable }, { taskTable }, { trialList }] = await Promise.all([
        import("./open-store.ts"),
        import("../report/report.ts"),
        import("../report/summary-table.ts"),
        import("../report/task-table.ts"),
        import("../report/trial-list.ts"),
      ]);
      const store = openExistingStore(options.db, "read");
      const run = store.findRun(name);
      const report = buildReport(run, store.runs.arms(run.id));
      const trials = options.json ? store.runs.trials(run.id) : [];
      const notPassed = store.runs.notPassed(run.id, MOST_LISTED);
      store.close();
      if (options.json) return terminal.print(JSON.stringify({ ...report, trials }, null, 2));
      terminal.print(
        [summaryTable(report, terminal.paint), "", taskTable(report, terminal.paint), ...trialList(notPassed, terminal.paint)].join("\n"),
      );
    });
}
