import { spawn } from "node:child_process";
import type { AgentInstall, KnownAgent } from "../../config/agent/known-agent.ts";
import { environmentFor } from "../../config/environment.ts";
import { UserError } from "../../core/errors.ts";
import { LAYER_FOLDER, layerKey } from "../../core/layer.ts";
import { oneLine, printable } from "../../core/printable.ts";
import { readText } from "../../files/file.ts";
import { isFile } from "../../files/folder.ts";
import { placeInside, placeNamed } from "../../files/place.ts";
import { replaceFile, writeNewFile } from "../../files/write.ts";

/** The processors that agents are installed for, as Node names them. */
export type Cpu = "x64" | "arm64";

/** An agent to fetch, an empty folder for it, the processor it is for, and what stops it. */
export type AgentFetch = {
  readonly known: Pick<KnownAgent, "name" | "command" | "install">;
  readonly version: string;
  readonly folder: string;
  readonly cpu: Cpu;
  readonly signal?: AbortSignal | undefined;
};

/** The Node that runs agents written in JavaScript, whatever the image has: it needs glibc 2.28 and libstdc++. */
const NODE_VERSION = "24.21.0";
const MACHINES: Readonly<Record<Cpu, string>> = { x64: "x86_64", arm64: "aarch64" };
const MAX_MS = 1_800_000;
const MAX_SAID = 20_000;
const MAX_PROBLEM = 300;

// How npm finds itself, its settings and its registry; keys of models are not among it.
const NEEDED =
  /^(PATH|HOME|USER|TMPDIR|LANG|LC_.*|.*_(proxy|PROXY)|npm_config_.*|NPM_CONFIG_.*|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|SYSTEMROOT)$/;

// Scripts of packages never run: what is installed runs in sandboxes alone. Without retries that take minutes, a registry that does not answer is told at once.
const NPM_FLAGS = [
  "--ignore-scripts",
  "--no-bin-links",
  "--no-package-lock",
  "--no-audit",
  "--no-fund",
  "--no-update-notifier",
  "--loglevel=error",
  "--fetch-retries=1",
  "--fetch-retry-mintimeout=1000",
  "--fetch-retry-maxtimeout=2000",
  "--os=linux",
  "--libc=glibc",
];

/**
 * Fetches an agent's packages into a folder, in exactly this version, and starts nothing of them. The program is then `bin/NAME` in it, as sandboxes see the folder. Throws UserError with the reason when
 * that fails, and the signal's reason.
 */
export async function fetchAgent(fetch: AgentFetch): Promise<void> {
  const { known, version, cpu } = fetch;
  const { install } = known;
  await npmInstall(fetch, { [install.package]: version });
  requireVersion(fetch);
  const program = programIn(fetch);
  const isScript = /\.[cm]?js$/.test(program);
  const node = `node-linux-${cpu}`;
  if (isScript) await npmInstall(fetch, { [install.package]: version, [node]: NODE_VERSION });
  const runs = isScript ? [inLayer(`${node}/bin/node`), inLayer(program)] : [inLayer(program)];
  const path = install.path === undefined ? [] : [`PATH="$PATH:${inLayer(filled(install.path, cpu))}"`, "export PATH"];
  const text = ["#!/bin/sh", ...path, `exec ${runs.join(" ")} "$@"`, ""].join("\n");
  writeNewFile(placeInside(placeNamed(fetch.folder), `bin/${programName(known)}`), Buffer.from(text), { executable: true });
}

/** Names the program of an agent, as its command starts it. */
export function programName({ command }: Pick<KnownAgent, "command">): string {
  return command[0] ?? "";
}

function inLayer(path: string): string {
  return `${LAYER_FOLDER}/node_modules/${path}`;
}

function filled(path: string, cpu: Cpu): string {
  return path.replaceAll("{cpu}", cpu).replaceAll("{machine}", MACHINES[cpu]);
}

function requireVersion(fetch: AgentFetch): void {
  const { known, version, folder } = fetch;
  const place = placeInside(placeNamed(folder), `node_modules/${known.install.package}/package.json`);
  const { version: found } = JSON.parse(readText(place)) as { readonly version?: unknown };
  if (found !== version) throw problem(fetch, `npm has version ${printable(String(found), 100)} for it; name that one`);
}

function programIn(fetch: AgentFetch): string {
  const { known, folder, cpu } = fetch;
  const places = known.install.programs.map((path) => filled(path, cpu));
  const found = places.find((path) => isFile(placeInside(placeNamed(folder), `node_modules/${path}`)));
  if (found === undefined)
    throw problem(
      fetch,
      `its package has no program where other versions have it (${places[0]}); name another version, or put it into an image`,
    );
  return found;
}

function problem({ known, version }: Pick<AgentFetch, "known" | "version">, text: string): UserError {
  return new UserError(`Cannot install agent "${layerKey({ name: known.name, version })}": ${text}`);
}

async function npmInstall(fetch: AgentFetch, dependencies: Readonly<Record<string, string>>): Promise<void> {
  replaceFile(placeInside(placeNamed(fetch.folder), "package.json"), [JSON.stringify({ private: true, dependencies })]);
  const { code, said } = await run("npm", ["install", ...NPM_FLAGS, `--cpu=${fetch.cpu}`], fetch);
  if (code !== 0) throw problem(fetch, npmProblem(said, fetch.known.install));
}

const UNREACHABLE =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|FETCH_ERROR|ERR_SOCKET_TIMEOUT|UND_ERR_\w+)$/;

// npm's own words are many lines; its code says what happened.
function npmProblem(said: string, install: AgentInstall): string {
  const code = /^npm (?:error|ERR!) code (\S{1,100})/m.exec(said)?.[1] ?? "";
  if (code === "ENOSPC" || said.includes("ENOSPC")) return "the disk of this machine is full; make room, then try again";
  if (code === "E404" || code === "ETARGET")
    return `the registry of npm does not have ${install.package} in this version; look up its versions with: npm view ${install.package} versions`;
  if (UNREACHABLE.test(code))
    return `the registry of npm cannot be reached (${code}); check the network and npm's settings, then try again`;
  const first = /^npm (?:error|ERR!) (?!code\b)(.{1,1000})/m.exec(said)?.[1] ?? said;
  return `npm failed: ${printable(oneLine(first), MAX_PROBLEM)}`;
}

type Ended = { readonly code: number | null; readonly said: string };

function run(program: string, args: readonly string[], fetch: AgentFetch): Promise<Ended> {
  const { folder, signal } = fetch;
  signal?.throwIfAborted();
  const child = spawn(program, args, {
    cwd: folder,
    env: environmentFor((name) => NEEDED.test(name)),
    stdio: ["ignore", "ignore", "pipe"],
    timeout: MAX_MS,
    ...(signal === undefined ? {} : { signal }),
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-MAX_SAID);
  });
  return new Promise((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (signal?.aborted) reject(signal.reason);
      else reject(error.code === "ENOENT" ? problem(fetch, `the program ${program} is missing on this machine; install it`) : error);
    });
    child.on("close", (code) => (signal?.aborted ? reject(signal.reason) : resolve({ code, said })));
  });
}
