import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { environmentFor } from "../../config/environment.ts";
import { UserError } from "../../core/errors.ts";
import type { ExitCode } from "../terminal.ts";

/** What `bench setup` prepares besides, or instead of, the Docker engine and its image. */
export type SetupFlags = { readonly engine: boolean; readonly bubblewrap?: true; readonly browser?: true; readonly gvisor?: true };

// The package's own script, which a checkout also starts from: it installs and builds only where there are sources.
const SCRIPT = fileURLToPath(new URL("../../../sandbox/setup.sh", import.meta.url));

// What bash needs to start, and what the script hands on to npm, apt-get and node; keys of models are not among it.
const NEEDED =
  /^(PATH|HOME|USER|LOGNAME|SHELL|TERM|COLORTERM|NO_COLOR|FORCE_COLOR|CI|TZ|TMPDIR|LANG|LANGUAGE|LC_.*|XDG_.*|BENCH_.*|DOCKER_(HOST|CERT_PATH|TLS_VERIFY|TMPDIR)|PLAYWRIGHT_BROWSERS_PATH|DEBIAN_FRONTEND|.*_(proxy|PROXY)|npm_config_.*|NPM_CONFIG_.*|NODE_EXTRA_CA_CERTS|NODE_OPTIONS|SSL_CERT_(FILE|DIR)|APT_CONFIG|CC|CXX|NVM_DIR|FNM_DIR|VOLTA_HOME|ASDF_DIR|ASDF_DATA_DIR|NODENV_ROOT|N_PREFIX|SYSTEMROOT)$/;

/** Runs the set-up script with these flags; its progress goes to the terminal. Throws UserError where there is no bash to run it. */
export async function startSetup({ engine, bubblewrap, gvisor, browser }: SetupFlags): Promise<ExitCode> {
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
