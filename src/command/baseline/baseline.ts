import { Command } from "commander";
import { UserError } from "../../core/errors.ts";
import { formatDate } from "../../core/format.ts";
import { jsonText } from "../../core/printable.ts";
import type { Baseline } from "../../core/record.ts";
import type { Store } from "../../store/store.ts";
import { DB_FLAG, TRUST_FLAG } from "../flag.ts";
import type { Terminal } from "../terminal.ts";

type Options = { readonly db: string; readonly trust?: true; readonly json?: true };

// A baseline must not have a name that means something else, such as that of a run.
const NAME = /^[A-Za-z][A-Za-z0-9._/-]*$/;

/** Makes `bench baseline`, which names arms that others are compared with. */
export function baselineCommand(terminal: Terminal): Command {
  return new Command("baseline")
    .description("Manage baselines: named runs and arms that others are compared with")
    .addCommand(saveCommand(terminal))
    .addCommand(listCommand(terminal))
    .addCommand(removeCommand(terminal));
}

function saveCommand(terminal: Terminal): Command {
  return new Command("save")
    .description("Give a name to an arm of a run; a name in use moves to this arm")
    .argument("<name>", "name of the baseline: letters, digits and . _ / -")
    .argument("[arm]", "NAME, NAME@RUN or a run; default: the newest run")
    .option(...DB_FLAG)
    .option(...TRUST_FLAG)
    .action(async (name: string, arm: string | undefined, options: Options) => {
      if (!NAME.test(name) || name === "latest")
        throw new UserError(
          `Cannot save baseline "${name}": expected a letter, then letters, digits and . _ / -, and not "latest"; choose another name`,
        );
      const { chooseArms, runNamed } = await import("../../run/arm-choice.ts");
      const store = await openForBaseline(options, terminal);
      try {
        const whole = runNamed(store, arm ?? "latest");
        const only = whole ? { runId: whole.run.id, armId: whole.armId } : armOf(chooseArms(store, [arm ?? "latest"]));
        store.saveBaseline(name, only);
        terminal.print(`Baseline ${name} is ${only.armId ? "one arm of " : ""}run ${only.runId}`);
      } finally {
        store.close();
      }
    });
}

async function openForBaseline(options: Options, terminal: Terminal): Promise<Store> {
  const [{ openTrust }, { openExistingToWrite }] = await Promise.all([import("../trust/trust.ts"), import("../open-store.ts")]);
  return openExistingToWrite(options.db, openTrust(options, terminal));
}

function armOf([only]: readonly { readonly run: { readonly id: string }; readonly arm: { readonly armId: string } }[]): {
  readonly runId: string;
  readonly armId: string;
} {
  if (!only) throw new UserError("Cannot save baseline: no such arm; see bench list");
  return { runId: only.run.id, armId: only.arm.armId };
}

function listCommand(terminal: Terminal): Command {
  return new Command("list")
    .description("List baselines")
    .option(...DB_FLAG)
    .option("--json", "print JSON")
    .action(async (options: Options) => {
      const { readStore } = await import("../open-store.ts");
      const { baselines, lines } = await readStore(options.db, listed);
      terminal.print(options.json ? jsonText(baselines) : lines.length > 0 ? lines.join("\n") : "No baseline is saved.");
    });
}

function listed(store: Store): { readonly baselines: readonly Baseline[]; readonly lines: readonly string[] } {
  const baselines = store.runs.baselines();
  const lines = baselines.map(({ name, runId, armId, savedAt }) => {
    const arm = store.arms.ofRun(runId).find((one) => one.armId === armId);
    return `${name}  run ${runId}${arm ? `, ${arm.name}` : ""}  saved ${formatDate(savedAt)}`;
  });
  return { baselines, lines };
}

function removeCommand(terminal: Terminal): Command {
  return new Command("remove")
    .description("Remove a baseline; its run is kept")
    .argument("<name>", "the baseline")
    .option(...DB_FLAG)
    .option(...TRUST_FLAG)
    .action(async (name: string, options: Options) => {
      const store = await openForBaseline(options, terminal);
      try {
        if (!store.removeBaseline(name))
          throw new UserError(`Cannot remove baseline "${name}": no baseline has that name; see "bench baseline list"`);
      } finally {
        store.close();
      }
      terminal.print(`Baseline ${name} is removed.`);
    });
}
