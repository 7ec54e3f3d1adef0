import { Command } from "commander";
import { jsonText } from "../../core/printable.ts";
import { DB_FLAG } from "../flag.ts";
import { type SandboxKind, sandboxOption } from "../sandbox/sandbox-flag.ts";
import type { End, Terminal } from "../terminal.ts";

type Options = {
  readonly models: string;
  readonly image: string;
  readonly sandbox: SandboxKind;
  readonly db: string;
  readonly json?: true;
};

/** Builds `bench doctor`, which checks whether everything that a run needs is there. */
export function doctorCommand(terminal: Terminal, end: End): Command {
  return new Command("doctor")
    .description("Check sandboxes, image, keys, disk and database; exit code 1 when a run could not start")
    .option("--models <file>", "file with the models", "models.yaml")
    .option("--image <name>", "sandbox image", "bench-sandbox:latest")
    .addOption(sandboxOption())
    .option(...DB_FLAG)
    .option("--json", "print JSON")
    .action(async (options: Options) => {
      const [{ examine }, { findingTable }] = await Promise.all([import("./examine.ts"), import("../../report/terminal/check-tables.ts")]);
      const findings = await examine(options);
      terminal.print(options.json ? jsonText(findings) : findingTable(findings, terminal.paint));
      end(findings.some((finding) => finding.state === "bad") ? 1 : 0);
    });
}
