import type { AgentInstall } from "../../config/agent/known-agent.ts";
import { LAYER_FOLDER } from "../../core/layer.ts";
import { oneLine, printable } from "../../core/printable.ts";
import { placeInside, placeNamed } from "../../files/place.ts";
import { writeNewFile } from "../../files/write.ts";
import { type AgentFetch, fetchProblem, machineOf, runFetcher, writeProgram } from "./agent-fetch.ts";

type PypiFetch = AgentFetch<AgentInstall & { readonly kind: "pypi" }>;

/** Where the packages are, and the program that Python runs. */
const PACKAGES = "site";
const LAUNCHER = "launcher.py";
const MAX_PROBLEM = 300;
/** The oldest glibc that wheels are made for, as their names say. */
const PLATFORMS = ["manylinux2014", "manylinux_2_17", "manylinux_2_28"];

/**
 * Fetches an agent's packages from PyPI into a folder, in exactly this version, as wheels, of which nothing is run. Its program starts the python3 of the image with these packages before its own, and with nothing of
 * the workspace among them; what the agent itself starts knows nothing of them. Throws UserError with the reason when that fails, and the signal's reason.
 */
export async function fetchFromPypi(fetch: PypiFetch): Promise<void> {
  const { install, version, cpu, folder } = fetch;
  const platforms = PLATFORMS.flatMap((name) => ["--platform", `${name}_${machineOf(cpu)}`]);
  const target = ["--target", PACKAGES, "--only-binary", ":all:", "--implementation", "cp", "--python-version", install.python];
  const quiet = ["--quiet", "--no-compile", "--no-input", "--disable-pip-version-check", "--retries", "1", "--progress-bar", "off"];
  const { code, said } = await runFetcher(fetch, "python3", [
    "-m",
    "pip",
    "install",
    ...quiet,
    ...target,
    ...platforms,
    `${install.package}==${version}`,
  ]);
  if (code !== 0) throw fetchProblem(fetch, pipProblem(said, install.package));
  writeNewFile(placeInside(placeNamed(folder), LAUNCHER), Buffer.from(launcherOf(install)), { executable: false });
  // Isolated: neither the workspace nor variables of Python add to its packages.
  writeProgram(fetch, [`exec python3 -I ${LAYER_FOLDER}/${LAUNCHER} "$@"`]);
}

function launcherOf({ python, launcher }: PypiFetch["install"]): string {
  return `import sys

if "%d.%d" % sys.version_info[:2] != "${python}":
    sys.exit("it needs Python ${python} as python3, and the image has %d.%d" % sys.version_info[:2])
sys.dont_write_bytecode = True
sys.path.insert(0, "${LAYER_FOLDER}/${PACKAGES}")
${launcher}`;
}

// pip's last error says what happened.
function pipProblem(said: string, name: string): string {
  if (/No space left on device|Errno 28\b/.test(said)) return "the disk of this machine is full; make room, then try again";
  if (/No module named pip\b/.test(said)) return "python3 of this machine has no pip; install the package python3-pip";
  if (/NewConnectionError|ConnectTimeout|NameResolutionError|ProtocolError|ReadTimeout/.test(said))
    return "PyPI cannot be reached; check the network and pip's settings, then try again";
  if (said.includes("No matching distribution found"))
    return `PyPI does not have ${name} in this version; look up its versions with: python3 -m pip index versions ${name}`;
  const last = said.split("\n").findLast((line) => line.startsWith("ERROR:")) ?? said.slice(-MAX_PROBLEM);
  return `pip failed: ${printable(oneLine(last), MAX_PROBLEM)}`;
}
