import { Command } from "commander";
import { UserError } from "../../core/errors.ts";
import type { Trajectory } from "../../core/record.ts";
import type { trialHistoryText } from "../../report/terminal/trajectory-text.ts";
import type { Store } from "../../store/store.ts";
import { DB_FLAG, wholeNumber } from "../flag.ts";
import { printPaged } from "../pager.ts";
import type { Terminal } from "../terminal.ts";

type Options = { readonly db: string; readonly json?: true; readonly full?: true; readonly pager: boolean };

/** Makes `bench show`, which shows one trial from the first message to the verdict. */
export function showCommand(terminal: Terminal): Command {
  return new Command("show")
    .description("Show a whole trial: prompt, every step with its tool calls, hidden tests")
    .argument(
      "<trial>",
      "number of the trial; bench report lists the trials that did not pass, bench report --json lists all",
      wholeNumber(1),
    )
    .option(...DB_FLAG)
    .option("--full", "on a terminal, show long texts whole; elsewhere they always are")
    .option("--no-pager", "on a terminal, do not show it by the pager that PAGER names, or less")
    .option("--json", "print JSON")
    .action(async (id: number, options: Options) => {
      const [{ readStore }, { trajectoryLines, trialHistoryText }] = await Promise.all([
        import("../open-store.ts"),
        import("../../report/terminal/trajectory-text.ts"),
      ]);
      const { trajectory, history } = await readStore(options.db, (store) => wholeTrial(store, id));
      const { paint } = terminal;
      if (options.json) return terminal.printJson({ ...trajectory, ...history });
      const style = { full: options.full ?? false };
      const parts = withEnd(trajectoryLines(trajectory, paint, style), trialHistoryText(history, paint));
      await printPaged(parts, { terminal, isPaged: options.pager });
    });
}

// Nothing is left where the last part is an empty line.
function* withEnd(parts: Iterable<string>, end: string): Generator<string> {
  let last: string | null = null;
  for (const part of parts) {
    if (last !== null) yield last;
    last = part;
  }
  const rest = (last ?? "") + end;
  if (rest !== "") yield rest;
}

function wholeTrial(
  store: Store,
  id: number,
): { readonly trajectory: Trajectory; readonly history: Parameters<typeof trialHistoryText>[0] } {
  const trial = store.runs.trial(id);
  if (!trial) throw new UserError(`Cannot show trial "${id}": the database has no trial with this number; see "bench report --json"`);
  return {
    trajectory: store.trajectories.read(trial),
    history: { executions: store.executions.history(trial), earlierVerdicts: store.verdicts.earlier(id) },
  };
}
