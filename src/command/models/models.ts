import { Command } from "commander";
import { TRUST_FLAG } from "../flag.ts";
import type { Terminal } from "../terminal.ts";

type Options = { readonly models: string; readonly trust?: true; readonly json?: true };

/** Builds `bench models`, which lists what the servers of the configured models offer. */
export function modelsCommand(terminal: Terminal): Command {
  return new Command("models")
    .description("List the models that each configured server offers, with their context windows where it tells them")
    .argument(
      "[model...]",
      "only the servers of these models of the file; * matches anything; default: all that are enabled and have a key",
    )
    .option("--models <file>", "file with the models", "models.yaml")
    .option(...TRUST_FLAG)
    .option("--json", "print JSON")
    .action(async (names: readonly string[], options: Options) => {
      const [{ listOffers }, { offersTable }, { openTrust }] = await Promise.all([
        import("./list-offers.ts"),
        import("../../report/terminal/table/offers-table.ts"),
        import("../trust/trust.ts"),
      ]);
      const offers = await listOffers({ path: options.models, names }, openTrust(options, terminal));
      if (options.json) terminal.printJson(offers);
      else terminal.print(offersTable(offers, terminal.paint));
    });
}
