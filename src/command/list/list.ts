import { Command } from "commander";
import { jsonText } from "../../core/printable.ts";
import type { RunListing, RunState } from "../../core/record.ts";
import type { Whereabouts } from "../../report/unfinished-words.ts";
import { DB_FLAG, wholeNumber } from "../flag.ts";
import type { Terminal } from "../terminal.ts";

type Options = { readonly db: string; readonly limit: number; readonly json?: true };

/** Makes `bench list`, which lists the runs in the database. */
export function listCommand(terminal: Terminal): Command {
  return new Command("list")
    .description("List runs, newest first")
    .option(...DB_FLAG)
    .option("--limit <n>", "maximum number of runs", wholeNumber(1), 20)
    .option("--json", "print JSON")
    .action(async (options: Options) => {
      const [{ readStore, whereaboutsOf }, { listTable }] = await Promise.all([
        import("../open-store.ts"),
        import("../../report/terminal/table/list-table.ts"),
      ]);
      const { runs, whereabouts } = await readStore(options.db, (store) => {
        const found = whereaboutsOf(store, options.db);
        return { runs: store.runs.list(options.limit).map((run) => ({ ...run, state: stateOf(run, found) })), whereabouts: found };
      });
      terminal.print(options.json ? jsonText(runs) : listTable(runs, terminal.paint, whereabouts));
    });
}

function stateOf({ id, end }: Pick<RunListing, "id" | "end">, { running }: Whereabouts): RunState {
  return end ?? (running?.has(id) ? "running" : "unfinished");
}
