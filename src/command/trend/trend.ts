import { Command } from "commander";
import { DB_FLAG, wholeNumber } from "../flag.ts";
import type { Terminal } from "../terminal.ts";

type Options = { readonly suite?: string; readonly limit: number; readonly html?: string; readonly db: string; readonly json?: true };

/** `bench trend`: how an arm's pass rate and cost went over runs. */
export function trendCommand(terminal: Terminal): Command {
  return new Command("trend")
    .description("Show how an arm did over runs: pass rate with interval, and cost, oldest first")
    .argument("<arm>", "its name, model or prompt; * stands for any text; or the name of a baseline")
    .option("--suite <name>", "only runs of this suite, as bench list shows it")
    .option("--limit <n>", "how many runs at most, the newest", wholeNumber(1), 20)
    .option("--html <file>", "write a page with charts to a file, too")
    .option(...DB_FLAG)
    .option("--json", "print JSON")
    .action(async (name: string, options: Options) => {
      const [{ openExistingStore }, { trendOf }, { trendText }] = await Promise.all([
        import("../open-store.ts"),
        import("../../run/trend-choice.ts"),
        import("../../report/terminal/trend-text.ts"),
      ]);
      const store = openExistingStore(options.db, "read");
      try {
        const trend = trendOf(store, name, { suite: options.suite ?? null, limit: options.limit });
        if (options.html !== undefined) {
          const [{ trendHtml }, { writeWhole }] = await Promise.all([
            import("../../report/html/trend-html.ts"),
            import("../report/report-file.ts"),
          ]);
          writeWhole(options.html, trendHtml(trend));
          terminal.notify(`Wrote ${options.html}`);
        }
        terminal.print(options.json ? JSON.stringify(trend, null, 2) : trendText(trend, terminal.paint));
      } finally {
        store.close();
      }
    });
}
