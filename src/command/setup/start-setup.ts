import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { environmentFor } from "../../config/environment.ts";
import { UserError } from "../../core/errors.ts";
import { connectEngine } from "../../sandbox/docker/engine.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { asUserError } from "../sandbox/prepare-engine.ts";
import type { ExitCode, Terminal } from "../terminal.ts";
import { installAgents, type LayerPlace, wantedAgents } from "./install-agents.ts";
import { bubblewrapPlace, dockerPlace } from "./layer-places.ts";

/** What `bench setup` prepares besides, or instead of, the Docker engine and its image. */
export type SetupFlags = {
  readonly engine: boolean;
  readonly bubblewrap?: true;
  readonly browser?: true;
  readonly gvisor?: true;
  /** Agents to install, as `name@version`. */
  readonly agent?: readonly string[];
};

// The package's own script, which a checkout also starts from: it installs and builds only where there are sources.
const SCRIPT = fileURLToPath(new URL("../../../sandbox/setup.sh", import.meta.url));

// What bash needs to start, and what the script hands on to npm, apt-get and node; keys of models are not among it.
const NEEDED =
  /^(PATH|HOME|USER|LOGNAME|SHELL|TERM|COLORTERM|NO_COLOR|FORCE_COLOR|CI|TZ|TMPDIR|LANG|LANGUAGE|LC_.*|XDG_.*|BENCH_.*|DOCKER_(HOST|CERT_PATH|TLS_VERIFY|TMPDIR)|PLAYWRIGHT_BROWSERS_PATH|DEBIAN_FRONTEND|.*_(proxy|PROXY)|npm_config_.*|NPM_CONFIG_.*|NODE_EXTRA_CA_CERTS|NODE_OPTIONS|SSL_CERT_(FILE|DIR)|APT_CONFIG|CC|CXX|NVM_DIR|FNM_DIR|VOLTA_HOME|ASDF_DIR|ASDF_DATA_DIR|NODENV_ROOT|N_PREFIX|SYSTEMROOT)$/;

/**
 * Runs the set-up script with these flags, whose progress goes to the terminal, and then installs agents. Throws UserError where there is no bash to run it, and for an agent that
 * cannot be installed.
 */
export async function startSetup(flags: SetupFlags, terminal: Pick<Terminal, "notify">): Promise<ExitCode> {
  const wanted = wantedAgents(flags.agent ?? []);
  if (wanted.length > 0 && !flags.engine && flags.bubblewrap === undefined)
    throw new UserError("Cannot install agents: with --no-engine they are for bubblewrap alone; add --bubblewrap");
  const code = await runScript(flags);
  if (code !== 0 || wanted.length === 0) return code;
  const interrupt = listenForInterrupt((text) => terminal.notify(text), "nothing that is half installed stays");
  try {
    const places = await asUserError(() => placesOf(flags));
    await installAgents(wanted, places, { notify: (text) => terminal.notify(text), signal: interrupt.signal });
    return 0;
  } catch (error) {
    if (interrupt.signal.aborted) return 130;
    throw error;
  } finally {
    interrupt.release();
  }
}

async function placesOf({ engine, bubblewrap }: SetupFlags): Promise<readonly LayerPlace[]> {
  // A folder is moved to where it stays for bubblewrap, so that comes last.
  return [...(engine ? [await dockerPlace(connectEngine())] : []), ...(bubblewrap ? [await bubblewrapPlace()] : [])];
}

function runScript({ engine, bubblewrap, gvisor, browser }: SetupFlags): Promise<ExitCode> {
  const chosen = { "--no-engine": !engine, "--bubblewrap": bubblewrap, "--gvisor": gvisor, "--browser": browser };
  const flags = Object.entries(chosen).flatMap(([flag, isChosen]) => (isChosen ? [flag] : []));
  const child = spawn("bash", [SCRIPT, ...flags], { stdio: "inherit", env: environmentFor((name) => NEEDED.test(name)) });
  return new Promise((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "ENOENT" ? new UserError("Cannot set up: the program bash is missing; install it, or use WSL on Windows") : error,
      ),
    );
    child.on("close", (code, signal) => resolve(signal === null ? exitCode(code) : 130));
  });
}

// The script ends with 2 for what the user has to change, and with 1 for what failed.
function exitCode(code: number | null): ExitCode {
  if (code === 0 || code === 2) return code;
  return 4;
}
