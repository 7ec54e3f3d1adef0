import { Command } from "commander";
import { gather } from "../flag.ts";
import type { End, Terminal } from "../terminal.ts";
import type { SetupFlags } from "./start-setup.ts";

/** `bench setup`: Builds the command that prepares a machine for sandboxes. */
export function setupCommand(terminal: Terminal, end: End): Command {
  return new Command("setup")
    .description(
      "Prepare this machine: a Docker engine and the sandbox image. Does only what is missing; on Debian and Ubuntu, as root, it installs and starts what it needs, elsewhere it prints what to install",
    )
    .option("--bubblewrap", "also prepare bubblewrap and the root file system of its sandboxes, in ~/.cache/bench (Linux only)")
    .option("--no-engine", "skip the engine and its image, for example with --bubblewrap")
    .option(
      "--agent <name@version>",
      "also install this agent, such as claude-code@2.1.197, for Docker and with --bubblewrap for bubblewrap; may be repeated",
      gather,
    )
    .option("--gvisor", "also install gVisor's runsc, as a runtime of an engine that is started here")
    .option("--browser", "also find or install Chrome or Chromium, in which the tests of this project open reports")
    .action(async (flags: SetupFlags) => {
      const { startSetup } = await import("./start-setup.ts");
      end(await startSetup(flags, terminal));
    });
}
