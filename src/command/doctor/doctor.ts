import { Command } from "commander";
import { jsonText } from "../../core/printable.ts";
import type { Finding } from "../../report/terminal/table/check-tables.ts";
import { DB_FLAG, gather, TRUST_FLAG } from "../flag.ts";
import { type SandboxKind, sandboxOption } from "../sandbox/sandbox-flag.ts";
import type { End, Terminal } from "../terminal.ts";

type Options = {
  readonly models: string;
  readonly image: string;
  readonly sandbox: SandboxKind;
  readonly db: string;
  readonly probe?: true | readonly string[];
  readonly trust?: true;
  readonly json?: true;
};

/** Builds `bench doctor`, which checks whether everything that a run needs is there. */
export function doctorCommand(terminal: Terminal, end: End): Command {
  return new Command("doctor")
    .description("Check sandboxes, image, keys, disk and database, and with --probe the models; exit code 1 when a run could not start")
    .option("--models <file>", "file with the models", "models.yaml")
    .option("--image <name>", "sandbox image", "bench-sandbox:latest")
    .addOption(sandboxOption())
    .option(...DB_FLAG)
    .option(
      "--probe [model]",
      "ask this model, or all that are enabled and have a key, for a tool call and an answer, for less than a cent each; * matches anything; may be repeated",
      (name: string, before: unknown) => gather(name, Array.isArray(before) ? before : []),
    )
    .option(...TRUST_FLAG)
    .option("--json", "print JSON")
    .action(async (options: Options) => {
      const [{ examine }, { findingTable }] = await Promise.all([
        import("./examine.ts"),
        import("../../report/terminal/table/check-tables.ts"),
      ]);
      const findings = [...(await examine(options)), ...(await probed(options, terminal))];
      terminal.print(options.json ? jsonText(findings) : findingTable(findings, terminal.paint));
      end(findings.some((finding) => finding.state === "bad") ? 1 : 0);
    });
}

async function probed({ probe, models, trust }: Options, terminal: Terminal): Promise<readonly Finding[]> {
  if (probe === undefined) return [];
  const [{ chooseServed, probeServed }, { openTrust }] = await Promise.all([
    import("../probe/probe-models.ts"),
    import("../trust/trust.ts"),
  ]);
  const chosen = await chooseServed({ path: models, names: probe === true ? [] : probe }, openTrust({ trust }, terminal));
  if (chosen.length === 0) return [{ what: "probe", state: "fair", detail: "no enabled model has a key; name one with --probe MODEL" }];
  return probeServed(chosen, (text) => terminal.notify(text));
}
