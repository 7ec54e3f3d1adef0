import { Command } from "commander";
import { jsonText, printable } from "../../core/printable.ts";
import { placeNamed } from "../../files/place.ts";
import { replaceFile } from "../../files/write.ts";
import { DB_FLAG, wholeNumber } from "../flag.ts";
import type { Terminal } from "../terminal.ts";

type Options = { readonly suite?: string; readonly limit: number; readonly html?: string; readonly db: string; readonly json?: true };

/** Makes `bench trend`, which shows the pass rate and cost of arms over runs. */
export function trendCommand(terminal: Terminal): Command {
  return new Command("trend")
    .description("Show the results of an arm over runs: pass rate with interval, and cost, oldest first")
    .argument("<arm>", "its name, model or prompt (* matches anything), or the name of a baseline")
    .option("--suite <name>", "only runs of this suite, as bench list shows it")
    .option("--limit <n>", "maximum number of runs, the newest ones", wholeNumber(1), 20)
    .option("--html <file>", "also write a page with charts to a file")
    .option(...DB_FLAG)
    .option("--json", "print JSON")
    .action(async (name: string, options: Options) => {
      const [{ readStore, whereaboutsOf }, { trendOf }, { trendText }] = await Promise.all([
        import("../open-store.ts"),
        import("../../run/trend-choice.ts"),
        import("../../report/terminal/trend-text.ts"),
      ]);
      const { trend, whereabouts } = await readStore(options.db, (store) => ({
        trend: trendOf(store, name, { suite: options.suite ?? null, limit: options.limit }),
        whereabouts: whereaboutsOf(store, options.db),
      }));
      if (options.html !== undefined) {
        const { trendHtml } = await import("../../report/html/trend-html.ts");
        replaceFile(placeNamed(options.html), [trendHtml(trend, whereabouts)]);
        terminal.notify(`Wrote ${printable(options.html, 300)}`);
      }
      terminal.print(options.json ? jsonText(trend) : trendText(trend, terminal.paint, whereabouts));
    });
}
