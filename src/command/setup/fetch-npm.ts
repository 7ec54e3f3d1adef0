import type { AgentInstall } from "../../config/agent/known-agent.ts";
import { LAYER_FOLDER } from "../../core/layer.ts";
import { oneLine, printable } from "../../core/printable.ts";
import { readText } from "../../files/file.ts";
import { isFile } from "../../files/folder.ts";
import { placeInside, placeNamed } from "../../files/place.ts";
import { replaceFile } from "../../files/write.ts";
import { type AgentFetch, type Cpu, fetchProblem, machineOf, runFetcher, writeProgram } from "./agent-fetch.ts";

type NpmFetch = AgentFetch<AgentInstall & { readonly kind: "npm" }>;

/** The Node that runs agents written in JavaScript, whatever the image has: it needs glibc 2.28 and libstdc++. */
const NODE_VERSION = "24.21.0";
const MAX_PROBLEM = 300;

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
 * Fetches an agent's packages from npm's registry into a folder, in exactly this version, and starts nothing of them. The program is then `bin/NAME` in it, as sandboxes see the folder. Throws UserError with the
 * reason when that fails, and the signal's reason.
 */
export async function fetchFromNpm(fetch: NpmFetch): Promise<void> {
  const { install, version, cpu } = fetch;
  await npmInstall(fetch, { [install.package]: version });
  requireVersion(fetch);
  const program = programIn(fetch);
  const isScript = /\.[cm]?js$/.test(program);
  const node = `node-linux-${cpu}`;
  if (isScript) await npmInstall(fetch, { [install.package]: version, [node]: NODE_VERSION });
  const runs = isScript ? [inLayer(`${node}/bin/node`), inLayer(program)] : [inLayer(program)];
  const path = install.path === undefined ? [] : [`PATH="$PATH:${inLayer(filled(install.path, cpu))}"`, "export PATH"];
  writeProgram(fetch, [...path, `exec ${runs.join(" ")} "$@"`]);
}

function inLayer(path: string): string {
  return `${LAYER_FOLDER}/node_modules/${path}`;
}

function filled(path: string, cpu: Cpu): string {
  return path.replaceAll("{cpu}", cpu).replaceAll("{machine}", machineOf(cpu));
}

function requireVersion(fetch: NpmFetch): void {
  const { install, version, folder } = fetch;
  const place = placeInside(placeNamed(folder), `node_modules/${install.package}/package.json`);
  const { version: found } = JSON.parse(readText(place)) as { readonly version?: unknown };
  if (found !== version) throw fetchProblem(fetch, `npm has version ${printable(String(found), 100)} for it; name that one`);
}

function programIn(fetch: NpmFetch): string {
  const { install, folder, cpu } = fetch;
  const places = install.programs.map((path) => filled(path, cpu));
  const found = places.find((path) => isFile(placeInside(placeNamed(folder), `node_modules/${path}`)));
  if (found === undefined)
    throw fetchProblem(
      fetch,
      `its package has no program where other versions have it (${places[0]}); name another version, or put it into an image`,
    );
  return found;
}

async function npmInstall(fetch: NpmFetch, dependencies: Readonly<Record<string, string>>): Promise<void> {
  replaceFile(placeInside(placeNamed(fetch.folder), "package.json"), [JSON.stringify({ private: true, dependencies })]);
  const { code, said } = await runFetcher(fetch, "npm", ["install", ...NPM_FLAGS, `--cpu=${fetch.cpu}`]);
  if (code !== 0) throw fetchProblem(fetch, npmProblem(said, fetch.install.package));
}

const UNREACHABLE =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|FETCH_ERROR|ERR_SOCKET_TIMEOUT|UND_ERR_\w+)$/;

// npm's own words are many lines; its code says what happened.
function npmProblem(said: string, name: string): string {
  const code = /^npm (?:error|ERR!) code (\S{1,100})/m.exec(said)?.[1] ?? "";
  if (code === "ENOSPC" || said.includes("ENOSPC")) return "the disk of this machine is full; make room, then try again";
  if (code === "E404" || code === "ETARGET")
    return `the registry of npm does not have ${name} in this version; look up its versions with: npm view ${name} versions`;
  if (UNREACHABLE.test(code))
    return `the registry of npm cannot be reached (${code}); check the network and npm's settings, then try again`;
  const first = /^npm (?:error|ERR!) (?!code\b)(.{1,1000})/m.exec(said)?.[1] ?? said;
  return `npm failed: ${printable(oneLine(first), MAX_PROBLEM)}`;
}
